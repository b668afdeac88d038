#include "types/datetime_tokens.h"

#include <algorithm>
#include <iterator>

namespace gather {
namespace {

using F = TimeField;
using U = TimeUnit;
constexpr size_t kSignificant = 10;

// Both tables ascend.
constexpr TimeWord kDateWords[] = {
    {"-infinity", F::kReserved, U::kMinusInfinity, 0}, {"ad", F::kEra, U::kNone, 0}, {"allballs", F::kReserved, U::kZulu, 0},
    {"am", F::kAmPm, U::kNone, 0}, {"apr", F::kMonth, U::kNone, 4}, {"april", F::kMonth, U::kNone, 4}, {"at", F::kIgnored, U::kNone, 0},
    {"aug", F::kMonth, U::kNone, 8}, {"august", F::kMonth, U::kNone, 8}, {"bc", F::kEra, U::kNone, 1}, {"d", F::kUnits, U::kDay, 0},
    {"dec", F::kMonth, U::kNone, 12}, {"december", F::kMonth, U::kNone, 12}, {"dow", F::kUnits, U::kDayOfWeek, 0},
    {"doy", F::kUnits, U::kDayOfYear, 0}, {"dst", F::kDaylightModifier, U::kNone, 3600}, {"epoch", F::kReserved, U::kEpoch, 0},
    {"feb", F::kMonth, U::kNone, 2}, {"february", F::kMonth, U::kNone, 2}, {"fri", F::kDayOfWeek, U::kNone, 5},
    {"friday", F::kDayOfWeek, U::kNone, 5}, {"h", F::kUnits, U::kHour, 0}, {"infinity", F::kReserved, U::kInfinity, 0},
    {"isodow", F::kUnits, U::kIsoDayOfWeek, 0}, {"isoyear", F::kUnits, U::kIsoYear, 0}, {"j", F::kUnits, U::kJulian, 0},
    {"jan", F::kMonth, U::kNone, 1}, {"january", F::kMonth, U::kNone, 1}, {"jd", F::kUnits, U::kJulian, 0}, {"jul", F::kMonth, U::kNone, 7},
    {"julian", F::kUnits, U::kJulian, 0}, {"july", F::kMonth, U::kNone, 7}, {"jun", F::kMonth, U::kNone, 6}, {"june", F::kMonth, U::kNone, 6},
    {"m", F::kUnits, U::kMonth, 0}, {"mar", F::kMonth, U::kNone, 3}, {"march", F::kMonth, U::kNone, 3}, {"may", F::kMonth, U::kNone, 5},
    {"mm", F::kUnits, U::kMinute, 0}, {"mon", F::kDayOfWeek, U::kNone, 1}, {"monday", F::kDayOfWeek, U::kNone, 1},
    {"nov", F::kMonth, U::kNone, 11}, {"november", F::kMonth, U::kNone, 11}, {"now", F::kReserved, U::kNow, 0},
    {"oct", F::kMonth, U::kNone, 10}, {"october", F::kMonth, U::kNone, 10}, {"on", F::kIgnored, U::kNone, 0}, {"pm", F::kAmPm, U::kNone, 1},
    {"s", F::kUnits, U::kSecond, 0}, {"sat", F::kDayOfWeek, U::kNone, 6}, {"saturday", F::kDayOfWeek, U::kNone, 6},
    {"sep", F::kMonth, U::kNone, 9}, {"sept", F::kMonth, U::kNone, 9}, {"september", F::kMonth, U::kNone, 9},
    {"sun", F::kDayOfWeek, U::kNone, 0}, {"sunday", F::kDayOfWeek, U::kNone, 0}, {"t", F::kIsoTime, U::kTime, 0},
    {"thu", F::kDayOfWeek, U::kNone, 4}, {"thur", F::kDayOfWeek, U::kNone, 4}, {"thurs", F::kDayOfWeek, U::kNone, 4},
    {"thursday", F::kDayOfWeek, U::kNone, 4}, {"today", F::kReserved, U::kToday, 0}, {"tomorrow", F::kReserved, U::kTomorrow, 0},
    {"tue", F::kDayOfWeek, U::kNone, 2}, {"tues", F::kDayOfWeek, U::kNone, 2}, {"tuesday", F::kDayOfWeek, U::kNone, 2},
    {"wed", F::kDayOfWeek, U::kNone, 3}, {"wednesday", F::kDayOfWeek, U::kNone, 3}, {"weds", F::kDayOfWeek, U::kNone, 3},
    {"y", F::kUnits, U::kYear, 0}, {"yesterday", F::kReserved, U::kYesterday, 0},
};

constexpr TimeWord Unit(std::string_view word, TimeUnit unit) { return {word, F::kUnits, unit, 0}; }
constexpr TimeWord kUnitWords[] = {
    {"@", F::kIgnored, U::kNone, 0}, {"ago", F::kAgo, U::kNone, 0},
    Unit("c", U::kCentury), Unit("cent", U::kCentury), Unit("centuries", U::kCentury), Unit("century", U::kCentury), Unit("d", U::kDay),
    Unit("day", U::kDay), Unit("days", U::kDay), Unit("dec", U::kDecade), Unit("decade", U::kDecade), Unit("decades", U::kDecade),
    Unit("decs", U::kDecade), Unit("h", U::kHour), Unit("hour", U::kHour), Unit("hours", U::kHour), Unit("hr", U::kHour), Unit("hrs", U::kHour),
    Unit("m", U::kMinute), Unit("microsecon", U::kMicrosecond), Unit("mil", U::kMillennium), Unit("millennia", U::kMillennium),
    Unit("millennium", U::kMillennium), Unit("millisecon", U::kMillisecond), Unit("mils", U::kMillennium), Unit("min", U::kMinute),
    Unit("mins", U::kMinute), Unit("minute", U::kMinute), Unit("minutes", U::kMinute), Unit("mon", U::kMonth), Unit("mons", U::kMonth),
    Unit("month", U::kMonth), Unit("months", U::kMonth), Unit("ms", U::kMillisecond), Unit("msec", U::kMillisecond),
    Unit("mseconds", U::kMillisecond), Unit("msecs", U::kMillisecond), Unit("qtr", U::kQuarter), Unit("quarter", U::kQuarter),
    Unit("s", U::kSecond), Unit("sec", U::kSecond), Unit("second", U::kSecond), Unit("seconds", U::kSecond), Unit("secs", U::kSecond),
    Unit("timezone", U::kZone), Unit("timezone_h", U::kZoneHour), Unit("timezone_m", U::kZoneMinute), Unit("us", U::kMicrosecond),
    Unit("usec", U::kMicrosecond), Unit("useconds", U::kMicrosecond), Unit("usecs", U::kMicrosecond), Unit("w", U::kWeek),
    Unit("week", U::kWeek), Unit("weeks", U::kWeek), Unit("y", U::kYear), Unit("year", U::kYear), Unit("years", U::kYear),
    Unit("yr", U::kYear), Unit("yrs", U::kYear),
};

template <size_t n>
const TimeWord* Find(const TimeWord (&words)[n], std::string_view word) {
  word = word.substr(0, kSignificant);
  const TimeWord* found = std::lower_bound(words, words + n, word, [](const TimeWord& entry, std::string_view key) { return entry.word < key; });
  return found != words + n && found->word == word ? found : nullptr;
}

}  // namespace

const TimeWord* FindDateWord(std::string_view word) { return Find(kDateWords, word); }
const TimeWord* FindUnitWord(std::string_view word) { return Find(kUnitWords, word); }
const TimeWord* FindExtractWord(std::string_view lower_case) {
  const TimeWord* word = FindUnitWord(lower_case);
  return word != nullptr ? word : FindDateWord(lower_case);
}

}  // namespace gather

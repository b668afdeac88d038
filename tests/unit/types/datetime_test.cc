// Dates and times: calendar, input, output, zones. What PostgreSQL answers is tested in tests/sql/expressions; here are the properties
// that no list of examples covers.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/datetime_format.h"
#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"
#include "types/error.h"
#include "types/io/datetime_io.h"
#include "types/io_settings.h"
#include "types/timezone.h"
#include "types/vector.h"

namespace gather {
namespace {

IoSettings In(const char* zone) {
  IoSettings settings;
  settings.time_zone = TimeZone::Find(zone);
  return settings;
}

std::string ErrorOf(auto parse) {
  try {
    parse();
  } catch (const SqlError& error) {
    return std::string(error.state().view());
  }
  return "none";
}

TEST(Calendar, EveryDayOfTheRangeEndsIsTheNextOne) {
  const auto check = [](int64_t from, int64_t to) {
    CivilDate previous = CivilFromDays(from);
    for (int64_t day = from + 1; day < to; ++day) {
      const CivilDate next = CivilFromDays(day);
      ASSERT_EQ(DaysFromCivil(next.year, next.month, next.day), day);
      if (next.day != 1) {
        ASSERT_EQ(next.day, previous.day + 1);
      } else {
        ASSERT_EQ(previous.day, DaysInMonth(previous.year, previous.month));
      }
      previous = next;
    }
  };
  check(kMinDate, kMinDate + 800);
  check(-1000, 1000);
  check(kEndDate - 800, kEndDate);
}

TEST(Calendar, IsoWeeksStartOnMondays) {
  for (int year = 1990; year < 2030; ++year) {
    const int64_t first = FirstDayOfIsoWeek(year, 1);
    EXPECT_EQ(WeekDay(first), 1);
    const CivilDate civil = CivilFromDays(first);
    EXPECT_EQ(IsoWeek(civil.year, civil.month, civil.day), 1);
    EXPECT_EQ(IsoYear(civil.year, civil.month, civil.day), year);
    EXPECT_EQ(IsoYearDay(civil.year, civil.month, civil.day), 1);
  }
}

TEST(Words, TablesAscendSoThatEveryWordIsFound) {
  for (const char* word : {"january", "sept", "thurs", "yesterday", "allballs", "-infinity", "isoyear", "y"}) EXPECT_NE(FindDateWord(word), nullptr) << word;
  for (const char* word : {"@", "ago", "centuries", "microseconds", "mils", "milliseconds", "timezone_hour", "timezone_minute", "yrs", "us", "usecs"}) {
    EXPECT_NE(FindUnitWord(word), nullptr) << word;
  }
  EXPECT_EQ(FindDateWord("janua"), nullptr);
}

TEST(Zones, AbbreviationsAscend) {
  std::string previous;
  for (const TimeZoneAbbreviation& entry : TimeZoneAbbreviations()) {
    EXPECT_LT(previous, entry.name);
    previous = entry.name;
    EXPECT_EQ(FindTimeZoneAbbreviation(entry.name), &entry);
    if (entry.zone != nullptr) {
      EXPECT_NE(TimeZone::Find(entry.zone), nullptr) << entry.zone;
    }
  }
}

// The short ways into date and timestamp must read what the long way reads: a trailing blank forces the long one.
TEST(Input, ShortWayAgreesWithLongWay) {
  const IoSettings settings;
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string date = Format("%04d-%02d-%02d", 1 + static_cast<int>(random() % 9999), static_cast<int>(random() % 14), static_cast<int>(random() % 33));
    const auto parse = [&](const std::string& text) {
      try {
        return std::to_string(ParseDate(text, settings));
      } catch (const SqlError& error) {
        return std::string(error.state().view());
      }
    };
    ASSERT_EQ(parse(date), parse(date + " ")) << date;
    const std::string time = Format(" %02d:%02d:%02d", static_cast<int>(random() % 26), static_cast<int>(random() % 62), static_cast<int>(random() % 62));
    const std::string fraction = random() % 2 == 0 ? "" : "." + std::to_string(random() % 10000000);
    const auto parse_timestamp = [&](const std::string& text) {
      try {
        return std::to_string(ParseTimestamp(text, -1, settings));
      } catch (const SqlError& error) {
        return std::string(error.state().view());
      }
    };
    ASSERT_EQ(parse_timestamp(date + time + fraction), parse_timestamp(date + time + fraction + " ")) << date << time << fraction;
  }
}

TEST(Input, OutputInEveryStyleReadsBack) {
  std::mt19937_64 random(2);
  for (const char* zone : {"UTC", "America/New_York", "Asia/Kathmandu", "Europe/Dublin"}) {
    IoSettings settings = In(zone);
    for (int i = 0; i < 2000; ++i) {
      settings.date_order = static_cast<DateOrder>(i % 3);
      // From 1905 on, when zones count in whole minutes, to year 9999.
      const int64_t timestamp = static_cast<int64_t>(random() % 250000000000000000ull) - 3000000000000000;
      for (DateStyle style : {DateStyle::kIso, DateStyle::kPostgres, DateStyle::kSql, DateStyle::kGerman}) {
        settings.date_style = style;
        // German and SQL dates are read by the order that wrote them.
        if (style == DateStyle::kGerman || (style != DateStyle::kIso && settings.date_order == DateOrder::kYmd)) settings.date_order = DateOrder::kDmy;
        if (style == DateStyle::kSql && i % 3 == 2) settings.date_order = DateOrder::kMdy;
        std::string text;
        AppendTimestamp(timestamp, settings, text);
        ASSERT_EQ(ParseTimestamp(text, -1, settings), timestamp) << text;
        text.clear();
        AppendDate(static_cast<int32_t>(timestamp / kMicrosPerDay), settings, text);
        ASSERT_EQ(ParseDate(text, settings), timestamp / kMicrosPerDay) << text;
      }
      settings.date_style = DateStyle::kIso;
      std::string text;
      AppendTimestamptz(timestamp, settings, text);
      ASSERT_EQ(ParseTimestamptz(text, -1, settings), timestamp) << zone << " " << text;
    }
  }
}

TEST(Input, IntervalsInEveryStyleReadBack) {
  std::mt19937_64 random(3);
  IoSettings settings;
  for (int i = 0; i < 4000; ++i) {
    const Interval interval{static_cast<int64_t>(random() % 2000000000000000) - 1000000000000000, static_cast<int32_t>(random() % 20001) - 10000,
                            static_cast<int32_t>(random() % 2401) - 1200};
    for (IntervalStyle style : {IntervalStyle::kPostgres, IntervalStyle::kPostgresVerbose, IntervalStyle::kSqlStandard, IntervalStyle::kIso8601}) {
      settings.interval_style = style;
      std::string text;
      AppendInterval(interval, settings, text);
      ASSERT_EQ(ParseInterval(text, -1, settings), interval) << text;
    }
  }
}

TEST(Input, GarbageRaisesAndNeverCrashes) {
  std::mt19937 random(4);
  const IoSettings settings = In("Europe/Berlin");
  static constexpr std::string_view kPieces[] = {"2020", "-", "/", ".", ":", "jan", "BC", "+", "12", " ", "T", "J", "now", "99999999999999999999", "dst", "pst", "P", "1.5",
                                                 "am", "allballs", "infinity", "ago", "days", "\xc3\xa4", "america/new_york", "\"", "0", "epoch", "y", "m", "@"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (uint32_t n = random() % 8; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    ErrorOf([&] { ParseDate(text, settings); });
    ErrorOf([&] { ParseTime(text, -1, settings); });
    ErrorOf([&] { ParseTimetz(text, -1, settings); });
    ErrorOf([&] { ParseTimestamptz(text, 3, settings); });
    ErrorOf([&] { ParseInterval(text, -1, settings); });
  }
  EXPECT_EQ(ErrorOf([&] { ParseDate("13/13/2020", settings); }), "22008");
  EXPECT_EQ(ErrorOf([&] { ParseDate("gestern", settings); }), "22007");
  EXPECT_EQ(ErrorOf([&] { ParseTimestamptz("2020-01-01 00:00+16", -1, settings); }), "22009");
  EXPECT_EQ(ErrorOf([&] { ParseInterval("3000000000 years", -1, settings); }), "22015");
}

TEST(Zones, GapTakesTheOffsetBeforeAndOverlapTheOneAfter) {
  const IoSettings settings = In("america/new_york");
  const auto utc = [](const std::string& text) { return ParseTimestamp(text, -1, IoSettings()); };
  EXPECT_EQ(ParseTimestamptz("2021-03-14 02:30", -1, settings), utc("2021-03-14 07:30"));
  EXPECT_EQ(ParseTimestamptz("2021-11-07 01:30", -1, settings), utc("2021-11-07 06:30"));
  EXPECT_EQ(ParseTimestamptz("2021-11-07 01:30 EDT", -1, settings), utc("2021-11-07 05:30"));
}

TEST(Zones, PosixRulesAgreeWithTzdata) {
  const auto named = TimeZone::Find("America/New_York"), posix = TimeZone::Find("xst5xdt,M3.2.0,M11.1.0");
  ASSERT_NE(named, nullptr);
  ASSERT_NE(posix, nullptr);
  for (int64_t seconds = 1200000000; seconds < 2000000000; seconds += 1801) {
    ASSERT_EQ(named->At(seconds).offset, posix->At(seconds).offset) << seconds;
    ASSERT_EQ(named->AtLocal(seconds).offset, posix->AtLocal(seconds).offset) << seconds;
  }
}

TEST(Zones, RulesHoldFarInTheFuture) {
  const auto zone = TimeZone::Find("Europe/Paris");
  EXPECT_EQ(zone->At(4118000000).offset, 7200);    // summer of 2100
  EXPECT_EQ(zone->At(95617600000).offset, 3600);   // winter of 5000
}

TEST(Zones, UnknownNamesAreNotFound) {
  for (const char* name : {"", "Nowhere", "../etc/passwd", "America/", "America", ":UTC", "Europe/Paris/x", ".", "zone.tab"}) {
    EXPECT_EQ(TimeZone::Find(name), nullptr) << name;
  }
  EXPECT_EQ(TimeZone::FixedOffset(-27000)->name(), "<-07:30>+07:30");
  EXPECT_EQ(TimeZone::FixedOffset(-27000)->At(0).offset, -27000);
}

TEST(Output, InfinityOverflowsNoZone) {
  DateTimeFields fields;
  for (const char* zone : {"Asia/Kolkata", "America/New_York", "UTC"}) {
    EXPECT_TRUE(TimestamptzToFields(kTimestampInfinity, *TimeZone::Find(zone), &fields));
    EXPECT_FALSE(TimestamptzToFields(kTimestampMinusInfinity, *TimeZone::Find(zone), &fields));
  }
}

TEST(Binary, RoundTripsEveryType) {
  const IoSettings settings;
  const auto round_trip = [&](Oid type, auto text_in, auto send, auto receive, auto text_out, const std::string& text) {
    Vector first(SqlType(type), 1), second(SqlType(type), 1);
    text_in(text, SqlType(type), settings, first, 0);
    std::string bytes, out;
    send(first, 0, settings, bytes);
    receive(bytes, SqlType(type), settings, second, 0);
    text_out(second, 0, settings, out);
    EXPECT_EQ(out, text);
    EXPECT_EQ(ErrorOf([&] { receive(std::string_view(bytes).substr(1), SqlType(type), settings, second, 0); }), "08P01");
    EXPECT_EQ(ErrorOf([&] { receive(bytes + "x", SqlType(type), settings, second, 0); }), "22P03");
  };
  round_trip(type_oid::kDate, DateIn, DateSend, DateReceive, DateOut, "2024-02-29");
  round_trip(type_oid::kTime, TimeIn, TimeSend, TimeReceive, TimeOut, "23:59:59.999999");
  round_trip(type_oid::kTimetz, TimetzIn, TimetzSend, TimetzReceive, TimetzOut, "12:00:00-07:30");
  round_trip(type_oid::kTimestamp, TimestampIn, TimestampSend, TimestampReceive, TimestampOut, "infinity");
  round_trip(type_oid::kTimestamptz, TimestamptzIn, TimestamptzSend, TimestamptzReceive, TimestamptzOut, "1999-12-31 23:59:59.5+00");
  round_trip(type_oid::kInterval, IntervalIn, IntervalSend, IntervalReceive, IntervalOut, "-1 years -2 mons +3 days -04:05:06.7");
}

}  // namespace
}  // namespace gather

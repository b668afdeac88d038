// Text to dates, times and intervals: PostgreSQL's grammar, field by field.
//
// Pure but for the session's settings; thread-safe. Failures raise PostgreSQL's errors with the whole input text:
// 22007 (syntax), 22008 (field out of range, with the hint on DateStyle where month and day may be swapped), 22015, 22009, 22023.
#pragma once

#include <cstdint>
#include <string_view>

#include "types/datetime.h"
#include "types/datetime_fields.h"
#include "types/io_settings.h"

namespace gather {

int32_t ParseDate(std::string_view text, const IoSettings& settings);
int64_t ParseTime(std::string_view text, int32_t typmod, const IoSettings& settings);
TimeTz ParseTimetz(std::string_view text, int32_t typmod, const IoSettings& settings);
int64_t ParseTimestamp(std::string_view text, int32_t typmod, const IoSettings& settings);
int64_t ParseTimestamptz(std::string_view text, int32_t typmod, const IoSettings& settings);
Interval ParseInterval(std::string_view text, int32_t typmod, const IoSettings& settings);

enum class DateTimeStatus { kOk, kBadFormat, kFieldOverflow, kMonthDayOverflow, kIntervalOverflow, kZoneOverflow };
// "date/time field value out of range: ..." and kin.
[[noreturn]] void ThrowDateTimeError(DateTimeStatus status, std::string_view text, const char* type_name);

// "+03", "-7:30", "+0530": seconds WEST of UTC.
DateTimeStatus DecodeNumericZone(std::string_view text, int32_t* zone);
// Adjusts BC and two-digit years and day-of-year, and checks the fields that `mask` names.
DateTimeStatus ValidateDate(uint32_t mask, bool is_julian, bool two_digits, bool bc, DateTimeFields* fields);

// The zone behind a name that AT TIME ZONE or make_timestamptz got.
struct ZoneChoice {
  bool fixed = false;
  int32_t zone = 0;                        // seconds WEST of UTC when fixed
  const TimeZone* rules = nullptr;
  std::string_view abbreviation;           // upper case, when `rules` is asked what it means
  char storage[32];
};
// Abbreviation, then zone name, then POSIX specification; raises 22023 "time zone ... not recognized".
void ChooseZone(std::string_view name, ZoneChoice* choice);
// Seconds WEST of UTC of local fields, and of an instant.
int32_t ZoneAtFields(const ZoneChoice& choice, const DateTimeFields& fields);
int32_t ZoneAtInstant(const ZoneChoice& choice, int64_t timestamptz);

}  // namespace gather

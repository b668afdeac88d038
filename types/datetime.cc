#include "types/datetime.h"

#include <chrono>

namespace gather {
namespace {

// Days are counted from 0000-03-01 so that leap days end a year, in eras of 400 years.
constexpr int64_t kEraDays = 146097;
constexpr int64_t kMarchToEpoch = 730425;   // 0000-03-01 .. 2000-01-01

int64_t FloorDivide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

CivilDate CivilFromDays(int64_t days_since_2000) {
  const int64_t days = days_since_2000 + kMarchToEpoch;
  const int64_t era = FloorDivide(days, kEraDays);
  const int64_t day_of_era = days - era * kEraDays;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;  // 0 is March
  CivilDate civil;
  civil.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  civil.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  civil.year = static_cast<int>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  return civil;
}

int64_t DaysFromCivil(int year, int month, int day) {
  const int64_t from_march = static_cast<int64_t>(year) - (month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(from_march, 400);
  const int64_t year_of_era = from_march - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * kEraDays + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kMarchToEpoch;
}

int64_t NowMicros() {
  const auto since_unix = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_unix).count() - kUnixToPostgresSeconds * kMicrosPerSecond;
}

}  // namespace gather

// Dates, times and intervals to text, appended to a string: PostgreSQL's DateStyles and IntervalStyles. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "types/datetime.h"
#include "types/io_settings.h"

namespace gather {

void AppendDate(int32_t date, const IoSettings& settings, std::string& out);
void AppendTime(int64_t time, std::string& out);
void AppendTimetz(const TimeTz& time, std::string& out);
// Raise 22008 when out of range.
void AppendTimestamp(int64_t timestamp, const IoSettings& settings, std::string& out);
void AppendTimestamptz(int64_t timestamptz, const IoSettings& settings, std::string& out);
void AppendInterval(const Interval& interval, const IoSettings& settings, std::string& out);
// "+05:30"; `zone` is seconds WEST of UTC.
void AppendZone(int32_t zone, std::string& out);

}  // namespace gather

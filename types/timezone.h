// TimeZone: a rule from instants to local time, over absl::TimeZone (tzdata) or a POSIX specification such as "EST5EDT" or "UTC+3".
//
// Zones are looked up by name without regard to case, loaded once per process and never freed; immutable, thread-safe.
// Offsets are seconds EAST of UTC here, the opposite of TimeTz::zone and of PostgreSQL's C code.
// Where a local time does not exist (clocks go forward) the offset before the change is used; where it exists twice, the one after.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gather {

struct IoSettings;

class TimeZone {
 public:
  struct Local {
    int32_t offset = 0;              // seconds east of UTC
    bool daylight = false;
    const char* abbreviation = "";   // lives as long as the zone
  };

  virtual ~TimeZone() = default;
  TimeZone(const TimeZone&) = delete;

  // Null when neither tzdata nor the POSIX grammar knows it.
  static std::shared_ptr<const TimeZone> Find(std::string_view name);
  // What SET TIME ZONE INTERVAL and SET TIME ZONE <number> make: shown as "<+03>-03".
  static std::shared_ptr<const TimeZone> FixedOffset(int32_t seconds_east);
  static const TimeZone& Utc();
  // Every zone of tzdata by its canonical name, ascending (pg_timezone_names).
  static std::span<const std::string> AllNames();

  const std::string& name() const { return name_; }  // canonical spelling
  virtual Local At(int64_t unix_seconds) const = 0;
  // `local_seconds` counts local wall clock seconds as if they were UTC.
  virtual Local AtLocal(int64_t local_seconds) const = 0;
  // True when the zone never had another offset.
  virtual bool IsFixed(int32_t* offset) const = 0;
  // What `abbreviation` (upper case) means in this zone at that instant, or nearest before, else after it; false when never used.
  virtual bool MeaningOf(std::string_view abbreviation, int64_t unix_seconds, Local* meaning) const = 0;

 protected:
  explicit TimeZone(std::string name) : name_(std::move(name)) {}
  const std::string name_;
};

// The session's zone.
const TimeZone& ZoneOf(const IoSettings& settings);

// An abbreviation accepted in input. Those whose meaning changed over time name the zone to ask.
struct TimeZoneAbbreviation {
  const char* name;       // lower case
  int32_t offset;         // seconds east of UTC
  bool daylight;
  const char* zone;       // null: the offset above is always right
};
std::span<const TimeZoneAbbreviation> TimeZoneAbbreviations();
const TimeZoneAbbreviation* FindTimeZoneAbbreviation(std::string_view lower_case);

}  // namespace gather

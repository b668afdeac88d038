#include "types/timezone.h"

#include <absl/time/time.h>
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "types/datetime.h"
#include "types/io_settings.h"

namespace gather {
namespace {

constexpr size_t kMaxZoneName = 255;

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
  }
  return upper;
}

absl::CivilSecond CivilOf(int64_t local_seconds) {
  return absl::CivilSecond(1970, 1, 1, 0, 0, 0) + local_seconds;
}

// A zone of tzdata.
class NamedZone final : public TimeZone {
 public:
  NamedZone(std::string name, absl::TimeZone zone) : TimeZone(std::move(name)), zone_(zone) {}

  Local At(int64_t unix_seconds) const override {
    const absl::TimeZone::CivilInfo info = zone_.At(absl::FromUnixSeconds(unix_seconds));
    return {info.offset, info.is_dst, info.zone_abbr};
  }
  Local AtLocal(int64_t local_seconds) const override {
    const absl::TimeZone::TimeInfo info = zone_.At(CivilOf(local_seconds));
    // Skipped: the offset before the change, which absl's `pre` was computed with. Repeated: the one after it.
    const absl::Time instant = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans - absl::Seconds(1) : info.post;
    return At(absl::ToUnixSeconds(instant));
  }
  bool IsFixed(int32_t* offset) const override {
    absl::TimeZone::CivilTransition transition;
    if (zone_.NextTransition(absl::InfinitePast(), &transition)) return false;
    *offset = At(0).offset;
    return true;
  }
  bool MeaningOf(std::string_view abbreviation, int64_t unix_seconds, Local* meaning) const override {
    absl::Time instant = absl::FromUnixSeconds(unix_seconds);
    absl::TimeZone::CivilTransition transition;
    for (absl::Time back = instant;;) {
      *meaning = At(absl::ToUnixSeconds(back));
      if (meaning->abbreviation == abbreviation) return true;
      // PrevTransition is strict: one second later finds a change at this very instant again, so step before each change.
      if (!zone_.PrevTransition(back + absl::Seconds(1), &transition)) break;
      back = zone_.At(transition.to).post - absl::Seconds(1);
    }
    while (zone_.NextTransition(instant, &transition)) {
      const absl::Time change = zone_.At(transition.to).post;
      if (change <= instant || absl::ToUnixSeconds(change) > kFarFuture) break;
      instant = change;
      *meaning = At(absl::ToUnixSeconds(instant));
      if (meaning->abbreviation == abbreviation) return true;
    }
    return false;
  }

 private:
  static constexpr int64_t kFarFuture = 4102444800;  // 2100: rules repeat from there on
  const absl::TimeZone zone_;
};

// Standard and perhaps daylight time by a POSIX specification.
class PosixZone final : public TimeZone {
 public:
  // One of "Jn", "n" or "Mm.w.d", and the local time of the change.
  struct Change {
    enum Kind { kJulian, kDayOfYear, kWeekday } kind = kWeekday;
    int month = 0, week = 0, day = 0;
    int32_t time = 2 * 3600;
  };

  PosixZone(std::string name, std::string abbreviation, int32_t offset)
      : TimeZone(std::move(name)), abbreviation_(std::move(abbreviation)), offset_(offset) {}
  void SetDaylight(std::string abbreviation, int32_t offset, Change start, Change end) {
    has_daylight_ = true;
    daylight_abbreviation_ = std::move(abbreviation);
    daylight_offset_ = offset;
    start_ = start;
    end_ = end;
  }

  Local At(int64_t unix_seconds) const override {
    return has_daylight_ && InDaylight(unix_seconds) ? Local{daylight_offset_, true, daylight_abbreviation_.c_str()}
                                                     : Local{offset_, false, abbreviation_.c_str()};
  }
  Local AtLocal(int64_t local_seconds) const override {
    if (!has_daylight_) return At(0);
    const Local daylight{daylight_offset_, true, daylight_abbreviation_.c_str()}, standard{offset_, false, abbreviation_.c_str()};
    const bool as_daylight = InDaylight(local_seconds - daylight_offset_), as_standard = !InDaylight(local_seconds - offset_);
    if (as_daylight != as_standard) return as_daylight ? daylight : standard;
    // A gap, where neither holds (before it: standard time), or an overlap (after it: standard time).
    const bool spring_forward = daylight_offset_ > offset_;
    if (!as_daylight) return spring_forward ? standard : daylight;
    return spring_forward ? standard : daylight;
  }
  bool IsFixed(int32_t* offset) const override {
    *offset = offset_;
    return !has_daylight_;
  }
  bool MeaningOf(std::string_view abbreviation, int64_t, Local* meaning) const override {
    if (abbreviation == abbreviation_) return *meaning = {offset_, false, abbreviation_.c_str()}, true;
    if (has_daylight_ && abbreviation == daylight_abbreviation_) return *meaning = {daylight_offset_, true, daylight_abbreviation_.c_str()}, true;
    return false;
  }

 private:
  bool InDaylight(int64_t unix_seconds) const {
    const int64_t local = unix_seconds + offset_;
    const int64_t days = local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
    const int year = CivilFromDays(days - kUnixToPostgresSeconds / 86400).year;
    const int64_t start = Instant(start_, year) - offset_, end = Instant(end_, year) - daylight_offset_;
    return start < end ? unix_seconds >= start && unix_seconds < end : unix_seconds >= start || unix_seconds < end;
  }
  // Local wall clock seconds of the change in `year`.
  static int64_t Instant(const Change& change, int year) {
    const int64_t new_year = DaysFromCivil(year, 1, 1);
    const bool leap = DaysFromCivil(year + 1, 1, 1) - new_year == 366;
    int64_t day = 0;
    switch (change.kind) {
      case Change::kJulian: day = new_year + change.day - 1 + (leap && change.day >= 60 ? 1 : 0); break;
      case Change::kDayOfYear: day = new_year + change.day; break;
      case Change::kWeekday: {
        const int64_t first = DaysFromCivil(year, change.month, 1);
        const int64_t next = change.month == 12 ? DaysFromCivil(year + 1, 1, 1) : DaysFromCivil(year, change.month + 1, 1);
        const int weekday = static_cast<int>(((first + 6) % 7 + 7) % 7);  // 2000-01-01 was a Saturday (6)
        day = first + (change.day - weekday + 7) % 7 + (change.week - 1) * 7;
        while (day >= next) day -= 7;
        break;
      }
    }
    return (day + kUnixToPostgresSeconds / 86400) * 86400 + change.time;
  }

  const std::string abbreviation_;
  const int32_t offset_;
  bool has_daylight_ = false;
  std::string daylight_abbreviation_;
  int32_t daylight_offset_ = 0;
  Change start_, end_;
};

// Reads std offset [dst [offset] [,start[/time],end[/time]]].
class PosixParser {
 public:
  explicit PosixParser(const std::string& text) : text_(text) {}

  std::shared_ptr<const TimeZone> Parse() {
    std::string standard, daylight;
    int32_t offset = 0;
    if (!Name(&standard) || at_ >= text_.size() || !Offset(&offset)) return nullptr;
    auto zone = std::make_shared<PosixZone>(text_, standard, -offset);
    if (at_ == text_.size()) return zone;
    if (!Name(&daylight) || daylight.empty()) return nullptr;
    int32_t daylight_offset = offset - 3600;
    if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ';' && !Offset(&daylight_offset)) return nullptr;
    // The rules of the United States since 2007 unless given.
    PosixZone::Change start{PosixZone::Change::kWeekday, 3, 2, 0}, end{PosixZone::Change::kWeekday, 11, 1, 0};
    if (at_ < text_.size()) {
      if (!Skip(',') && !Skip(';')) return nullptr;
      if (!Rule(&start) || !Skip(',') || !Rule(&end) || at_ != text_.size()) return nullptr;
    }
    zone->SetDaylight(daylight, -daylight_offset, start, end);
    return zone;
  }

 private:
  bool Skip(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool Name(std::string* name) {
    if (Skip('<')) {
      const size_t close = text_.find('>', at_);
      if (close == std::string::npos) return false;
      *name = text_.substr(at_, close - at_);
      at_ = close + 1;
      return true;
    }
    const size_t start = at_;
    while (at_ < text_.size() && !std::isdigit(static_cast<unsigned char>(text_[at_])) && text_[at_] != ',' && text_[at_] != '-' && text_[at_] != '+') ++at_;
    *name = text_.substr(start, at_ - start);
    return true;
  }
  bool Number(int* number, int low, int high) {
    if (at_ >= text_.size() || !std::isdigit(static_cast<unsigned char>(text_[at_]))) return false;
    int value = 0;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      value = value * 10 + (text_[at_++] - '0');
      if (value > high) return false;
    }
    *number = value;
    return value >= low;
  }
  bool Seconds(int32_t* seconds) {
    int hours = 0, minutes = 0, rest = 0;
    if (!Number(&hours, 0, 24 * 7 - 1)) return false;
    if (Skip(':')) {
      if (!Number(&minutes, 0, 59)) return false;
      if (Skip(':') && !Number(&rest, 0, 60)) return false;
    }
    *seconds = hours * 3600 + minutes * 60 + rest;
    return true;
  }
  bool Offset(int32_t* seconds) {
    const bool negative = Skip('-');
    if (!negative) Skip('+');
    if (!Seconds(seconds)) return false;
    if (negative) *seconds = -*seconds;
    return true;
  }
  bool Rule(PosixZone::Change* change) {
    *change = PosixZone::Change();
    if (Skip('J')) {
      change->kind = PosixZone::Change::kJulian;
      if (!Number(&change->day, 1, 365)) return false;
    } else if (Skip('M')) {
      if (!Number(&change->month, 1, 12) || !Skip('.') || !Number(&change->week, 1, 5) || !Skip('.') || !Number(&change->day, 0, 6)) return false;
    } else {
      change->kind = PosixZone::Change::kDayOfYear;
      if (!Number(&change->day, 0, 365)) return false;
    }
    return !Skip('/') || Offset(&change->time);
  }

  const std::string& text_;
  size_t at_ = 0;
};

const char* ZoneDirectory() {
  const char* directory = std::getenv("TZDIR");
  return directory != nullptr ? directory : "/usr/share/zoneinfo";
}

bool IsZoneFile(const std::string& path) {
  char magic[4] = {};
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const bool is_zone = std::fread(magic, 1, 4, file) == 4 && std::string_view(magic, 4) == "TZif";
  std::fclose(file);
  return is_zone;
}

// Files below `prefix` by their path from the zone directory.
void ListFiles(const std::string& prefix, std::vector<std::string>* names) {
  DIR* directory = opendir((std::string(ZoneDirectory()) + "/" + prefix).c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    const std::string name = prefix + entry->d_name;
    struct stat status;
    if (stat((std::string(ZoneDirectory()) + "/" + name).c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      ListFiles(name + "/", names);
    } else if (S_ISREG(status.st_mode)) {
      names->push_back(name);
    }
  }
  closedir(directory);
}

// Every file of the zone directory by its name in upper case: a wrong name in a date costs a look-up, not a walk over directories.
const std::map<std::string, std::string, std::less<>>& ZoneFiles() {
  static const auto* files = [] {
    std::vector<std::string> names;
    ListFiles("", &names);
    auto* map = new std::map<std::string, std::string, std::less<>>;
    for (const std::string& name : names) map->emplace(Upper(name), name);
    return map;
  }();
  return *files;
}

// The spelling of a name below the zone directory; empty when there is no such zone.
std::string CanonicalName(const std::string& upper) {
  const auto found = ZoneFiles().find(upper);
  if (found == ZoneFiles().end() || !IsZoneFile(std::string(ZoneDirectory()) + "/" + found->second)) return {};
  return found->second;
}

struct ZoneCache {
  std::shared_mutex mutex;
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones;  // by upper case name
};

ZoneCache& Cache() {
  static ZoneCache* cache = new ZoneCache;
  return *cache;
}

std::shared_ptr<const TimeZone> Load(const std::string& upper) {
  if (upper == "GMT") return std::make_shared<PosixZone>("GMT", "GMT", 0);
  const std::string canonical = CanonicalName(upper);
  absl::TimeZone zone;
  if (!canonical.empty() && absl::LoadTimeZone(canonical, &zone)) return std::make_shared<NamedZone>(canonical, zone);
  if (upper.empty() || upper[0] == ':') return nullptr;
  return PosixParser(upper).Parse();
}

}  // namespace

std::shared_ptr<const TimeZone> TimeZone::Find(std::string_view name) {
  if (name.empty() || name.size() > kMaxZoneName || name.find('\0') != std::string_view::npos) return nullptr;
  const std::string upper = Upper(name);
  ZoneCache& cache = Cache();
  {
    std::shared_lock lock(cache.mutex);
    const auto found = cache.zones.find(upper);
    if (found != cache.zones.end()) return found->second;
  }
  std::shared_ptr<const TimeZone> zone = Load(upper);
  if (zone == nullptr) return nullptr;
  std::unique_lock lock(cache.mutex);
  return cache.zones.emplace(upper, std::move(zone)).first->second;
}

std::shared_ptr<const TimeZone> TimeZone::FixedOffset(int32_t seconds_east) {
  const int32_t magnitude = std::abs(seconds_east);
  char digits[32];
  int length = std::snprintf(digits, sizeof(digits), "%02d", magnitude / 3600);
  if (magnitude % 3600 != 0) length += std::snprintf(digits + length, sizeof(digits) - length, ":%02d", magnitude % 3600 / 60);
  if (magnitude % 60 != 0) std::snprintf(digits + length, sizeof(digits) - length, ":%02d", magnitude % 60);
  const bool east = seconds_east >= 0;
  return Find(std::string(east ? "<+" : "<-") + digits + (east ? ">-" : ">+") + digits);
}

const TimeZone& TimeZone::Utc() {
  static const PosixZone* utc = new PosixZone("UTC", "UTC", 0);
  return *utc;
}

std::span<const std::string> TimeZone::AllNames() {
  static const std::vector<std::string>* names = [] {
    auto* list = new std::vector<std::string>;
    for (const auto& [upper, name] : ZoneFiles()) {
      // The same zones again, and those that count leap seconds.
      if (name.starts_with("posix/") || name.starts_with("right/")) continue;
      if (IsZoneFile(std::string(ZoneDirectory()) + "/" + name)) list->push_back(name);
    }
    std::sort(list->begin(), list->end());
    return list;
  }();
  return *names;
}

const TimeZone& ZoneOf(const IoSettings& settings) { return settings.time_zone != nullptr ? *settings.time_zone : TimeZone::Utc(); }

const TimeZoneAbbreviation* FindTimeZoneAbbreviation(std::string_view lower_case) {
  const std::span<const TimeZoneAbbreviation> all = TimeZoneAbbreviations();
  const auto found = std::lower_bound(all.begin(), all.end(), lower_case,
                                      [](const TimeZoneAbbreviation& entry, std::string_view name) { return entry.name < name; });
  return found != all.end() && found->name == lower_case ? &*found : nullptr;
}

}  // namespace gather

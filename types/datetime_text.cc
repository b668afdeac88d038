#include "types/datetime_text.h"

#include <charconv>
#include <cmath>

namespace gather::datetime_text {

Parsed LeadingInteger(std::string_view text, int64_t low, int64_t high) {
  Parsed result;
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  const size_t digits = at;
  __int128 value = 0;
  while (at < text.size() && IsDigit(text[at])) {
    if (value < (__int128{1} << 70)) value = value * 10 + (text[at] - '0');
    ++at;
  }
  if (at == digits) return result;
  if (negative) value = -value;
  result.length = at;
  result.overflow = value < low || value > high;
  result.value = static_cast<int64_t>(value);
  return result;
}

Status ParseFraction(std::string_view text, double* fraction) {
  *fraction = 0;
  if (text.size() == 1) return Status::kOk;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *fraction);
  return error == std::errc() && end == text.data() + text.size() ? Status::kOk : Status::kBadFormat;
}

Status ParseFractionMicros(std::string_view text, int32_t* micros) {
  double fraction;
  const Status status = ParseFraction(text, &fraction);
  if (status == Status::kOk) *micros = static_cast<int32_t>(std::rint(fraction * 1000000));
  return status;
}

int DigitsToInt(std::string_view digits) {
  int64_t value = 0;
  for (char c : digits) {
    if (!IsDigit(c)) break;
    if (__builtin_mul_overflow(value, int64_t{10}, &value) || __builtin_add_overflow(value, int64_t{c - '0'}, &value)) return -1;
  }
  return static_cast<int>(value);
}

bool AddProduct(int64_t value, int64_t scale, int64_t* sum) {
  int64_t product;
  return !__builtin_mul_overflow(value, scale, &product) && !__builtin_add_overflow(*sum, product, sum);
}

Status DecodeClock(std::string_view text, uint32_t range, ClockTime* clock) {
  *clock = ClockTime();
  Parsed part = LeadingInteger(text, INT64_MIN, INT64_MAX);
  if (part.overflow) return Status::kFieldOverflow;
  clock->hour = part.value;
  text.remove_prefix(part.length);
  if (text.empty() || text[0] != ':') return Status::kBadFormat;
  text.remove_prefix(1);
  part = LeadingInt(text);
  if (part.overflow) return Status::kFieldOverflow;
  clock->minute = static_cast<int>(part.value);
  text.remove_prefix(part.length);
  const auto shift = [clock] {  // the two fields were minutes and seconds
    if (clock->hour > INT_MAX || clock->hour < INT_MIN) return Status::kFieldOverflow;
    clock->second = clock->minute;
    clock->minute = static_cast<int>(clock->hour);
    clock->hour = 0;
    return Status::kOk;
  };
  Status status = Status::kOk;
  if (text.empty()) {
    if (range == kMinuteToSecond) status = shift();
  } else if (text[0] == '.') {
    status = ParseFractionMicros(text, &clock->micros);
    if (status == Status::kOk) status = shift();
  } else if (text[0] == ':') {
    text.remove_prefix(1);
    part = LeadingInt(text);
    if (part.overflow) return Status::kFieldOverflow;
    clock->second = static_cast<int>(part.value);
    text.remove_prefix(part.length);
    if (!text.empty()) status = text[0] == '.' ? ParseFractionMicros(text, &clock->micros) : Status::kBadFormat;
  } else {
    return Status::kBadFormat;
  }
  if (status != Status::kOk) return status;
  if (clock->hour < 0 || clock->minute < 0 || clock->minute > 59 || clock->second < 0 || clock->second > 60 || clock->micros < 0 ||
      clock->micros > kMicrosPerSecond) {
    return Status::kFieldOverflow;
  }
  return Status::kOk;
}

}  // namespace gather::datetime_text

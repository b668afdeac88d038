#include <cstring>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"

namespace gather::catalog {
namespace {

std::string_view WithoutTrailingBlanks(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The twelve bytes of a short string with blanks behind it.
struct Blanked {
  explicit Blanked(const StringRef& text) {
    constexpr uint64_t kBlanks = 0x2020202020202020;
    std::memcpy(&first, reinterpret_cast<const char*>(&text) + 4, sizeof(first));
    std::memcpy(&rest, reinterpret_cast<const char*>(&text) + 8, sizeof(rest));
    const uint32_t size = text.size();
    if (size < 4) first |= static_cast<uint32_t>(kBlanks) << (8 * size);
    if (size < 12) rest |= kBlanks << (size < 4 ? 0 : 8 * (size - 4));
  }
  bool operator==(const Blanked&) const = default;
  uint32_t first;
  uint64_t rest;
};

bool EqualBpchar(const StringRef& a, const StringRef& b) {
  if (a.is_inline() && b.is_inline()) return Blanked(a) == Blanked(b);
  return a == b || WithoutTrailingBlanks(a.view()) == WithoutTrailingBlanks(b.view());
}

int CompareBpchar(const StringRef& a, const StringRef& b) {
  const int order = WithoutTrailingBlanks(a.view()).compare(WithoutTrailingBlanks(b.view()));
  return order < 0 ? -1 : order > 0;
}

int CompareChar(int8_t a, int8_t b) {
  const uint8_t left = static_cast<uint8_t>(a), right = static_cast<uint8_t>(b);
  return left < right ? -1 : left > right;
}

template <class F>
void CompareText(std::span<const Vector> arguments, uint32_t rows, Vector& result, F f) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, f);
}

// The string that wins, without copying it.
template <class F>
void PickText(std::span<const Vector> arguments, uint32_t rows, Vector& result, F left_wins) {
  result.KeepAlive(arguments[0]);
  result.KeepAlive(arguments[1]);
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                           [&](const StringRef& a, const StringRef& b) { return left_wins(a, b) ? a : b; });
}

}  // namespace

GATHER_KERNEL(TextEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a == b; }); }
GATHER_KERNEL(TextNotEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return !(a == b); }); }
GATHER_KERNEL(TextLess) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) < 0; }); }
GATHER_KERNEL(TextLessOrEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) <= 0; }); }
GATHER_KERNEL(TextGreater) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) > 0; }); }
GATHER_KERNEL(TextGreaterOrEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) >= 0; }); }
GATHER_KERNEL(TextCompare) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    const int order = a.Compare(b);
    return order < 0 ? -1 : order > 0;
  });
}
GATHER_KERNEL(TextLarger) { PickText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) > 0; }); }
GATHER_KERNEL(TextSmaller) { PickText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return a.Compare(b) < 0; }); }

GATHER_KERNEL(BpcharEqual) {
  CompareText(arguments, rows, result, EqualBpchar);
}
GATHER_KERNEL(BpcharNotEqual) {
  CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return !EqualBpchar(a, b); });
}
GATHER_KERNEL(BpcharLess) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) < 0; }); }
GATHER_KERNEL(BpcharLessOrEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) <= 0; }); }
GATHER_KERNEL(BpcharGreater) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) > 0; }); }
GATHER_KERNEL(BpcharGreaterOrEqual) { CompareText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) >= 0; }); }
GATHER_KERNEL(BpcharCompare) { MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, CompareBpchar); }
GATHER_KERNEL(BpcharLarger) { PickText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) >= 0; }); }
GATHER_KERNEL(BpcharSmaller) { PickText(arguments, rows, result, [](const StringRef& a, const StringRef& b) { return CompareBpchar(a, b) <= 0; }); }

GATHER_KERNEL(CharEqual) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return a == b; }); }
GATHER_KERNEL(CharNotEqual) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return a != b; }); }
GATHER_KERNEL(CharLess) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return CompareChar(a, b) < 0; }); }
GATHER_KERNEL(CharLessOrEqual) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return CompareChar(a, b) <= 0; }); }
GATHER_KERNEL(CharGreater) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return CompareChar(a, b) > 0; }); }
GATHER_KERNEL(CharGreaterOrEqual) { MapRows<uint8_t, int8_t, int8_t>(arguments[0], arguments[1], rows, result, [](int8_t a, int8_t b) { return CompareChar(a, b) >= 0; }); }

GATHER_KERNEL(StartsWith) {
  CompareText(arguments, rows, result, [](const StringRef& text, const StringRef& prefix) {
    return text.size() >= prefix.size() && std::memcmp(text.data(), prefix.data(), prefix.size()) == 0;
  });
}

}  // namespace gather::catalog

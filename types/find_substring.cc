#include "types/find_substring.h"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gather {

size_t FindSubstring(std::string_view text, std::string_view needle, size_t from) {
  constexpr size_t kNone = std::string_view::npos;
  if (from > text.size() || needle.size() > text.size() - from) return kNone;
  if (needle.empty()) return from;
  const char* const base = text.data();
  if (needle.size() == 1) {
    const void* found = std::memchr(base + from, needle[0], text.size() - from);
    return found == nullptr ? kNone : static_cast<size_t>(static_cast<const char*>(found) - base);
  }
  const size_t last_start = text.size() - needle.size();  // the last place it can begin
#if defined(__SSE2__)
  // Sixteen places at once: those whose first and last byte fit are compared in full. The final block overlaps the one before it.
  constexpr size_t kLanes = 16;
  if (last_start - from + 1 >= kLanes) {
    const __m128i first = _mm_set1_epi8(needle.front()), last = _mm_set1_epi8(needle.back());
    size_t at = from;
    while (true) {
      const __m128i heads = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + at));
      const __m128i tails = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + at + needle.size() - 1));
      unsigned places = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last))));
      while (places != 0) {
        const size_t place = at + static_cast<size_t>(__builtin_ctz(places));
        if (std::memcmp(base + place + 1, needle.data() + 1, needle.size() - 2) == 0) return place;
        places &= places - 1;
      }
      if (at + kLanes > last_start) return kNone;
      at += kLanes;
      if (at + kLanes > last_start + 1) at = last_start + 1 - kLanes;
    }
  }
#endif
  for (size_t at = from; at <= last_start; ++at) {
    if (base[at] == needle.front() && std::memcmp(base + at + 1, needle.data() + 1, needle.size() - 1) == 0) return at;
  }
  return kNone;
}

}  // namespace gather

// FindSubstring: the position of one byte string in another, made for the short strings of columns (tens of bytes). Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace gather {

// At or after `from`; npos when it is not there. An empty needle is found at `from`.
size_t FindSubstring(std::string_view text, std::string_view needle, size_t from = 0);

}  // namespace gather

#include "types/error.h"

#include <cstdarg>
#include <cstdio>

namespace gather {

std::string Format(const char* format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(size > 0 ? size : 0, '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

void ThrowInternal(const std::string& message) { throw SqlError(sqlstate::kInternalError, message); }
void ThrowNotSupported(const std::string& message) { throw SqlError(sqlstate::kFeatureNotSupported, message); }

}  // namespace gather

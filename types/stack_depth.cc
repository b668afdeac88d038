#include "types/stack_depth.h"

#include <pthread.h>

#include <algorithm>
#include <string>

#include "types/error.h"

namespace gather {

namespace {
// Room for what runs below the deepest check: leaf functions, exception unwinding.
constexpr size_t kReserve = 384 * 1024;
// PostgreSQL's default, for the hint.
constexpr const char* kShownLimit = "2048kB";
}  // namespace

uintptr_t StackLimitOfThread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  // A small stack keeps a quarter in reserve.
  return reinterpret_cast<uintptr_t>(lowest) + std::min(kReserve, size / 4);
}

void ThrowStackDepthExceeded() {
  throw SqlError(sqlstate::kStatementTooComplex, "stack depth limit exceeded")
      .Hint(Format("Increase the configuration parameter \"max_stack_depth\" (currently %s), after ensuring the platform's stack depth limit is "
                   "adequate.", kShownLimit));
}

}  // namespace gather

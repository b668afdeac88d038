// CheckStackDepth: stops recursion before the thread's stack ends, whatever its size. Call it once per level of any recursion whose
// depth the client decides (expressions, queries, plans). Thread-safe; a few nanoseconds.
#pragma once

#include <cstdint>

namespace gather {

// The lowest address the recursion of this thread may reach: its stack's end plus a reserve for leaf calls and unwinding.
uintptr_t StackLimitOfThread();
// 54001 "stack depth limit exceeded", with PostgreSQL's hint.
[[noreturn]] void ThrowStackDepthExceeded();

inline void CheckStackDepth() {
  thread_local const uintptr_t limit = StackLimitOfThread();
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < limit) [[unlikely]] ThrowStackDepthExceeded();
}

}  // namespace gather

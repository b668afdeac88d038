// Advisory locks: pg_advisory_lock and kin, held by the session or by the transaction.
//
// A key of one bigint and a key of two integers are different spaces: LockTag::second is 1 for the former, 2 for the latter.
#include "catalog/functions/system_kernel.h"
#include "storage/locks.h"

namespace gather::catalog {

namespace {

using storage::LockMode;
using storage::LockTag;

LockTag TagOf(std::span<const Vector> arguments, uint32_t row) {
  if (arguments.size() == 1) return {LockTag::Kind::kAdvisory, static_cast<uint64_t>(At<int64_t>(arguments[0], row)), 1};
  const auto high = static_cast<uint32_t>(At<int32_t>(arguments[0], row)), low = static_cast<uint32_t>(At<int32_t>(arguments[1], row));
  return {LockTag::Kind::kAdvisory, uint64_t{high} << 32 | low, 2};
}

enum class Holder : uint8_t { kSession, kTransaction };

storage::LockOwner& OwnerOf(FunctionContext& context, Holder holder) {
  SessionServices& session = SessionOf(context);
  return holder == Holder::kSession ? session.session_locks() : session.transaction_locks();
}

template <Holder holder, LockMode mode>
GATHER_SYSTEM_KERNEL(Lock) {
  ForValidRows(result, rows, [&](uint32_t row) {
    OwnerOf(context, holder).Lock(TagOf(arguments, row), mode, SessionOf(context).interrupt());
    result.data<int32_t>()[row] = 0;
  });
}

template <Holder holder, LockMode mode>
GATHER_SYSTEM_KERNEL(TryLock) {
  ForValidRows(result, rows, [&](uint32_t row) { result.data<uint8_t>()[row] = OwnerOf(context, holder).TryLock(TagOf(arguments, row), mode); });
}

template <LockMode mode>
GATHER_SYSTEM_KERNEL(Unlock) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const bool held = session.session_locks().Unlock(TagOf(arguments, row), mode);
    if (!held) session.Notice("WARNING", sqlstate::kWarning, Format("you don't own a lock of type %s", storage::LockModeName(mode)));
    result.data<uint8_t>()[row] = held;
  });
}

GATHER_SYSTEM_KERNEL(UnlockAll) {
  SessionOf(context).session_locks().ReleaseAll();
  for (uint32_t row = 0; row < rows; row++) result.data<int32_t>()[row] = 0;
}

constexpr ScalarKernel kLockSession = Lock<Holder::kSession, LockMode::kExclusive>, kLockSessionShared = Lock<Holder::kSession, LockMode::kShare>;
constexpr ScalarKernel kLockTransaction = Lock<Holder::kTransaction, LockMode::kExclusive>;
constexpr ScalarKernel kLockTransactionShared = Lock<Holder::kTransaction, LockMode::kShare>;
constexpr ScalarKernel kTrySession = TryLock<Holder::kSession, LockMode::kExclusive>, kTrySessionShared = TryLock<Holder::kSession, LockMode::kShare>;
constexpr ScalarKernel kTryTransaction = TryLock<Holder::kTransaction, LockMode::kExclusive>;
constexpr ScalarKernel kTryTransactionShared = TryLock<Holder::kTransaction, LockMode::kShare>;
constexpr ScalarKernel kUnlock = Unlock<LockMode::kExclusive>, kUnlockShared = Unlock<LockMode::kShare>;

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {2880, "pg_advisory_lock", {kInt8}, kVoid, kLockSession, "obtain exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2886, "pg_advisory_lock", {kInt4, kInt4}, kVoid, kLockSession, "obtain exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2881, "pg_advisory_lock_shared", {kInt8}, kVoid, kLockSessionShared, "obtain shared advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2887, "pg_advisory_lock_shared", {kInt4, kInt4}, kVoid, kLockSessionShared, "obtain shared advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3089, "pg_advisory_xact_lock", {kInt8}, kVoid, kLockTransaction, "obtain exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3093, "pg_advisory_xact_lock", {kInt4, kInt4}, kVoid, kLockTransaction, "obtain exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3090, "pg_advisory_xact_lock_shared", {kInt8}, kVoid, kLockTransactionShared, "obtain shared advisory lock",
     true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {3094, "pg_advisory_xact_lock_shared", {kInt4, kInt4}, kVoid, kLockTransactionShared,
     "obtain shared advisory lock", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2882, "pg_try_advisory_lock", {kInt8}, kBool, kTrySession, "obtain exclusive advisory lock if available", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2888, "pg_try_advisory_lock", {kInt4, kInt4}, kBool, kTrySession, "obtain exclusive advisory lock if available",
     true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2883, "pg_try_advisory_lock_shared", {kInt8}, kBool, kTrySessionShared,
     "obtain shared advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2889, "pg_try_advisory_lock_shared", {kInt4, kInt4}, kBool, kTrySessionShared,
     "obtain shared advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {3091, "pg_try_advisory_xact_lock", {kInt8}, kBool, kTryTransaction,
     "obtain exclusive advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {3095, "pg_try_advisory_xact_lock", {kInt4, kInt4}, kBool, kTryTransaction,
     "obtain exclusive advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {3092, "pg_try_advisory_xact_lock_shared", {kInt8}, kBool, kTryTransactionShared,
     "obtain shared advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {3096, "pg_try_advisory_xact_lock_shared", {kInt4, kInt4}, kBool, kTryTransactionShared,
     "obtain shared advisory lock if available", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2884, "pg_advisory_unlock", {kInt8}, kBool, kUnlock, "release exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2890, "pg_advisory_unlock", {kInt4, kInt4}, kBool, kUnlock, "release exclusive advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2885, "pg_advisory_unlock_shared", {kInt8}, kBool, kUnlockShared, "release shared advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2891, "pg_advisory_unlock_shared", {kInt4, kInt4}, kBool, kUnlockShared, "release shared advisory lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2892, "pg_advisory_unlock_all", {}, kVoid, UnlockAll, "release all advisory locks", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddLockFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog

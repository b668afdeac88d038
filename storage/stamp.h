// Stamps: who inserted or deleted a row version, in 64 bits.
//
//   committed   0 | commit timestamp:63
//   running     1 | keeps key:1 | transaction:38 | command:24      (the low bits of the transaction's id: unambiguous among running ones)
//   kAborted    an insert that never happened: nobody sees it
//   kNotDeleted no delete: larger than any timestamp, so that "deleted before my snapshot" is one comparison
// A row recovered from disk, or older than every snapshot, has stamp kSettled.
#pragma once

#include <cstdint>

#include "storage/snapshot.h"

namespace gather::storage {

using Stamp = uint64_t;

inline constexpr int kCommandBits = 24;
inline constexpr uint32_t kMaxCommand = (1u << kCommandBits) - 1;
inline constexpr Stamp kRunningBit = uint64_t{1} << 63;
inline constexpr Stamp kKeepsKeyBit = uint64_t{1} << 62;      // of a running delete: an update that leaves the key columns alone
inline constexpr uint64_t kStampTransactionMask = (uint64_t{1} << 38) - 1;
inline constexpr Stamp kAborted = ~uint64_t{0};
inline constexpr Stamp kNotDeleted = kRunningBit - 1;
inline constexpr Stamp kSettled = 1;

inline Stamp RunningStamp(TransactionId transaction, uint32_t command) {
  return kRunningBit | (transaction.value & kStampTransactionMask) << kCommandBits | command;
}
inline bool IsRunning(Stamp stamp) { return (stamp & kRunningBit) != 0 && stamp != kAborted; }
inline bool KeepsKey(Stamp running) { return (running & kKeepsKeyBit) != 0; }
inline bool IsCommitted(Stamp stamp) { return stamp < kNotDeleted; }
inline uint64_t StampTransaction(Stamp stamp) { return stamp >> kCommandBits & kStampTransactionMask; }
inline uint32_t StampCommand(Stamp stamp) { return static_cast<uint32_t>(stamp & kMaxCommand); }
inline bool IsOwn(Stamp stamp, TransactionId transaction) {
  return IsRunning(stamp) && transaction.value != 0 && StampTransaction(stamp) == (transaction.value & kStampTransactionMask);
}
// What the stamp stands for happened before the snapshot.
inline bool Sees(const Snapshot& snapshot, Stamp stamp) {
  if (stamp <= snapshot.timestamp.value) return true;
  return IsOwn(stamp, snapshot.own) && StampCommand(stamp) < snapshot.command;
}

}  // namespace gather::storage

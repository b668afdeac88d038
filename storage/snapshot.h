// Snapshot: what a statement sees: every commit up to a timestamp, and its own transaction's earlier commands.
//
// A plain value; copy freely. The transaction that took it keeps its versions from being vacuumed (TransactionManager::oldest).
#pragma once

#include "types/ids.h"

namespace gather::storage {

class SerializableTransaction;

struct Snapshot {
  CommitTimestamp timestamp;
  TransactionId own;                 // 0: sees committed rows only
  uint32_t command = 0;              // sees own rows written by commands < this one
  SerializableTransaction* serializable = nullptr;   // who answers for what is read (storage/serializable_conflicts.h); null: nobody has to
};

}  // namespace gather::storage

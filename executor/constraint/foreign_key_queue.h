// ForeignKeyQueue: what foreign keys have to look at once the running statement has done everything else; for deferred ones, once the transaction ends.
//
// Belongs to a session and its thread. Writers note keys by ForeignKeyRecorder; CheckStatement works them off, all keys of one constraint together.
// Referential actions write, and so note further keys. See docs/decisions/0012-foreign-keys.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "types/datum.h"
#include "types/ids.h"

namespace gather::executor {

class Session;

enum class ForeignKeyEvent : uint8_t {
  kReferencing,                            // a key new in the referencing table
  kDeleted,                                // a key gone from the referenced table
  kUpdated,                                // a key of the referenced table that has become another
};

// The distinct keys of one constraint that one event has happened to.
struct ForeignKeyBatch {
  struct Key {
    std::vector<Datum> values;             // in the order of ForeignKey::columns
    std::vector<Datum> replacement;        // kUpdated
    std::vector<RowId> rows;               // kReferencing: who has it
  };
  ForeignKeyEvent event;
  catalog::RelationRef table;              // the referencing one
  const catalog::ForeignKey* key;          // of `table`
  catalog::RelationRef referenced;
  std::vector<Key> keys;
  std::unordered_map<std::string, size_t> by_text;
  size_t look_at = 0;                      // so many keys are looked up at once, lest they fill memory
};

class ForeignKeyQueue {
 public:
  explicit ForeignKeyQueue(Session& session) : session_(session) {}

  // The batch to add to. Valid until the next call of anything else here.
  ForeignKeyBatch& BatchOf(ForeignKeyEvent event, const catalog::RelationRef& table, const catalog::ForeignKey& key, const catalog::RelationRef& referenced);
  // kReferencing: `row` has the key.
  void Add(ForeignKeyBatch& batch, std::vector<Datum> values, std::vector<Datum> replacement, RowId row);

  // The statement has failed, or starts over.
  void Forget() { batches_.clear(); }
  // Checks and actions of the statement. Throws 23503, or StatementRetry: then the whole statement is to be run again.
  void CheckStatement();
  // Checks that were put off, at the transaction's end.
  void CheckDeferred();
  // SET CONSTRAINTS; all: without names. What becomes immediate is checked at once.
  void SetAllDeferred(bool deferred);
  void SetDeferred(const std::vector<Oid>& constraints, bool deferred);
  void EndTransaction();
  // Events that have not been looked at refer to the table.
  bool IsPending(Oid table) const;

 private:
  bool IsDeferred(const catalog::ForeignKey& key) const;
  void CheckDeferredIf(const std::function<bool(const catalog::ForeignKey&)>& is_due);
  void Process(ForeignKeyBatch& batch);
  void CheckReferencing(ForeignKeyBatch& batch);
  void LookAhead(ForeignKeyBatch& batch);
  bool IsAnyLive(const ForeignKeyBatch& batch, const ForeignKeyBatch::Key& key) const;

  Session& session_;
  std::vector<std::unique_ptr<ForeignKeyBatch>> batches_;      // of the running statement
  std::vector<std::unique_ptr<ForeignKeyBatch>> deferred_;
  std::unordered_map<Oid, bool> modes_;                        // SET CONSTRAINTS name: deferred?
  int all_ = -1;                                               // SET CONSTRAINTS ALL; -1: not said
};

}  // namespace gather::executor

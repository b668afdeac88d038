// What happens to the rows that refer to keys which are gone or have changed: NO ACTION, RESTRICT, CASCADE, SET NULL, SET DEFAULT.
#pragma once

#include "executor/constraint/foreign_key_queue.h"

namespace gather::executor {

// Throws 23503; StatementRetry where the user's statement has to be run again.
void RunReferentialAction(Session& session, ForeignKeyBatch& batch);
// All rows of the referencing table, for a constraint that is new, or was NOT VALID. Throws 23503 for the first that refers to nothing.
void ValidateForeignKey(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key);

}  // namespace gather::executor

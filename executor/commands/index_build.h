// Making an index: the catalog entry, and its entries for the rows there are.
#pragma once

#include <string>

#include "executor/session/session.h"

namespace gather::executor {

// Creates the index relation of `table` and fills it. 23505 "could not create unique index" with the duplicated key.
Oid CreateIndexRelation(Session& session, Oid table, std::string name, catalog::IndexEntry entry);
// Fills an (empty) index from the table's visible rows.
void BuildIndex(Session& session, const catalog::RelationEntry& table, const catalog::RelationEntry& index);
// Calls `visit` with the visible rows of a table: its live columns in attnum order, then ctid.
void ForEachRow(Session& session, const catalog::RelationEntry& table, const std::function<void(const Chunk& rows, const Vector& ctid)>& visit);
// Key expressions and predicate over the live columns.
struct IndexExpressions {
  std::vector<sql::ExprRef> keys;
  sql::ExprRef predicate;
};
IndexExpressions BindIndexExpressions(Session& session, const catalog::RelationEntry& table, const catalog::IndexEntry& index);

}  // namespace gather::executor

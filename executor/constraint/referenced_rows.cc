#include "executor/constraint/referenced_rows.h"

#include <algorithm>

#include "catalog/operator_classes.h"
#include "executor/operators/row_lock.h"
#include "executor/operators/row_text.h"
#include "executor/session/session.h"
#include "types/integer_datum.h"

namespace gather::executor {

namespace {
bool IsText(Oid type) { return type == type_oid::kText || type == type_oid::kVarchar; }
}  // namespace

bool CanReference(const catalog::FunctionRegistry& functions, Oid referencing, Oid referenced) {
  if (catalog::DefaultOperatorClass(referenced) == nullptr) return false;
  if (referencing == referenced || (IsIntegerType(referencing) && IsIntegerType(referenced)) || (IsText(referencing) && IsText(referenced))) return true;
  const catalog::CastInfo* cast = functions.FindCast(referencing, referenced);
  return cast != nullptr && cast->context == catalog::CastContext::kImplicit;
}

namespace {
catalog::RelationRef LockReferenced(Session& session, Oid table) {
  session.LockRelation(table, storage::LockMode::kRowShare);
  catalog::RelationRef referenced = session.catalog_view()->FindRelation(table);
  if (referenced == nullptr) ThrowInternal("a foreign key has lost its table");
  return referenced;
}
}  // namespace

ReferencedRows::ReferencedRows(Session& session, const ForeignKeyBatch& batch)
    : referenced_(LockReferenced(session, batch.referenced->oid)), context_(session.MakeExecutionContext()), table_(*referenced_->table) {
  const catalog::RelationRef index = session.catalog_view()->FindRelation(batch.key->index);
  if (index == nullptr) ThrowInternal("a foreign key has lost its index");
  index_ = index->index->ordered;
  for (const catalog::IndexColumn& part : index->index->columns) {
    const auto at = std::find(batch.key->referenced.begin(), batch.key->referenced.end(), part.column);
    order_.push_back(static_cast<size_t>(at - batch.key->referenced.begin()));
  }
  for (size_t i = 0; i < batch.key->columns.size(); ++i) {
    const SqlType from = batch.table->column(batch.key->columns[i]).type, to = referenced_->column(batch.key->referenced[i]).type;
    types_.push_back(to);
    sql::ExprRef cast;
    const bool as_is = from.oid == to.oid || IsIntegerType(to.oid) || (IsText(from.oid) && IsText(to.oid));
    if (!as_is && batch.event == ForeignKeyEvent::kReferencing) {
      catalog::RelationEntry one;                              // its only column is the value
      catalog::ColumnEntry column;
      column.id = ColumnId(1);
      column.name = "value";
      column.type = from;
      one.columns.push_back(std::move(column));
      sql::BindContext bind = session.MakeBindContext();
      cast = sql::BindTableExpression("value", &one, SqlType(to.oid), "USING", bind);
    }
    casts_.push_back(std::move(cast));
  }
}

std::optional<Datum> ReferencedRows::Convert(const Datum& value, size_t column) {
  if (casts_[column] != nullptr) {
    Chunk one;
    one.Add(Vector(value.type));
    one[0].Set(0, value);
    one.set_rows(1);
    return EvaluateOver(casts_[column], one, context_).Get(0);
  }
  if (value.type.oid != types_[column].oid && IsIntegerType(types_[column].oid)) return IntegerDatum(IntegerOf(value), types_[column].oid);
  Datum same = value;
  same.type = types_[column];
  return same;
}

bool ReferencedRows::LockOne(RowId row, bool* gone) {
  storage::Transaction& transaction = *context_.transaction;
  TransactionId holder;
  if (table_.CheckLiveness(transaction, row, &holder) == storage::TableStore::Liveness::kDead) {
    // What the snapshot sees and somebody has deleted or changed since.
    const bool later = transaction.isolation() != storage::IsolationLevel::kReadCommitted && table_.IsVisible(context_.snapshot, row);
    if (!later) return false;
    if (!table_.ReplacementOf(row).keeps_key) RetryOrFail(context_);
  } else if (transaction.isolation() != storage::IsolationLevel::kReadCommitted && !table_.IsVisible(context_.snapshot, row)) {
    return false;
  }
  if (LockRow(context_, table_, row, storage::RowLockStrength::kKeyShare, sql::RowLock::Wait::kBlock) == RowLockOutcome::kLocked) return true;
  if (transaction.isolation() != storage::IsolationLevel::kReadCommitted) RetryOrFail(context_);
  *gone = true;
  return false;
}

bool ReferencedRows::Lock(const std::vector<Datum>& values) {
  key_.clear();
  for (const size_t column : order_) {
    std::optional<Datum> value = Convert(values[column], column);
    if (!value.has_value()) return false;
    key_.push_back(std::move(*value));
  }
  if (context_.transaction->serializable() != nullptr) {
    const index::KeyBound bound{key_, true};
    index_->MarkRead(*context_.transaction, index_->RangeOf(bound, bound));
  }
  for (bool gone = true; gone;) {
    gone = false;
    index_->Lookup(context_.transaction, key_, &found_);
    for (const RowId row : found_) {
      if (LockOne(row, &gone)) return true;
    }
    context_.interrupt->Check();
  }
  return false;
}

std::string KeyText(Session& session, const catalog::RelationEntry& table, const std::vector<ColumnId>& columns, const std::vector<Datum>& values) {
  std::string names, texts;
  for (size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + table.column(columns[i]).name;
    Vector one(values[i].type);
    one.Set(0, values[i]);
    texts += (i == 0 ? "" : ", ") + ValueText(one, 0, session.io());
  }
  return "(" + names + ")=(" + texts + ")";
}

namespace {
SqlError Violation(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key) {
  const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(table.schema);
  return SqlError(sqlstate::kForeignKeyViolation, Format("insert or update on table \"%s\" violates foreign key constraint \"%s\"", table.name.c_str(), key.name.c_str()))
      .Table(schema == nullptr ? std::string() : schema->name, table.name).Constraint(key.name);
}
}  // namespace

void ThrowNotPresent(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key, const catalog::RelationEntry& referenced,
                     const std::vector<Datum>& values) {
  throw Violation(session, table, key).Detail(Format("Key %s is not present in table \"%s\".", KeyText(session, table, key.columns, values).c_str(), referenced.name.c_str()));
}

void ThrowMixedNulls(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key) {
  throw Violation(session, table, key).Detail("MATCH FULL does not allow mixing of null and nonnull key values.");
}

}  // namespace gather::executor

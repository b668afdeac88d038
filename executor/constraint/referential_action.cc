#include "executor/constraint/referential_action.h"

#include "catalog/definitions.h"
#include "executor/constraint/referenced_rows.h"
#include "executor/session/session.h"
#include "types/array.h"
#include "types/quote.h"

namespace gather::executor {

namespace {

enum class Sees : uint8_t { kSnapshot, kNewest };

// Runs an internal statement and hands its rows to `visit`.
void RunText(Session& session, const std::string& text, std::vector<Datum> parameters, Sees sees, const std::function<void(const Chunk&)>& visit) {
  std::vector<Oid> types;
  for (const Datum& parameter : parameters) types.push_back(parameter.type.oid);
  const std::unique_ptr<Portal> portal = session.MakePortal("", session.MakePrepared("", sql::Parse(text).at(0), text, std::move(types)), std::move(parameters));
  ExecutionContext context = session.MakeExecutionContext(portal->parameters);
  if (sees == Sees::kNewest) context.snapshot.timestamp = session.instance().storage.transactions().Latest().timestamp;
  Execution execution(portal->plan, std::move(context));
  Chunk chunk;
  while (execution.Next(chunk)) {
    visit(chunk);
    chunk.Clear();
  }
}

Datum ArrayOf(Oid type, const std::vector<ForeignKeyBatch::Key>& keys, const std::function<const Datum&(const ForeignKeyBatch::Key&)>& value_of) {
  ArrayBuilder builder(type);
  const TypeInfo& info = GetType(type);
  for (const ForeignKeyBatch::Key& key : keys) {
    const Datum& value = value_of(key);
    if (value.is_null) {
      builder.AddNull();
    } else if (info.physical == PhysicalType::kString) {
      builder.Add(value.bytes);
    } else {
      builder.Add({reinterpret_cast<const char*>(value.raw), PhysicalSize(info.physical)});
    }
  }
  return Datum::String(info.array, builder.Finish());
}

// The referencing rows of the keys of a batch, as a join of table c with keys k (k1 …, their replacements n1 …, their number o).
class KeyJoin {
 public:
  KeyJoin(Session& session, const ForeignKeyBatch& batch) : batch_(batch), table_(catalog::QualifiedName(*session.catalog_view(), *batch.table)) {
    std::string arguments, names;
    const auto add = [&](Datum array, const std::string& name) {
      parameters_.push_back(std::move(array));
      arguments += Format("%s$%zu", parameters_.size() == 1 ? "" : ", ", parameters_.size());
      names += (names.empty() ? "" : ", ") + name;
    };
    for (size_t i = 0; i < batch.key->columns.size(); ++i) {
      const Oid type = batch.referenced->column(batch.key->referenced[i]).type.oid;
      add(ArrayOf(type, batch.keys, [&](const auto& key) -> const Datum& { return key.values[i]; }), Format("k%zu", i));
      if (batch.event == ForeignKeyEvent::kUpdated) add(ArrayOf(type, batch.keys, [&](const auto& key) -> const Datum& { return key.replacement[i]; }), Format("n%zu", i));
      condition_ += Format("%sc.%s OPERATOR(pg_catalog.=) k.k%zu", i == 0 ? "" : " AND ", Column(i).c_str(), i);
    }
    std::vector<Datum> numbers;
    ArrayBuilder builder(type_oid::kInt4);
    for (size_t i = 0; i < batch.keys.size(); ++i) {
      const auto number = static_cast<int32_t>(i);
      builder.Add({reinterpret_cast<const char*>(&number), sizeof(number)});
    }
    add(Datum::String(type_oid::kInt4Array, builder.Finish()), "o");
    keys_ = "unnest(" + arguments + ") AS k(" + names + ")";
  }

  std::string Column(size_t i) const { return QuoteIdentifier(batch_.table->column(batch_.key->columns[i]).name); }
  const std::vector<Datum>& parameters() const { return parameters_; }
  // The number of the first key that a row refers to; the row gets locked, so that it stays.
  std::string First() const { return "SELECT k.o FROM " + keys_ + ", ONLY " + table_ + " AS c WHERE " + condition_ + " ORDER BY 1 LIMIT 1 FOR KEY SHARE OF c"; }
  std::string Delete() const { return "DELETE FROM ONLY " + table_ + " AS c USING " + keys_ + " WHERE " + condition_; }
  std::string Update(const std::string& set) const { return "UPDATE ONLY " + table_ + " AS c SET " + set + " FROM " + keys_ + " WHERE " + condition_; }

 private:
  const ForeignKeyBatch& batch_;
  const std::string table_;
  std::vector<Datum> parameters_;
  std::string keys_, condition_;
};

char ActionOf(const ForeignKeyBatch& batch) { return batch.event == ForeignKeyEvent::kDeleted ? batch.key->on_delete : batch.key->on_update; }

std::optional<size_t> FirstReferenced(Session& session, const KeyJoin& join) {
  std::optional<size_t> first;
  RunText(session, join.First(), join.parameters(), Sees::kNewest, [&](const Chunk& rows) {
    if (!first.has_value()) first = static_cast<size_t>(rows[0].Get(0).as<int32_t>());
  });
  return first;
}

void Refuse(Session& session, ForeignKeyBatch& batch, bool restrict) {
  if (!restrict) {
    ReferencedRows rows(session, batch);
    std::erase_if(batch.keys, [&](const ForeignKeyBatch::Key& key) { return rows.Lock(key.values); });   // there again
  }
  if (batch.keys.empty()) return;
  const KeyJoin join(session, batch);
  const std::optional<size_t> first = FirstReferenced(session, join);
  if (!first.has_value()) return;
  const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(batch.table->schema);
  const ForeignKeyBatch::Key& key = batch.keys[*first];
  throw SqlError(sqlstate::kForeignKeyViolation, Format("update or delete on table \"%s\" violates foreign key constraint \"%s\" on table \"%s\"",
                                                        batch.referenced->name.c_str(), batch.key->name.c_str(), batch.table->name.c_str()))
      .Detail(Format("Key %s is still referenced from table \"%s\".", KeyText(session, *batch.referenced, batch.key->referenced, key.values).c_str(),
                     batch.table->name.c_str()))
      .Table(schema == nullptr ? std::string() : schema->name, batch.table->name).Constraint(batch.key->name);
}

std::string Assignments(const KeyJoin& join, const ForeignKeyBatch& batch, char action) {
  std::string set;
  for (size_t i = 0; i < batch.key->columns.size(); ++i) {
    const std::vector<ColumnId>& only = batch.key->delete_set;
    if (batch.event == ForeignKeyEvent::kDeleted && !only.empty() && std::find(only.begin(), only.end(), batch.key->columns[i]) == only.end()) continue;
    const std::string value = action == 'c' ? Format("k.n%zu", i) : action == 'n' ? "NULL" : "DEFAULT";
    set += (set.empty() ? "" : ", ") + join.Column(i) + " = " + value;
  }
  return set;
}

}  // namespace

void RunReferentialAction(Session& session, ForeignKeyBatch& batch) {
  const char action = ActionOf(batch);
  if (action == 'a' || action == 'r') return Refuse(session, batch, action == 'r');
  const KeyJoin join(session, batch);
  const bool deletes = action == 'c' && batch.event == ForeignKeyEvent::kDeleted;
  RunText(session, deletes ? join.Delete() : join.Update(Assignments(join, batch, action)), join.parameters(), Sees::kSnapshot, [](const Chunk&) {});
  session.transaction()->NextCommand();
  // The default may be the very key that is gone.
  if (action == 'd') return Refuse(session, batch, false);
  if (session.isolation() != storage::IsolationLevel::kReadCommitted && FirstReferenced(session, join).has_value()) {
    throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to concurrent update");
  }
}

void ValidateForeignKey(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key) {
  const catalog::CatalogRef view = session.catalog_view();
  const catalog::RelationRef referenced = view->FindRelation(key.table);
  std::string list, on, given;
  for (size_t i = 0; i < key.columns.size(); ++i) {
    const std::string ours = "fk." + QuoteIdentifier(table.column(key.columns[i]).name), theirs = "pk." + QuoteIdentifier(referenced->column(key.referenced[i]).name);
    list += (i == 0 ? "" : ", ") + ours;
    on += (i == 0 ? "" : " AND ") + theirs + " OPERATOR(pg_catalog.=) " + ours;
    given += (i == 0 ? "" : key.match == 'f' ? " OR " : " AND ") + ours + " IS NOT NULL";
  }
  const std::string text = "SELECT " + list + " FROM ONLY " + catalog::QualifiedName(*view, table) + " AS fk LEFT JOIN ONLY " +
                           catalog::QualifiedName(*view, *referenced) + " AS pk ON " + on + " WHERE pk." +
                           QuoteIdentifier(referenced->column(key.referenced[0]).name) + " IS NULL AND (" + given + ") LIMIT 1";
  RunText(session, text, {}, Sees::kNewest, [&](const Chunk& rows) {
    std::vector<Datum> values;
    for (size_t i = 0; i < key.columns.size(); ++i) {
      values.push_back(rows[i].Get(0));
      if (values.back().is_null) ThrowMixedNulls(session, table, key);
    }
    ThrowNotPresent(session, table, key, *referenced, values);
  });
}

}  // namespace gather::executor

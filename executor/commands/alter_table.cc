#include "executor/commands/alter_table.h"

#include <algorithm>

#include "executor/commands/foreign_keys.h"
#include "executor/commands/index_build.h"
#include "executor/commands/relation_names.h"
#include "executor/commands/sequences.h"
#include "executor/commands/table_definition.h"
#include "executor/constraint/referential_action.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

class TableAlteration {
 public:
  TableAlteration(Session& session, Oid table) : session_(session), oid_(table) {}

  void Apply(const ast::AlterTableCmd& command) {
    using Type = ast::AlterTableType;
    switch (command.type) {
      case Type::kAddColumn: AddColumn(command); break;
      case Type::kDropColumn: DropColumn(command); break;
      case Type::kColumnDefault: SetDefault(command); break;
      case Type::kSetNotNull: SetNotNull(command); break;
      case Type::kDropNotNull: DropNotNull(command); break;
      case Type::kAlterColumnType: ChangeType(command); break;
      case Type::kAddConstraint: AddConstraint(ast::As<ast::Constraint>(command.def)); break;
      case Type::kDropConstraint: DropConstraint(command); break;
      case Type::kChangeOwner: ChangeOwner(command); break;
      case Type::kSetRelOptions: SetOptions(command, false); break;
      case Type::kResetRelOptions: SetOptions(command, true); break;
      case Type::kAddIdentity: AddIdentity(command); break;
      case Type::kDropIdentity: DropIdentity(command); break;
      case Type::kDropExpression: DropExpression(command); break;
      case Type::kSetStatistics: SetStatistics(command); break;
      // What concerns PostgreSQL's heap and has no meaning here.
      case Type::kSetStorage: case Type::kSetCompression: case Type::kSetOptions: case Type::kResetOptions:
      case Type::kClusterOn: case Type::kDropCluster: case Type::kReplicaIdentity: case Type::kSetLogged: case Type::kSetUnlogged:
        Column(command.name, true);
        break;
      case Type::kValidateConstraint: ValidateConstraint(command); break;
      default: ThrowNotSupported("this form of ALTER TABLE is not supported yet");
    }
  }

 private:
  catalog::RelationRef Table() const { return session_.catalog_view()->FindRelation(oid_); }

  const catalog::ColumnEntry* Column(std::string_view name, bool optional = false) const {
    const catalog::RelationRef table = Table();
    const catalog::ColumnEntry* column = table->FindColumn(name);
    if (column == nullptr && !optional) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(name).c_str(), table->name.c_str()));
    }
    return column;
  }

  catalog::ColumnEntry& MutableColumn(catalog::RelationEntry& table, std::string_view name) {
    const catalog::ColumnEntry* column = Column(name);
    return table.columns[static_cast<size_t>(column->id.value) - 1];
  }

  void Replace(catalog::RelationEntry changed) { session_.change_catalog().ReplaceRelation(std::move(changed)); }

  void AddColumn(const ast::AlterTableCmd& command) {
    const auto& definition = ast::As<ast::ColumnDef>(command.def);
    catalog::RelationEntry changed = *Table();
    if (command.missing_ok && changed.FindColumn(definition.name) != nullptr) {
      session_.Notice("NOTICE", sqlstate::kDuplicateColumn,
                      Format("column \"%s\" of relation \"%s\" already exists, skipping", std::string(definition.name).c_str(), changed.name.c_str()), {}, {});
      return;
    }
    TableDefinition pending;
    AddColumnDefinition(session_, definition, &changed, &pending);
    BindGenerated(session_, pending, &changed);
    const size_t index = changed.columns.size() - 1;
    const bool generated = !pending.sequences.empty();
    bool rewrite = generated || changed.columns[index].generated;
    if (!changed.columns[index].generated && !changed.columns[index].default_sql.empty()) {
      // A default that is the same for every row is kept beside the column: old rows are not touched.
      const sql::ExprRef value = BindDefault(changed.columns[index]);
      rewrite = IsVolatile(value);
      if (!rewrite) changed.columns[index].missing = EvaluateExpression(value, session_.MakeExecutionContext());
    }
    const bool not_null = changed.columns[index].not_null;
    for (const auto& [constraint, column] : pending.checks) changed.checks.push_back(MakeCheck(session_, *constraint, column, changed));
    const bool checks = !pending.checks.empty();
    Replace(std::move(changed));
    for (const SerialColumn& serial : pending.sequences) CreateOwnedSequence(session_, serial, oid_);
    if (rewrite) {
      const catalog::ColumnEntry column = Table()->columns[index];
      Rewrite(*Table(), index, column.generated ? BindOwn(column) : generated && column.default_sql.empty() ? NextValue(column) : BindDefault(column));
    }
    if (not_null && !rewrite) CheckNotNull(index);
    if (checks) CheckRows(Table()->checks.size() - pending.checks.size());
    for (const PendingKey& key : pending.keys) {
      if (key.constraint->type != ast::ConstraintType::kForeign) AddKeyConstraint(session_, oid_, key);
    }
    for (const PendingKey& key : pending.keys) {
      if (key.constraint->type == ast::ConstraintType::kForeign) AddForeignKey(session_, oid_, key, true);
    }
  }

  // A generated column's expression, over the columns there are now.
  sql::ExprRef BindOwn(const catalog::ColumnEntry& column) {
    sql::BindContext context = session_.MakeBindContext();
    return sql::BindTableExpression(column.default_sql, Table().get(), column.type, "GENERATED", context);
  }

  sql::ExprRef BindDefault(const catalog::ColumnEntry& column) {
    sql::BindContext context = session_.MakeBindContext();
    return sql::BindTableExpression(column.default_sql, nullptr, column.type, "DEFAULT", context);
  }

  sql::ExprRef NextValue(const catalog::ColumnEntry& column) {
    sql::BindContext context = session_.MakeBindContext();
    const catalog::RelationRef sequence = session_.catalog_view()->FindRelation(column.sequence);
    const std::string schema = session_.catalog_view()->FindSchema(sequence->schema)->name;
    return sql::BindTableExpression("nextval('" + QuoteIdentifier(schema) + "." + QuoteIdentifier(sequence->name) + "'::regclass)", nullptr, column.type, "DEFAULT", context);
  }

  static bool IsVolatile(const sql::ExprRef& expr) {
    bool found = false;
    sql::Walk(expr, [&](const sql::Expr& node) {
      found |= node.function != nullptr && node.function->volatility == catalog::Volatility::kVolatile;
      return true;
    });
    return found;
  }

  // Copies all rows into new storage with column `changed` computed by `value` over the live columns of `before`, and builds the indexes anew.
  void Rewrite(const catalog::RelationEntry& before, size_t changed, const sql::ExprRef& value, std::optional<SqlType> type = {}) {
    catalog::RelationEntry after = *Table();
    if (type.has_value()) after.columns[changed].type = *type;
    after.columns[changed].missing = Datum::Null(after.columns[changed].type);
    storage::Storage& storage = session_.instance().storage;
    std::vector<storage::StoredColumn> columns;
    size_t position = 0, changed_position = 0;
    for (size_t i = 0; i < after.columns.size(); ++i) {
      if (after.columns[i].dropped) continue;
      if (i == changed) changed_position = position;
      ++position;
      columns.push_back({after.columns[i].id, after.columns[i].type});
    }
    after.storage = storage.NewStorageId();
    after.table = storage.CreateTable(*session_.transaction(), after.storage, columns);
    const ExecutionContext context = session_.MakeExecutionContext();
    std::vector<RowId> ids(kVectorSize);
    const bool not_null = after.columns[changed].not_null;
    ForEachRow(session_, before, [&](const Chunk& rows, const Vector&) {
      Chunk copy = rows;
      copy[changed_position] = EvaluateOver(value, rows, context);
      if (not_null) {
        for (uint32_t i = 0; i < copy.rows(); ++i) {
          if (copy[changed_position].IsNull(i)) ThrowContainsNulls(after.columns[changed].name, after.name);
        }
      }
      after.table->Insert(*session_.transaction(), columns, copy, ids.data());
    });
    const std::vector<Oid> indexes = after.indexes;
    Replace(std::move(after));
    for (const Oid index : indexes) RebuildIndex(index);
  }

  void RebuildIndex(Oid oid) {
    catalog::RelationEntry index = *session_.catalog_view()->FindRelation(oid);
    const catalog::RelationRef table = Table();
    for (catalog::IndexColumn& part : index.index->columns) {
      if (part.column.value != 0) part.type = table->column(part.column).type;
    }
    index.storage = StorageId();
    session_.change_catalog().ReplaceRelation(std::move(index));
    BuildIndex(session_, *Table(), *session_.catalog_view()->FindRelation(oid));
  }

  void SetStatistics(const ast::AlterTableCmd& command) {
    constexpr int32_t kMost = 10000;
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    int32_t target = ast::As<ast::Integer>(*command.def).value;
    if (target < -1) throw SqlError(sqlstate::kInvalidParameterValue, Format("statistics target %d is too low", target));
    if (target > kMost) {
      target = kMost;
      session_.Notice("WARNING", sqlstate::kInvalidParameterValue, Format("lowering statistics target to %d", target), {}, {});
    }
    column.statistics_target = target;
    Replace(std::move(changed));
  }

  [[noreturn]] static void ThrowContainsNulls(const std::string& column, const std::string& table) {
    throw SqlError(sqlstate::kNotNullViolation, Format("column \"%s\" of relation \"%s\" contains null values", column.c_str(), table.c_str()));
  }

  void CheckNotNull(size_t column) {
    const catalog::RelationRef table = Table();
    size_t position = 0;
    for (size_t i = 0; i < column; ++i) position += table->columns[i].dropped ? 0 : 1;
    ForEachRow(session_, *table, [&](const Chunk& rows, const Vector&) {
      if (!rows[position].MayHaveNulls()) return;
      for (uint32_t i = 0; i < rows.rows(); ++i) {
        if (rows[position].IsNull(i)) ThrowContainsNulls(table->columns[column].name, table->name);
      }
    });
  }

  // Existing rows against the checks from number `first` on.
  void CheckRows(size_t first) {
    const catalog::RelationRef table = Table();
    const ExecutionContext execution = session_.MakeExecutionContext();
    for (size_t i = first; i < table->checks.size(); ++i) {
      sql::BindContext context = session_.MakeBindContext();
      const sql::ExprRef check = sql::BindTableExpression(table->checks[i].expression_sql, table.get(), type_oid::kBool, "CHECK", context);
      ForEachRow(session_, *table, [&](const Chunk& rows, const Vector&) {
        const Vector result = EvaluateOver(check, rows, execution);
        for (uint32_t row = 0; row < rows.rows(); ++row) {
          if (!result.IsNull(row) && result.View().get<uint8_t>(row) == 0) {
            throw SqlError(sqlstate::kCheckViolation,
                           Format("check constraint \"%s\" of relation \"%s\" is violated by some row", table->checks[i].name.c_str(), table->name.c_str()));
          }
        }
      });
    }
  }

  void DropColumn(const ast::AlterTableCmd& command) {
    const catalog::RelationRef table = Table();
    const catalog::ColumnEntry* column = Column(command.name, command.missing_ok);
    if (column == nullptr) {
      session_.Notice("NOTICE", sqlstate::kUndefinedColumn,
                      Format("column \"%s\" of relation \"%s\" does not exist, skipping", std::string(command.name).c_str(), table->name.c_str()), {}, {});
      return;
    }
    const ColumnId id = column->id;
    const std::string what = Format("column %s of table %s", column->name.c_str(), table->name.c_str());
    for (const catalog::ColumnEntry& other : table->columns) {
      if (other.dropped || !other.generated || other.id == id || !UsesColumn(session_, *table, other, id)) continue;
      const std::string dependent = Format("column %s of table %s", other.name.c_str(), table->name.c_str());
      if (command.behavior != ast::DropBehavior::kCascade) {
        throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + what + " because other objects depend on it")
            .Detail(dependent + " depends on " + what)
            .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
      }
      const std::string name = other.name;
      ast::AlterTableCmd drop;
      drop.name = name;
      drop.behavior = command.behavior;
      DropColumn(drop);
      NoticeDropped(session_, {dependent});
      return DropColumn(command);                          // with what is left of the table
    }
    RefuseIfViewsDepend(*table, Format("column %s of table %s", column->name.c_str(), table->name.c_str()), command.behavior);
    DropForeignKeysOf(*table, id, what, command.behavior);
    // Indexes and constraints on the column go with it.
    for (const Oid oid : table->indexes) {
      const catalog::RelationRef index = session_.catalog_view()->FindRelation(oid);
      const bool uses = std::any_of(index->index->columns.begin(), index->index->columns.end(), [&](const catalog::IndexColumn& part) { return part.column == id; });
      if (!uses) continue;
      std::vector<std::string> dropped;
      if (index->index->constraint_oid != kInvalidOid) {
        session_.change_catalog().DropConstraint(oid_, index->name, true, &dropped);
      } else {
        session_.change_catalog().DropRelation(oid, true, &dropped);
      }
    }
    catalog::RelationEntry changed = *Table();
    std::erase_if(changed.checks, [&](const catalog::CheckConstraint& check) { return std::find(check.columns.begin(), check.columns.end(), id) != check.columns.end(); });
    catalog::ColumnEntry& entry = changed.columns[static_cast<size_t>(id.value) - 1];
    const Oid sequence = entry.sequence;
    entry.dropped = true;
    entry.name = Format("........pg.dropped.%d........", id.value);
    entry.default_sql.clear();
    entry.not_null = false;
    entry.generated = false;
    entry.identity = catalog::Identity::kNone;
    entry.sequence = kInvalidOid;
    Replace(std::move(changed));
    if (sequence != kInvalidOid) {
      std::vector<std::string> dropped;
      session_.change_catalog().DropRelation(sequence, true, &dropped);
    }
  }

  // Its own go silently, those that refer to it by CASCADE.
  void DropForeignKeysOf(const catalog::RelationEntry& table, ColumnId column, const std::string& what, ast::DropBehavior behavior) {
    const auto uses = [column](const std::vector<ColumnId>& columns) { return std::find(columns.begin(), columns.end(), column) != columns.end(); };
    std::vector<std::string> dropped;
    std::string detail;
    std::vector<catalog::Reference> references = session_.catalog_view()->ReferencesTo(table);
    std::erase_if(references, [&](const catalog::Reference& reference) { return !uses(reference.key->referenced); });
    for (const catalog::Reference& reference : references) {
      if (reference.table->oid == oid_ && uses(reference.key->columns)) continue;
      dropped.push_back(Format("constraint %s on table %s", reference.key->name.c_str(), reference.table->name.c_str()));
      detail += (detail.empty() ? "" : "\n") + dropped.back() + " depends on " + what;
    }
    if (!dropped.empty() && behavior != ast::DropBehavior::kCascade) {
      throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + what + " because other objects depend on it")
          .Detail(detail)
          .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
    }
    for (const catalog::Reference& reference : references) {
      session_.LockRelation(reference.table->oid, storage::LockMode::kAccessExclusive);
      session_.change_catalog().DropConstraint(reference.table->oid, reference.key->name, false, nullptr);
    }
    NoticeDropped(session_, dropped);
    for (const catalog::ForeignKey& key : table.foreign_keys) {
      const catalog::RelationRef now = Table();
      const bool there = std::any_of(now->foreign_keys.begin(), now->foreign_keys.end(), [&](const catalog::ForeignKey& other) { return other.oid == key.oid; });
      if (!there || !uses(key.columns)) continue;
      session_.LockRelation(key.table, storage::LockMode::kAccessExclusive);
      session_.change_catalog().DropConstraint(oid_, key.name, false, nullptr);
    }
  }

  void RefuseIfViewsDepend(const catalog::RelationEntry& table, const std::string& what, ast::DropBehavior behavior) {
    for (const catalog::RelationRef& view : session_.catalog_view()->Relations()) {
      if (view->kind != catalog::RelationKind::kView || std::find(view->depends_on.begin(), view->depends_on.end(), table.oid) == view->depends_on.end()) continue;
      if (behavior == ast::DropBehavior::kCascade) {
        std::vector<std::string> dropped;
        session_.change_catalog().DropRelation(view->oid, true, &dropped);
        dropped.insert(dropped.begin(), "view " + view->name);
        NoticeDropped(session_, dropped);
        continue;
      }
      throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + what + " because other objects depend on it")
          .Detail(Format("view %s depends on %s", view->name.c_str(), what.c_str()))
          .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
    }
  }

  void SetDefault(const ast::AlterTableCmd& command) {
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    if (column.identity != catalog::Identity::kNone) {
      throw SqlError(sqlstate::kSyntaxError, Format("column \"%s\" of relation \"%s\" is an identity column", column.name.c_str(), changed.name.c_str()));
    }
    if (column.generated) {
      SqlError error(sqlstate::kSyntaxError, Format("column \"%s\" of relation \"%s\" is a generated column", column.name.c_str(), changed.name.c_str()));
      if (command.def != nullptr) throw error;
      throw std::move(error).Hint("Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.");
    }
    column.default_sql = command.def == nullptr ? std::string() : DefaultText(session_, *command.def, column, &changed.depends_on);
    Replace(std::move(changed));
  }

  void SetNotNull(const ast::AlterTableCmd& command) {
    const size_t index = static_cast<size_t>(Column(command.name)->id.value) - 1;
    CheckNotNull(index);
    catalog::RelationEntry changed = *Table();
    changed.columns[index].not_null = true;
    Replace(std::move(changed));
  }

  void DropNotNull(const ast::AlterTableCmd& command) {
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    for (const Oid oid : changed.indexes) {
      const catalog::RelationRef index = session_.catalog_view()->FindRelation(oid);
      if (index->index->kind != catalog::IndexKind::kPrimaryKey) continue;
      for (const catalog::IndexColumn& part : index->index->columns) {
        if (part.column == column.id) throw SqlError(sqlstate::kInvalidTableDefinition, Format("column \"%s\" is in a primary key", column.name.c_str()));
      }
    }
    if (column.identity != catalog::Identity::kNone) {
      throw SqlError(sqlstate::kSyntaxError, Format("column \"%s\" of relation \"%s\" is an identity column", column.name.c_str(), changed.name.c_str()));
    }
    column.not_null = false;
    Replace(std::move(changed));
  }

  void ChangeType(const ast::AlterTableCmd& command) {
    const auto& definition = ast::As<ast::ColumnDef>(command.def);
    const catalog::RelationRef before = Table();
    const catalog::ColumnEntry column = *Column(command.name);
    const size_t index = static_cast<size_t>(column.id.value) - 1;
    for (const catalog::RelationRef& view : session_.catalog_view()->Relations()) {
      if (view->kind != catalog::RelationKind::kView || std::find(view->depends_on.begin(), view->depends_on.end(), before->oid) == view->depends_on.end()) continue;
      throw SqlError(sqlstate::kFeatureNotSupported, "cannot alter type of a column used by a view or rule")
          .Detail(Format("rule _RETURN on view %s depends on column \"%s\"", view->name.c_str(), column.name.c_str()));
    }
    for (const catalog::ColumnEntry& other : before->columns) {
      if (other.dropped || !other.generated || other.id == column.id || !UsesColumn(session_, *before, other, column.id)) continue;
      throw SqlError(sqlstate::kFeatureNotSupported, "cannot alter type of a column used by a generated column")
          .Detail(Format("Column \"%s\" is used by generated column \"%s\".", column.name.c_str(), other.name.c_str()));
    }
    const SqlType type = sql::ResolveTypeName(*definition.type_name, *session_.catalog_view());
    sql::BindContext context = session_.MakeBindContext();
    sql::ExprRef value;
    if (definition.raw_default != nullptr) {
      value = sql::BindTableExpression(*definition.raw_default, before.get(), type, "USING", context);
    } else {
      try {
        value = sql::BindTableExpression(QuoteIdentifier(column.name), before.get(), type, "USING", context);
      } catch (const SqlError& error) {
        if (error.state() != sqlstate::kDatatypeMismatch) throw;
        throw SqlError(sqlstate::kDatatypeMismatch, Format("column \"%s\" cannot be cast automatically to type %s", column.name.c_str(), FormatType(type).c_str()))
            .Hint(Format("You might need to specify \"USING %s::%s\".", column.name.c_str(), FormatType(type).c_str()));
      }
    }
    if (!column.default_sql.empty()) {
      catalog::RelationEntry changed = *before;
      catalog::ColumnEntry& entry = changed.columns[index];
      sql::BindContext fresh = session_.MakeBindContext();
      entry.default_sql = sql::DeparseExpr(sql::BindTableExpression(column.default_sql, nullptr, type, "DEFAULT", fresh), {}, fresh);
      Replace(std::move(changed));
    }
    Rewrite(*before, index, value, type);
    CheckRows(0);
    RecheckForeignKeys(session_, *Table(), column.id);
  }

  void AddConstraint(const ast::Constraint& constraint) {
    switch (constraint.type) {
      case ast::ConstraintType::kCheck: {
        catalog::RelationEntry changed = *Table();
        changed.checks.push_back(MakeCheck(session_, constraint, "", changed));
        Replace(std::move(changed));
        if (!constraint.skip_validation) CheckRows(Table()->checks.size() - 1);
        break;
      }
      case ast::ConstraintType::kPrimary:
      case ast::ConstraintType::kUnique: {
        if (constraint.type == ast::ConstraintType::kPrimary) {
          for (const std::string_view name : constraint.keys) {
            if (const catalog::ColumnEntry* column = Column(name, true); column != nullptr && !column->not_null) CheckNotNull(static_cast<size_t>(column->id.value) - 1);
          }
        }
        AddKeyConstraint(session_, oid_, {&constraint, ""});
        break;
      }
      case ast::ConstraintType::kForeign: AddForeignKey(session_, oid_, {&constraint, ""}, true); break;
      default: ThrowNotSupported("this kind of table constraint is not supported");
    }
  }

  void DropConstraint(const ast::AlterTableCmd& command) {
    const catalog::RelationRef table = Table();
    const bool is_check = std::any_of(table->checks.begin(), table->checks.end(), [&](const catalog::CheckConstraint& check) { return check.name == command.name; });
    bool found = is_check || std::any_of(table->foreign_keys.begin(), table->foreign_keys.end(), [&](const catalog::ForeignKey& key) { return key.name == command.name; });
    for (const Oid oid : table->indexes) {
      const catalog::RelationRef index = session_.catalog_view()->FindRelation(oid);
      found |= index->name == command.name && index->index->constraint_oid != kInvalidOid;
    }
    const std::string name(command.name);
    if (!found && command.missing_ok) {
      session_.Notice("NOTICE", sqlstate::kUndefinedObject, Format("constraint \"%s\" of relation \"%s\" does not exist, skipping", name.c_str(), table->name.c_str()), {}, {});
      return;
    }
    if (!is_check) LockReferences(session_, *table);
    std::vector<std::string> dropped;
    session_.change_catalog().DropConstraint(oid_, name, command.behavior == ast::DropBehavior::kCascade, &dropped);
    NoticeDropped(session_, dropped);
  }

  void ValidateConstraint(const ast::AlterTableCmd& command) {
    const catalog::RelationRef table = Table();
    const std::string name(command.name);
    for (size_t i = 0; i < table->foreign_keys.size(); ++i) {
      const catalog::ForeignKey& key = table->foreign_keys[i];
      if (key.name != name) continue;
      if (key.validated) return;
      session_.LockRelation(key.table, storage::LockMode::kRowShare);
      ValidateForeignKey(session_, *table, key);
      catalog::RelationEntry changed = *table;
      changed.foreign_keys[i].validated = true;
      Replace(std::move(changed));
      return;
    }
    // Checks are always valid.
    if (std::any_of(table->checks.begin(), table->checks.end(), [&](const catalog::CheckConstraint& check) { return check.name == name; })) return;
    for (const Oid oid : table->indexes) {
      const catalog::RelationRef index = session_.catalog_view()->FindRelation(oid);
      if (index->name != name || index->index->constraint_oid == kInvalidOid) continue;
      throw SqlError(sqlstate::kWrongObjectType, Format("constraint \"%s\" of relation \"%s\" is not a foreign key or check constraint", name.c_str(), table->name.c_str()));
    }
    throw SqlError(sqlstate::kUndefinedObject, Format("constraint \"%s\" of relation \"%s\" does not exist", name.c_str(), table->name.c_str()));
  }

  void ChangeOwner(const ast::AlterTableCmd& command) {
    catalog::RelationEntry changed = *Table();
    const catalog::RoleEntry* role = command.new_owner->type == ast::RoleSpecType::kName ? session_.catalog_view()->FindRole(command.new_owner->name)
                                                                                         : session_.catalog_view()->FindRole(session_.user_oid());
    if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", std::string(command.new_owner->name).c_str()));
    changed.owner = role->oid;
    Replace(std::move(changed));
  }

  void SetOptions(const ast::AlterTableCmd& command, bool reset) {
    catalog::RelationEntry changed = *Table();
    const auto* list = ast::TryAs<ast::ListNode>(command.def);
    if (list == nullptr) return;
    for (const ast::Node* item : list->items) {
      const auto& option = ast::As<ast::DefElem>(item);
      const std::string name(option.name);
      std::erase_if(changed.options, [&](const auto& present) { return present.first == name; });
      if (!reset) changed.options.emplace_back(name, option.arg == nullptr ? "true" : ast::DefElemString(option));
    }
    Replace(std::move(changed));
  }

  void AddIdentity(const ast::AlterTableCmd& command) {
    const auto& constraint = ast::As<ast::Constraint>(command.def);
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    if (!column.not_null) {
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                     Format("column \"%s\" of relation \"%s\" must be declared NOT NULL before identity can be added", column.name.c_str(), changed.name.c_str()));
    }
    if (column.identity != catalog::Identity::kNone) {
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState, Format("column \"%s\" of relation \"%s\" is already an identity column", column.name.c_str(), changed.name.c_str()));
    }
    column.identity = constraint.generated_when == 'a' ? catalog::Identity::kAlways : catalog::Identity::kByDefault;
    const size_t index = static_cast<size_t>(column.id.value) - 1;
    Replace(std::move(changed));
    CreateOwnedSequence(session_, {index, false, {constraint.options.begin(), constraint.options.end()}}, oid_);
  }

  // The values stay, as those of an ordinary column.
  void DropExpression(const ast::AlterTableCmd& command) {
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    if (!column.generated) {
      const std::string message = Format("column \"%s\" of relation \"%s\" is not a stored generated column", column.name.c_str(), changed.name.c_str());
      if (!command.missing_ok) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, message);
      session_.Notice("NOTICE", sqlstate::kSuccessfulCompletion, message + ", skipping", {}, {});
      return;
    }
    column.generated = false;
    column.default_sql.clear();
    Replace(std::move(changed));
  }

  void DropIdentity(const ast::AlterTableCmd& command) {
    catalog::RelationEntry changed = *Table();
    catalog::ColumnEntry& column = MutableColumn(changed, command.name);
    if (column.identity == catalog::Identity::kNone) {
      const std::string message = Format("column \"%s\" of relation \"%s\" is not an identity column", column.name.c_str(), changed.name.c_str());
      if (!command.missing_ok) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, message);
      session_.Notice("NOTICE", sqlstate::kObjectNotInPrerequisiteState, message + ", skipping", {}, {});
      return;
    }
    const Oid sequence = column.sequence;
    column.identity = catalog::Identity::kNone;
    column.sequence = kInvalidOid;
    Replace(std::move(changed));
    std::vector<std::string> dropped;
    session_.change_catalog().DropRelation(sequence, true, &dropped);
  }

  Session& session_;
  const Oid oid_;
};

// What keeps readers out and what only writers (PostgreSQL's AlterTableGetLockLevel).
storage::LockMode LockModeOf(const ast::AlterTableStmt& statement) {
  auto strongest = storage::LockMode::kShareUpdateExclusive;
  for (const ast::AlterTableCmd* command : statement.commands) {
    const auto* constraint = ast::TryAs<ast::Constraint>(command->def);
    const bool foreign_key = command->type == ast::AlterTableType::kAddConstraint && constraint != nullptr && constraint->type == ast::ConstraintType::kForeign;
    const storage::LockMode wanted = command->type == ast::AlterTableType::kValidateConstraint ? storage::LockMode::kShareUpdateExclusive
                                     : foreign_key                                             ? storage::LockMode::kShareRowExclusive
                                                                                               : storage::LockMode::kAccessExclusive;
    strongest = std::max(strongest, wanted);
  }
  return strongest;
}

}  // namespace

std::string AlterTableCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterTableStmt>(node);
  Session& session = context.session;
  const std::string tag(context.statement.tag);
  const catalog::RelationRef relation = LockTable(session, *statement.relation, LockModeOf(statement), statement.missing_ok);
  if (relation == nullptr) {
    session.Notice("NOTICE", sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist, skipping", QualifiedName(*statement.relation).c_str()), {}, {});
    return tag;
  }
  RequireOwner(session, *relation);
  if (statement.object_type == ast::ObjectType::kTable && relation->kind == catalog::RelationKind::kView) {
    for (const ast::AlterTableCmd* command : statement.commands) {
      if (command->type != ast::AlterTableType::kChangeOwner && command->type != ast::AlterTableType::kColumnDefault) {
        throw SqlError(sqlstate::kWrongObjectType, Format("ALTER action cannot be performed on relation \"%s\"", relation->name.c_str()))
            .Detail("This operation is not supported for views.");
      }
    }
  }
  RefusePendingChecks(session, *relation, "ALTER TABLE");
  TableAlteration alteration(session, relation->oid);
  for (const ast::AlterTableCmd* command : statement.commands) alteration.Apply(*command);
  return tag;
}

}  // namespace gather::executor

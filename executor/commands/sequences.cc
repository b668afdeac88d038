#include "executor/commands/sequences.h"

#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
struct Range { int64_t minimum, maximum; };
Range RangeOf(Oid type) {
  if (type == type_oid::kInt2) return {INT16_MIN, INT16_MAX};
  if (type == type_oid::kInt4) return {INT32_MIN, INT32_MAX};
  return {INT64_MIN, INT64_MAX};
}

std::string Number(int64_t value) { return std::to_string(value); }

// OWNED BY table.column or NONE.
void SetOwner(Session& session, const ast::DefElem& option, const catalog::RelationEntry& relation, catalog::SequenceEntry* sequence) {
  const auto* list = ast::TryAs<ast::ListNode>(option.arg);
  std::vector<std::string_view> names;
  if (list != nullptr) {
    for (const ast::Node* item : list->items) names.push_back(ast::As<ast::String>(item).text);
  }
  if (names.size() == 1 && names[0] == "none") {
    sequence->owner_table = kInvalidOid;
    sequence->owner_column = ColumnId();
    return;
  }
  if (names.size() < 2) throw SqlError(sqlstate::kSyntaxError, "invalid OWNED BY option").Hint("Specify OWNED BY table.column or OWNED BY NONE.");
  const std::string_view column_name = names.back();
  names.pop_back();
  const catalog::RelationRef table = FindRelation(session, ast::Names(names));
  if (table->kind != catalog::RelationKind::kTable && table->kind != catalog::RelationKind::kView) {
    throw SqlError(sqlstate::kWrongObjectType, Format("sequence cannot be owned by relation \"%s\"", table->name.c_str()))
        .Detail(table->kind == catalog::RelationKind::kIndex ? "This operation is not supported for indexes." : "This operation is not supported for sequences.");
  }
  if (table->owner != relation.owner) {
    throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "sequence must have same owner as table it is linked to");
  }
  if (table->schema != relation.schema) {
    throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "sequence must be in same schema as table it is linked to");
  }
  const catalog::ColumnEntry* column = table->FindColumn(column_name);
  if (column == nullptr) {
    throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(column_name).c_str(), table->name.c_str()));
  }
  sequence->owner_table = table->oid;
  sequence->owner_column = column->id;
}
}  // namespace

std::vector<catalog::ColumnEntry> SequenceColumns() {
  std::vector<catalog::ColumnEntry> columns(3);
  columns[0].name = "last_value";
  columns[0].type = type_oid::kInt8;
  columns[1].name = "log_cnt";
  columns[1].type = type_oid::kInt8;
  columns[2].name = "is_called";
  columns[2].type = type_oid::kBool;
  for (int16_t i = 0; i < 3; ++i) {
    columns[static_cast<size_t>(i)].id = ColumnId(static_cast<int16_t>(i + 1));
    columns[static_cast<size_t>(i)].not_null = true;
    columns[static_cast<size_t>(i)].collation = kInvalidOid;
  }
  return columns;
}

catalog::SequenceEntry DefineSequence(const catalog::CatalogSnapshot& catalog, std::span<const ast::DefElem* const> options, SqlType type, const catalog::SequenceEntry* present) {
  catalog::SequenceEntry sequence = present == nullptr ? catalog::SequenceEntry() : *present;
  if (present == nullptr) sequence.type = type;
  std::optional<int64_t> minimum, maximum, start;
  bool minimum_default = present == nullptr, maximum_default = present == nullptr;
  for (const ast::DefElem* option : options) {
    const std::string_view name = option->name;
    if (name == "as") {
      sequence.type = sql::ResolveTypeName(ast::As<ast::TypeName>(option->arg), catalog);
      if (sequence.type.oid != type_oid::kInt2 && sequence.type.oid != type_oid::kInt4 && sequence.type.oid != type_oid::kInt8) {
        throw SqlError(sqlstate::kInvalidParameterValue, "sequence type must be smallint, integer, or bigint");
      }
      // Bounds that were the former type's are the new type's then.
      if (present != nullptr) {
        const Range former = RangeOf(present->type.oid);
        minimum_default = present->minimum == former.minimum;
        maximum_default = present->maximum == former.maximum;
      }
    } else if (name == "increment") {
      sequence.increment = ast::DefElemInt64(*option);
      if (sequence.increment == 0) throw SqlError(sqlstate::kInvalidParameterValue, "INCREMENT must not be zero");
    } else if (name == "start") {
      start = ast::DefElemInt64(*option);
    } else if (name == "minvalue") {
      if (option->arg == nullptr) minimum_default = true; else minimum = ast::DefElemInt64(*option);
    } else if (name == "maxvalue") {
      if (option->arg == nullptr) maximum_default = true; else maximum = ast::DefElemInt64(*option);
    } else if (name == "cache") {
      sequence.cache = ast::DefElemInt64(*option);
      if (sequence.cache <= 0) throw SqlError(sqlstate::kInvalidParameterValue, "CACHE (" + Number(sequence.cache) + ") must be greater than zero");
    } else if (name == "cycle") {
      sequence.cycle = ast::DefElemBoolean(*option);
    }
  }
  const Range range = RangeOf(sequence.type.oid);
  const bool up = sequence.increment > 0;
  if (minimum.has_value()) sequence.minimum = *minimum; else if (minimum_default) sequence.minimum = up ? 1 : range.minimum;
  if (maximum.has_value()) sequence.maximum = *maximum; else if (maximum_default) sequence.maximum = up ? range.maximum : -1;
  const char* type_name = GetType(sequence.type.oid).sql_name;
  if (sequence.minimum < range.minimum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "MINVALUE (" + Number(sequence.minimum) + ") is out of range for sequence data type " + type_name);
  }
  if (sequence.maximum > range.maximum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "MAXVALUE (" + Number(sequence.maximum) + ") is out of range for sequence data type " + type_name);
  }
  if (sequence.minimum >= sequence.maximum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "MINVALUE (" + Number(sequence.minimum) + ") must be less than MAXVALUE (" + Number(sequence.maximum) + ")");
  }
  if (start.has_value()) sequence.start = *start; else if (present == nullptr) sequence.start = up ? sequence.minimum : sequence.maximum;
  if (sequence.start < sequence.minimum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "START value (" + Number(sequence.start) + ") cannot be less than MINVALUE (" + Number(sequence.minimum) + ")");
  }
  if (sequence.start > sequence.maximum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "START value (" + Number(sequence.start) + ") cannot be greater than MAXVALUE (" + Number(sequence.maximum) + ")");
  }
  return sequence;
}

std::string CreateSequenceCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateSeqStmt>(node);
  Session& session = context.session;
  const catalog::SchemaEntry& schema = SchemaForNew(session, *statement.sequence);
  if (statement.if_not_exists && session.catalog_view()->FindRelation(schema.oid, statement.sequence->name) != nullptr) {
    session.Notice("NOTICE", sqlstate::kDuplicateTable, Format("relation \"%s\" already exists, skipping", std::string(statement.sequence->name).c_str()), {}, {});
    return "CREATE SEQUENCE";
  }
  catalog::RelationEntry relation;
  relation.oid = kInvalidOid;
  relation.schema = schema.oid;
  relation.name = statement.sequence->name;
  relation.owner = session.user_oid();
  relation.kind = catalog::RelationKind::kSequence;
  relation.temporary = statement.sequence->persistence == 't';
  relation.sequence = DefineSequence(*session.catalog_view(), statement.options, type_oid::kInt8, nullptr);
  for (const ast::DefElem* option : statement.options) {
    if (option->name == "owned_by") SetOwner(session, *option, relation, &*relation.sequence);
  }
  relation.columns = SequenceColumns();
  session.change_catalog().CreateRelation(std::move(relation));
  return "CREATE SEQUENCE";
}

std::string AlterSequenceCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterSeqStmt>(node);
  Session& session = context.session;
  const catalog::RelationRef relation = LockTable(session, *statement.sequence, storage::LockMode::kShareRowExclusive, statement.missing_ok);
  if (relation == nullptr) {
    session.Notice("NOTICE", sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist, skipping", QualifiedName(*statement.sequence).c_str()), {}, {});
    return "ALTER SEQUENCE";
  }
  if (relation->kind != catalog::RelationKind::kSequence) throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a sequence", relation->name.c_str()));
  RequireOwner(session, *relation);
  catalog::RelationEntry changed = *relation;
  changed.sequence = DefineSequence(*session.catalog_view(), statement.options, relation->sequence->type, &*relation->sequence);
  std::optional<int64_t> restart;
  for (const ast::DefElem* option : statement.options) {
    if (option->name == "owned_by") SetOwner(session, *option, changed, &*changed.sequence);
    if (option->name == "restart") restart = option->arg == nullptr ? changed.sequence->start : ast::DefElemInt64(*option);
  }
  if (restart.has_value() && *restart < changed.sequence->minimum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "RESTART value (" + Number(*restart) + ") cannot be less than MINVALUE (" + Number(changed.sequence->minimum) + ")");
  }
  if (restart.has_value() && *restart > changed.sequence->maximum) {
    throw SqlError(sqlstate::kInvalidParameterValue, "RESTART value (" + Number(*restart) + ") cannot be greater than MAXVALUE (" + Number(changed.sequence->maximum) + ")");
  }
  session.change_catalog().ReplaceRelation(std::move(changed));
  if (restart.has_value()) session.catalog().SetValue(*session.catalog_view()->FindRelation(relation->oid), *restart, false);
  return "ALTER SEQUENCE";
}

}  // namespace gather::executor

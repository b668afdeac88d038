#include "tests/unit/planner/test_database.h"

#include <algorithm>

#include "types/error.h"

namespace gather::planner {

namespace {

// Functions of constants through their kernels.
class KernelEvaluator final : public ConstantEvaluator {
 public:
  Datum Evaluate(const sql::Expr& expr) override {
    if (expr.kind != sql::ExprKind::kFunction) ThrowInternal("the test's evaluator knows functions only");
    std::vector<Vector> arguments;
    std::vector<SqlType> types;
    for (const ExprRef& child : expr.children) {
      arguments.push_back(Vector::Constant(child->constant));
      types.push_back(child->type);
    }
    const IoSettings io;
    catalog::FunctionContext context;
    context.io = &io;
    context.function = expr.function;
    context.result_type = expr.type;
    context.argument_types = types;
    Vector result(expr.type, 1);
    expr.function->kernel(context, arguments, 1, result);
    return result.Get(0);
  }
  bool EvaluateOver(const ExprRef& expr, const Chunk& rows, Vector* result) override {
    if (expr->kind != sql::ExprKind::kSlot) return false;
    *result = rows[expr->index];
    return true;
  }
};

}  // namespace

Oid TestDatabase::CreateTable(const std::string& name, const std::vector<Column>& columns, uint32_t rows) {
  catalog::RelationEntry entry = catalog::Table(name);
  entry.columns.clear();
  std::vector<storage::StoredColumn> stored;
  for (const Column& column : columns) {
    entry.columns.push_back(catalog::Column(static_cast<int16_t>(entry.columns.size() + 1), column.name, column.type));
    entry.columns.back().not_null = column.not_null;
    if (column.type != type_oid::kText) entry.columns.back().collation = kInvalidOid;
    stored.push_back({entry.columns.back().id, column.type});
  }
  auto create = catalog_.Begin();
  const Oid oid = catalog_->Change(*create).CreateRelation(std::move(entry));
  create->Commit();
  const catalog::RelationRef table = catalog_->Current()->FindRelation(oid);
  auto insert = catalog_.Begin();
  for (uint32_t first = 0; first < rows; first += kVectorSize) {
    const uint32_t count = std::min(rows - first, kVectorSize);
    Chunk chunk;
    for (size_t c = 0; c < columns.size(); ++c) {
      Vector vector(columns[c].type, count);
      for (uint32_t i = 0; i < count; ++i) {
        const auto value = static_cast<int32_t>((first + i) % (c == 0 ? rows : 10 * c));
        vector.Set(i, columns[c].type == type_oid::kText ? Datum::Text(std::to_string(value)) : Datum::Int4(value));
      }
      chunk.Add(std::move(vector));
    }
    chunk.set_rows(count);
    std::vector<RowId> ids(count);
    table->table->Insert(*insert, stored, chunk, ids.data());
  }
  insert->Commit();
  return oid;
}

void TestDatabase::CreateIndex(const std::string& name, const std::string& table_name, const std::vector<int16_t>& columns, catalog::IndexKind kind) {
  const catalog::RelationRef table = catalog_->Current()->FindRelation(catalog::kPublicSchema, table_name);
  catalog::RelationEntry entry{};
  entry.schema = catalog::kPublicSchema;
  entry.name = name;
  entry.kind = catalog::RelationKind::kIndex;
  catalog::IndexEntry index;
  index.table = table->oid;
  index.kind = kind;
  for (const int16_t column : columns) {
    const catalog::ColumnEntry& of_table = table->column(ColumnId(column));
    index.columns.push_back({of_table.id, "", of_table.type, SortOrder{}});
    entry.columns.push_back(catalog::Column(static_cast<int16_t>(entry.columns.size() + 1), of_table.name, of_table.type));
  }
  entry.index = std::move(index);
  auto create = catalog_.Begin();
  catalog::CatalogTransaction& change = catalog_->Change(*create);
  const Oid oid = change.CreateRelation(std::move(entry));
  catalog::RelationEntry altered = *change.View()->FindRelation(table->oid);
  if (std::find(altered.indexes.begin(), altered.indexes.end(), oid) == altered.indexes.end()) {
    altered.indexes.push_back(oid);
    change.ReplaceRelation(std::move(altered));
  }
  create->Commit();
}

PlanRef TestDatabase::Plan(const std::string& sql) {
  const std::vector<sql::ParsedStatement> parsed = sql::Parse(sql);
  const IoSettings io;
  sql::BindContext bind;
  bind.catalog = catalog_->Current();
  bind.functions = &catalog::TestFunctions();
  bind.search_path = {catalog::kPgCatalogSchema, catalog::kPublicSchema};
  bind.io = &io;
  bind.variable_parameters = true;
  auto bound = std::make_shared<sql::BoundStatement>(sql::Bind(parsed.at(0), bind));
  const storage::Snapshot snapshot = catalog_.storage().transactions().Latest();
  PlannerContext context;
  context.settings = settings;
  KernelEvaluator evaluator;
  context.evaluator = &evaluator;
  context.functions = &catalog::TestFunctions();
  context.snapshot = &snapshot;
  context.history = &history;
  return MakePlan(std::move(bound), context);
}

std::string TestDatabase::Explain(const std::string& sql) {
  ExplainOptions options;
  options.costs = false;
  std::string text;
  for (const std::string& line : planner::Explain(*Plan(sql), options, nullptr)) text += line + "\n";
  return text;
}

}  // namespace gather::planner

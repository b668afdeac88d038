#include "tests/unit/executor/fixture.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "sql/query.h"

namespace gather::executor {

void ExecutorTest::SetUp() {
  static std::atomic<int> number{0};
  directory_ = std::filesystem::temp_directory_path() / Format("gather_executor_%d_%d", static_cast<int>(getpid()), number++);
  storage::StorageOptions options;
  options.directory = directory_;
  options.fsync = false;
  storage_ = std::make_unique<storage::Storage>(options);
  functions_ = std::make_unique<catalog::FunctionRegistry>();
}

ExecutorTest::~ExecutorTest() {
  // After the tests' own members: tables must be gone before their storage.
  transaction_.reset();
  storage_.reset();
  std::filesystem::remove_all(directory_);
}

sql::ExprRef ExecutorTest::Make(sql::ExprKind kind, SqlType type, std::vector<sql::ExprRef> children) {
  auto expr = std::make_shared<sql::Expr>();
  expr->kind = kind;
  expr->type = type;
  expr->children = std::move(children);
  return expr;
}

sql::ExprRef ExecutorTest::Op(std::string_view name, sql::ExprRef left, sql::ExprRef right) const {
  const catalog::OperatorInfo* op = functions_->FindOperator(name, left->type.oid, right->type.oid);
  if (op == nullptr) throw std::runtime_error("no operator " + std::string(name));
  auto expr = std::make_shared<sql::Expr>();
  expr->kind = sql::ExprKind::kFunction;
  expr->type = op->result;
  expr->op = op;
  expr->function = functions_->FunctionOf(*op);
  expr->children = {std::move(left), std::move(right)};
  return expr;
}

sql::ExprRef ExecutorTest::Call(std::string_view name, std::vector<sql::ExprRef> arguments) const {
  std::vector<Oid> types;
  for (const sql::ExprRef& argument : arguments) types.push_back(argument->type.oid);
  const catalog::FunctionInfo* function = functions_->FindFunction(name, types);
  if (function == nullptr) throw std::runtime_error("no function " + std::string(name));
  auto expr = std::make_shared<sql::Expr>();
  expr->kind = function->returns_set ? sql::ExprKind::kSetFunction : sql::ExprKind::kFunction;
  expr->type = function->result;
  expr->function = function;
  expr->children = std::move(arguments);
  return expr;
}

planner::PlanAggregate ExecutorTest::Aggregate(std::string_view name, std::vector<sql::ExprRef> arguments, bool star) const {
  std::vector<Oid> types;
  for (const sql::ExprRef& argument : arguments) types.push_back(argument->type.oid);
  auto call = std::make_shared<sql::AggregateCall>();
  call->function = functions_->FindFunction(name, types);
  for (const Oid any : {type_oid::kAny, type_oid::kAnynonarray}) {
    if (call->function == nullptr) call->function = functions_->FindFunction(name, std::vector<Oid>{any});
  }
  if (call->function == nullptr) throw std::runtime_error("no aggregate " + std::string(name));
  call->star = star;
  planner::PlanAggregate aggregate;
  for (const sql::ExprRef& argument : arguments) aggregate.argument_types.push_back(argument->type);
  aggregate.result = call->function->result;
  aggregate.call = call;
  aggregate.arguments = std::move(arguments);
  return aggregate;
}

catalog::RelationRef ExecutorTest::MakeTable(const std::string& name, std::vector<std::pair<std::string, SqlType>> columns) {
  auto table = std::make_shared<catalog::RelationEntry>();
  table->oid = storage_->NewOid();
  table->schema = catalog::kPublicSchema;
  table->name = name;
  table->storage = storage_->NewStorageId();
  std::vector<storage::StoredColumn> stored;
  for (auto& [column_name, type] : columns) {
    catalog::ColumnEntry column;
    column.id = ColumnId(static_cast<int16_t>(table->columns.size() + 1));
    column.name = column_name;
    column.type = type;
    column.missing = Datum::Null(type);
    stored.push_back({column.id, type});
    table->columns.push_back(std::move(column));
  }
  auto transaction = storage_->transactions().Begin();
  table->table = storage_->CreateTable(*transaction, table->storage, stored);
  transaction->Commit();
  return table;
}

void ExecutorTest::Fill(const catalog::RelationRef& table, uint64_t rows, const std::function<Datum(uint64_t, uint32_t)>& value) {
  std::vector<storage::StoredColumn> stored;
  std::vector<SqlType> types;
  for (const catalog::ColumnEntry& column : table->columns) {
    stored.push_back({column.id, column.type});
    types.push_back(column.type);
  }
  auto transaction = storage_->transactions().Begin();
  std::vector<RowId> ids(kVectorSize);
  for (uint64_t at = 0; at < rows; at += kVectorSize) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(kVectorSize, rows - at));
    Chunk chunk(types);
    for (uint32_t column = 0; column < types.size(); ++column) {
      for (uint32_t row = 0; row < count; ++row) chunk[column].Set(row, value(at + row, column));
    }
    chunk.set_rows(count);
    table->table->Insert(*transaction, stored, chunk, ids.data());
  }
  transaction->Commit();
  transaction_.reset();                       // later statements see it
}

void ExecutorTest::Insert(const catalog::RelationRef& table, const std::vector<std::vector<Datum>>& rows) {
  Fill(table, rows.size(), [&](uint64_t row, uint32_t column) { return rows[row][column]; });
}

std::unique_ptr<planner::SeqScanNode> ExecutorTest::Scan(const catalog::RelationRef& table, std::vector<uint32_t> columns) const {
  auto scan = std::make_unique<planner::SeqScanNode>();
  scan->table = table;
  if (columns.empty()) {
    for (uint32_t i = 0; i < table->columns.size(); ++i) columns.push_back(i);
  }
  for (const uint32_t i : columns) {
    planner::ScanColumnRef column;
    column.column = table->columns[i].id;
    column.type = table->columns[i].type;
    column.name = table->columns[i].name;
    scan->columns.push_back(column);
    scan->output.push_back({column.name, column.type});
  }
  scan->filter_columns = static_cast<uint32_t>(columns.size());
  return scan;
}

void ExecutorTest::Finish(planner::Plan& plan) {
  uint32_t next = 0;
  const std::function<void(planner::PlanNode&)> number = [&](planner::PlanNode& node) {
    node.id = next++;
    for (const auto& child : node.children) number(*child);
  };
  number(*plan.root);
  for (planner::InitPlan& init : plan.init_plans) number(*init.root);
  for (planner::PlanNodePtr& cte : plan.ctes) {
    if (cte != nullptr) number(*cte);
  }
  plan.node_count = next;
}

ExecutionContext ExecutorTest::Context() {
  if (transaction_ == nullptr) transaction_ = storage_->transactions().Begin();
  ExecutionContext context;
  context.storage = storage_.get();
  context.transaction = transaction_.get();
  context.snapshot = transaction_->TakeSnapshot();
  context.interrupt = &interrupt_;
  context.budget = &budget_;
  context.pool = pool_.get();
  context.parameters = parameters_;
  context.chunk_size = chunk_size_;
  context.instrument = instrument_;
  return context;
}

std::vector<std::string> ExecutorTest::Run(const planner::PlanRef& plan) {
  const ExecutionContext context = Context();
  std::vector<std::string> rows;
  {
    Execution execution(plan, context);
    Chunk chunk;
    while (execution.Next(chunk)) {
      EXPECT_GT(chunk.rows(), 0u);
      EXPECT_LE(chunk.rows(), chunk_size_ == 0 ? kVectorSize : kVectorSize);
      for (uint32_t row = 0; row < chunk.rows(); ++row) {
        std::string text;
        for (size_t column = 0; column < chunk.columns(); ++column) {
          if (column != 0) text += '|';
          if (chunk[column].IsNull(row)) {
            text += "null";
          } else {
            GetType(chunk[column].type().oid).text_out(chunk[column], row, context.io, text);
          }
        }
        rows.push_back(std::move(text));
      }
    }
    rows_modified_ = execution.rows_modified();
    actuals_ = execution.Actuals();
  }
  transaction_->NextCommand();
  return rows;
}

std::vector<std::string> ExecutorTest::RunSorted(const planner::PlanRef& plan) {
  std::vector<std::string> rows = Run(plan);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace gather::executor

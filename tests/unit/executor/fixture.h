// What executor tests share: a storage in a temporary directory, tables made directly in it, hand-built plans and their answers as text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "catalog/function.h"
#include "executor/execution.h"
#include "executor/pool/worker_pool.h"
#include "planner/plan.h"
#include "sql/expression.h"
#include "storage/storage.h"

namespace gather::executor {

class ExecutorTest : public ::testing::Test {
 protected:
  ~ExecutorTest() override;
  void SetUp() override;

  // ---- expressions
  static sql::ExprRef Slot(uint32_t slot, SqlType type) { return sql::MakeSlot(slot, type); }
  static sql::ExprRef Int4(int32_t value) { return sql::MakeConstant(Datum::Int4(value)); }
  static sql::ExprRef Int8(int64_t value) { return sql::MakeConstant(Datum::Int8(value)); }
  static sql::ExprRef Text(std::string_view value) { return sql::MakeConstant(Datum::Text(value)); }
  static sql::ExprRef Null(SqlType type) { return sql::MakeConstant(Datum::Null(type)); }
  sql::ExprRef Op(std::string_view name, sql::ExprRef left, sql::ExprRef right) const;
  sql::ExprRef Call(std::string_view name, std::vector<sql::ExprRef> arguments) const;
  static sql::ExprRef Make(sql::ExprKind kind, SqlType type, std::vector<sql::ExprRef> children);
  planner::PlanAggregate Aggregate(std::string_view name, std::vector<sql::ExprRef> arguments, bool star = false) const;

  // ---- tables: rows as datums, in one committed transaction
  catalog::RelationRef MakeTable(const std::string& name, std::vector<std::pair<std::string, SqlType>> columns);
  void Insert(const catalog::RelationRef& table, const std::vector<std::vector<Datum>>& rows);
  // `rows` rows; value(row, column).
  void Fill(const catalog::RelationRef& table, uint64_t rows, const std::function<Datum(uint64_t row, uint32_t column)>& value);

  // ---- plans
  std::unique_ptr<planner::SeqScanNode> Scan(const catalog::RelationRef& table, std::vector<uint32_t> columns = {}) const;
  static void Finish(planner::Plan& plan);        // numbers the nodes
  template <class Node>
  planner::PlanRef PlanOf(std::unique_ptr<Node> root) const {
    auto plan = std::make_shared<planner::Plan>();
    plan->root = std::move(root);
    Finish(*plan);
    return plan;
  }
  // One string per row, columns joined by '|', in the order they come.
  std::vector<std::string> Run(const planner::PlanRef& plan);
  std::vector<std::string> RunSorted(const planner::PlanRef& plan);
  ExecutionContext Context();

  std::string directory_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<catalog::FunctionRegistry> functions_;
  std::unique_ptr<storage::Transaction> transaction_;      // of Run; begun when first needed
  InterruptFlag interrupt_;
  MemoryBudget budget_{"test", MemoryBudget::kUnlimited};
  std::unique_ptr<WorkerPool> pool_;
  uint32_t chunk_size_ = kVectorSize;
  bool instrument_ = false;
  planner::ExecutionActuals actuals_;
  uint64_t rows_modified_ = 0;
  std::vector<Datum> parameters_;
};

}  // namespace gather::executor

// INTERSECT and EXCEPT [ALL]: distinct rows of the left input with how often each side has them.
#include <algorithm>

#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"
#include "executor/row/group_table.h"

namespace gather::executor {

namespace {

struct Counts {
  uint64_t left = 0, right = 0;
};

std::vector<SqlType> TypesOf(const planner::PlanNode& node) {
  std::vector<SqlType> types;
  for (const planner::PlanColumn& column : node.output) types.push_back(column.type);
  return types;
}

class CountSink final : public Sink {
 public:
  CountSink(std::shared_ptr<GroupTable> table, bool left) : table_(std::move(table)), left_(left), rows_(kVectorSize) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Add(Local&, Chunk& in) override {
    const uint32_t tail = table_->layout().tail();
    if (left_) {
      table_->FindOrAdd(in.vectors(), in.rows(), rows_.data(), &added_);
      for (uint32_t i = 0; i < added_.size(); ++i) new (rows_[added_[i]] + tail) Counts();
      for (uint32_t i = 0; i < in.rows(); ++i) ++reinterpret_cast<Counts*>(rows_[i] + tail)->left;
    } else {
      table_->Find(in.vectors(), in.rows(), rows_.data());
      for (uint32_t i = 0; i < in.rows(); ++i) {
        if (rows_[i] != nullptr) ++reinterpret_cast<Counts*>(rows_[i] + tail)->right;
      }
    }
    return Progress::kNeedInput;
  }
  void Merge(Local&) override {}

 private:
  const std::shared_ptr<GroupTable> table_;
  const bool left_;
  std::vector<uint8_t*> rows_;
  Selection added_;
};

class SetOpSource final : public Source {
 public:
  SetOpSource(const planner::SetOpNode& node, std::shared_ptr<GroupTable> table) : node_(node), table_(std::move(table)) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Next(Local&, Chunk& out) override {
    const RowLayout& layout = table_->layout();
    std::vector<uint8_t*> rows;
    while (rows.size() < kVectorSize) {
      if (copies_ == 0) {
        if (at_ == table_->rows().size()) break;
        uint8_t* row = table_->rows()[at_++];
        copies_ = Copies(*reinterpret_cast<const Counts*>(row + layout.tail()));
        continue;
      }
      const uint64_t count = std::min<uint64_t>(copies_, kVectorSize - rows.size());
      rows.insert(rows.end(), count, table_->rows()[at_ - 1]);
      copies_ -= count;
    }
    const auto count = static_cast<uint32_t>(rows.size());
    out.set_rows(count);
    if (count == 0) return Progress::kDone;
    out.vectors().resize(layout.columns());
    for (size_t c = 0; c < layout.columns(); ++c) LoadColumn(layout.column(c), rows.data(), count, table_->shared_store(), out[c]);
    return Progress::kMoreOutput;
  }

 private:
  uint64_t Copies(const Counts& counts) const {
    if (node_.operation == sql::SetOperation::kIntersect) {
      const uint64_t both = std::min(counts.left, counts.right);
      return node_.all ? both : std::min<uint64_t>(both, 1);
    }
    if (node_.all) return counts.left > counts.right ? counts.left - counts.right : 0;
    return counts.right == 0 ? 1 : 0;
  }
  const planner::SetOpNode& node_;
  const std::shared_ptr<GroupTable> table_;
  size_t at_ = 0;
  uint64_t copies_ = 0;
};

}  // namespace

void BuildSetOp(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::SetOpNode&>(base);
  auto table = std::make_shared<GroupTable>(TypesOf(*node.children[0]), static_cast<uint32_t>(sizeof(Counts)), builder.state().context.budget);
  for (const bool left : {true, false}) {
    Pipeline* input = builder.BuildInput(*node.children[left ? 0 : 1], pipeline);
    builder.SetSink(*input, builder.state().Make<CountSink>(table, left), node);
    input->parallel = false;
  }
  builder.SetSource(pipeline, builder.state().Make<SetOpSource>(node, table), node);
}

}  // namespace gather::executor

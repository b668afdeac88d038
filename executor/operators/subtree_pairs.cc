// The inner subtree of a correlated nested loop: run once per outer row, or once per distinct values of what it depends
// on.
#include <string>
#include <unordered_map>

#include "executor/chunk_store.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/pair_source.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

// Results remembered: more rows (an empty result counts as one) than this, and all are forgotten.
constexpr uint64_t kRememberedRows = 1 << 18;

class SubtreePairs final : public PairSource {
 public:
  SubtreePairs(const planner::NestedLoopNode& loop, Participant& participant)
      : loop_(loop), participant_(participant), state_(participant.execution) {
    std::vector<sql::ExprRef> values;
    for (const auto& parameter : loop.parameters) values.push_back(parameter.value);
    values_ = ExpressionList(values, participant);
    if (loop.outer_filter != nullptr) filter_ = std::make_unique<Filter>(loop.outer_filter, participant);
    parameters_.resize(values.size());
  }

  void Start(const Chunk& outer) override {
    row_ = 0;
    batch_ = nullptr;
    // Values are computed for the rows that ask: elsewhere they need not even be valid.
    asking_ = outer;
    all_ask_ = filter_ == nullptr || filter_->Select(outer, asks_);
    if (!all_ask_) asking_.Slice(asks_, asks_.size());
    if (asking_.empty()) return;
    values_.NextChunk();
    for (size_t i = 0; i < parameters_.size(); ++i) values_.Evaluate(i, asking_, parameters_[i]);
  }

  bool Next(const Chunk&, Selection& outer_rows, Chunk& inner, std::vector<uint64_t>& numbers) override {
    numbers.clear();
    if (batch_ == nullptr || chunk_ == batch_->size()) {
      if (!FillBatch()) return false;
    }
    inner = ChunkStore::Reader(*batch_).At(chunk_++);
    outer_rows.Renew();
    for (uint32_t i = 0; i < inner.rows(); ++i) outer_rows.Add(owners_[owner_++]);
    return true;
  }

 private:
  // The pairs of as many outer rows as fill a vector.
  bool FillBatch() {
    batch_ = std::make_unique<ChunkStore>(state_.context.budget);
    owners_.clear();
    chunk_ = 0;
    owner_ = 0;
    while (row_ < asking_.rows() && batch_->rows() < kVectorSize) {
      participant_.CheckInterrupt();
      const std::shared_ptr<ChunkStore> rows = RowsFor(row_);
      ChunkStore::Reader reader(*rows);
      for (size_t c = 0; c < rows->size(); ++c) batch_->Append(reader.At(c));
      owners_.insert(owners_.end(), rows->rows(), all_ask_ ? row_ : asks_[row_]);
      ++row_;
    }
    return batch_->rows() > 0;
  }

  std::shared_ptr<ChunkStore> RowsFor(uint32_t row) {
    std::string key;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      const Datum value = parameters_[i].Get(row);
      if (loop_.memoize) AppendKey(value, key);
      state_.SetExecParameter(loop_.parameters[i].number, value);
    }
    if (loop_.memoize) {
      const auto known = remembered_.find(key);
      if (known != remembered_.end()) return known->second;
    }
    auto rows = std::make_shared<ChunkStore>(state_.context.budget);
    {
      PlanStream stream(*loop_.children[1], state_);
      Chunk chunk;
      while (stream.Next(chunk)) rows->Append(chunk);
    }
    if (loop_.memoize) {
      remembered_rows_ += rows->rows() + 1;
      if (remembered_rows_ > kRememberedRows) {
        remembered_.clear();
        remembered_rows_ = rows->rows() + 1;
      }
      remembered_.emplace(std::move(key), rows);
    }
    return rows;
  }

  // The value's bytes: equal values that look different (1.0 and 1.00) are different to a subquery.
  static void AppendKey(const Datum& value, std::string& key) {
    key.push_back(value.is_null ? '\0' : '\1');
    if (value.is_null) return;
    const auto length = static_cast<uint32_t>(value.bytes.size());
    key.append(reinterpret_cast<const char*>(value.raw), sizeof(value.raw));
    key.append(reinterpret_cast<const char*>(&length), sizeof(length));
    key.append(value.bytes);
  }

  const planner::NestedLoopNode& loop_;
  Participant& participant_;
  ExecutionState& state_;
  ExpressionList values_;
  std::unique_ptr<Filter> filter_;
  // Of the present outer chunk: the rows that ask, and the parameters' values for them.
  Selection asks_;
  bool all_ask_ = true;
  Chunk asking_;
  std::vector<Vector> parameters_;
  uint32_t row_ = 0;
  // Pairs made and not yet handed out.
  std::unique_ptr<ChunkStore> batch_;
  std::vector<RowIndex> owners_;
  size_t chunk_ = 0, owner_ = 0;
  std::unordered_map<std::string, std::shared_ptr<ChunkStore>> remembered_;
  uint64_t remembered_rows_ = 0;
};

}  // namespace

std::unique_ptr<PairSource> MakeSubtreePairs(const planner::NestedLoopNode& loop, Participant& participant) {
  return std::make_unique<SubtreePairs>(loop, participant);
}

}  // namespace gather::executor

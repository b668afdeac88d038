#include "executor/window/window_function.h"

#include <algorithm>
#include <string_view>

#include "executor/window/window_frame.h"
#include "types/error.h"

namespace gather::executor {

namespace {

int64_t IntegerOf(const WindowColumn::Value& value) {
  return value.vector.physical() == PhysicalType::kInt64 ? value.vector.View().get<int64_t>(value.row) : value.vector.View().get<int32_t>(value.row);
}

// ---- ranks: what a row's place among the others says

class RowNumber final : public WindowFunction {
 public:
  void Begin(const WindowRows&) override {}
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) out.data<int64_t>()[i] = static_cast<int64_t>(chunk.first + i - chunk.partition[i] + 1);
  }
};

class Rank final : public WindowFunction {
 public:
  void Begin(const WindowRows&) override {}
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) out.data<int64_t>()[i] = static_cast<int64_t>(chunk.peers[i] - chunk.partition[i] + 1);
  }
};

class DenseRank final : public WindowFunction {
 public:
  void Begin(const WindowRows&) override { rank_ = 0; }
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      const uint64_t row = chunk.first + i;
      if (chunk.partition[i] == row) rank_ = 0;
      rank_ += chunk.peers[i] == row;
      out.data<int64_t>()[i] = rank_;
    }
  }

 private:
  int64_t rank_ = 0;
};

class PercentRank final : public WindowFunction {
 public:
  void Begin(const WindowRows&) override {}
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      const uint64_t size = chunk.partition_end[i] - chunk.partition[i];
      out.data<double>()[i] = size <= 1 ? 0 : static_cast<double>(chunk.peers[i] - chunk.partition[i]) / static_cast<double>(size - 1);
    }
  }
};

class CumeDist final : public WindowFunction {
 public:
  void Begin(const WindowRows&) override {}
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      const auto size = static_cast<double>(chunk.partition_end[i] - chunk.partition[i]);
      out.data<double>()[i] = static_cast<double>(chunk.peers_end[i] - chunk.partition[i]) / size;
    }
  }
};

class Ntile final : public WindowFunction {
 public:
  explicit Ntile(uint32_t column) : column_(column) {}
  void Begin(const WindowRows& rows) override { buckets_ = std::make_unique<WindowColumn>(rows, column_); }
  void Compute(const WindowChunk& chunk, Vector& out) override {
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      const WindowColumn::Value value = buckets_->At(chunk.partition[i]);
      if (value.vector.IsNull(value.row)) {
        out.SetNull(i);
        continue;
      }
      const int64_t buckets = IntegerOf(value);
      if (buckets <= 0) throw SqlError(SqlState{"22014"}, "argument of ntile must be greater than zero");
      // The first `larger` buckets have one row more.
      const auto all = static_cast<int64_t>(chunk.partition_end[i] - chunk.partition[i]), at = static_cast<int64_t>(chunk.first + i - chunk.partition[i]);
      const int64_t small = all / buckets, larger = all % buckets;
      const int64_t bucket = at < larger * (small + 1) ? at / (small + 1) : larger + (at - larger * (small + 1)) / std::max<int64_t>(small, 1);
      out.data<int32_t>()[i] = static_cast<int32_t>(bucket + 1);
    }
  }

 private:
  const uint32_t column_;
  std::unique_ptr<WindowColumn> buckets_;
};

// ---- values of other rows

// out[i] = the column's value in row targets[i], or null for kNoRow. Neighbours are copied together.
constexpr uint64_t kNoRow = ~uint64_t{0};

void CopyValues(WindowColumn& column, const std::vector<uint64_t>& targets, Vector& out) {
  const auto rows = static_cast<uint32_t>(targets.size());
  for (uint32_t i = 0; i < rows;) {
    if (targets[i] == kNoRow) {
      out.SetNull(i++);
      continue;
    }
    const uint32_t most = std::min(rows - i, column.RowsFrom(targets[i]));
    uint32_t count = 1;
    while (count < most && targets[i + count] == targets[i] + count) ++count;
    const WindowColumn::Value value = column.At(targets[i]);
    out.Append(value.vector, value.row, count, i);
    i += count;
  }
}

class Shift final : public WindowFunction {          // lag, lead
 public:
  Shift(WindowArguments arguments, int direction) : arguments_(std::move(arguments)), direction_(direction) {}
  void Begin(const WindowRows& rows) override {
    columns_.clear();
    for (const uint32_t column : arguments_.columns) columns_.emplace_back(rows, column);
  }
  void Compute(const WindowChunk& chunk, Vector& out) override {
    targets_.resize(chunk.rows);
    bool defaults = false;
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      const uint64_t row = chunk.first + i;
      int64_t offset = 1;
      targets_[i] = kNoRow;
      if (columns_.size() > 1) {
        const WindowColumn::Value value = columns_[1].At(row);
        if (value.vector.IsNull(value.row)) continue;
        offset = IntegerOf(value);
      }
      const int64_t target = static_cast<int64_t>(row) + direction_ * offset;
      if (target >= static_cast<int64_t>(chunk.partition[i]) && target < static_cast<int64_t>(chunk.partition_end[i])) {
        targets_[i] = static_cast<uint64_t>(target);
      } else if (columns_.size() > 2) {
        targets_[i] = kDefault;
        defaults = true;
      }
    }
    if (!defaults) {
      CopyValues(columns_[0], targets_, out);
      return;
    }
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      if (targets_[i] == kNoRow) {
        out.SetNull(i);
        continue;
      }
      const bool outside = targets_[i] == kDefault;
      const WindowColumn::Value value = columns_[outside ? 2 : 0].At(outside ? chunk.first + i : targets_[i]);
      out.Append(value.vector, value.row, 1, i);
    }
  }

 private:
  static constexpr uint64_t kDefault = kNoRow - 1;
  const WindowArguments arguments_;
  const int direction_;
  std::vector<WindowColumn> columns_;
  std::vector<uint64_t> targets_;
};

class PickValue final : public WindowFunction {      // first_value, last_value, nth_value
 public:
  enum class Which { kFirst, kLast, kNth };
  PickValue(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments, Participant& participant, Which which)
      : arguments_(std::move(arguments)), which_(which), exclude_(call.call->exclude), frame_(node, *call.call, participant) {}
  void Begin(const WindowRows& rows) override {
    columns_.clear();
    for (const uint32_t column : arguments_.columns) columns_.emplace_back(rows, column);
    frame_.Begin(rows);
  }
  void Compute(const WindowChunk& chunk, Vector& out) override {
    frame_.Borders(chunk, start_, end_);
    targets_.resize(chunk.rows);
    for (uint32_t i = 0; i < chunk.rows; ++i) targets_[i] = Target(chunk, i);
    CopyValues(columns_[0], targets_, out);
  }

 private:
  uint64_t Target(const WindowChunk& chunk, uint32_t i) {
    const uint64_t row = chunk.first + i;
    uint64_t wanted = 1;
    if (which_ == Which::kNth) {
      const WindowColumn::Value value = columns_[1].At(row);
      if (value.vector.IsNull(value.row)) return kNoRow;
      const int64_t number = IntegerOf(value);
      if (number <= 0) throw SqlError(SqlState{"22016"}, "argument of nth_value must be greater than zero");
      wanted = static_cast<uint64_t>(number);
    }
    const uint64_t size = end_[i] - start_[i];
    if (wanted > size) return kNoRow;
    if (exclude_ == 0) return which_ == Which::kLast ? end_[i] - 1 : start_[i] + wanted - 1;
    for (uint64_t step = 0; step < size; ++step) {
      const uint64_t at = which_ == Which::kLast ? end_[i] - 1 - step : start_[i] + step;
      if (!IsExcluded(exclude_, at, row, chunk.peers[i], chunk.peers_end[i]) && --wanted == 0) return at;
    }
    return kNoRow;
  }

  const WindowArguments arguments_;
  const Which which_;
  const char exclude_;
  WindowFrame frame_;
  std::vector<WindowColumn> columns_;
  std::vector<uint64_t> targets_, start_, end_;
};

}  // namespace

std::unique_ptr<WindowFunction> MakeWindowFunction(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments,
                                                   Participant& participant) {
  const catalog::FunctionInfo& function = *call.call->function;
  if (function.aggregate != nullptr) return MakeWindowAggregate(node, call, std::move(arguments), participant);
  const std::string_view name = function.name;
  if (name == "row_number") return std::make_unique<RowNumber>();
  if (name == "rank") return std::make_unique<Rank>();
  if (name == "dense_rank") return std::make_unique<DenseRank>();
  if (name == "percent_rank") return std::make_unique<PercentRank>();
  if (name == "cume_dist") return std::make_unique<CumeDist>();
  if (name == "ntile") return std::make_unique<Ntile>(arguments.columns[0]);
  if (name == "lag") return std::make_unique<Shift>(std::move(arguments), -1);
  if (name == "lead") return std::make_unique<Shift>(std::move(arguments), 1);
  using Which = PickValue::Which;
  if (name == "first_value") return std::make_unique<PickValue>(node, call, std::move(arguments), participant, Which::kFirst);
  if (name == "last_value") return std::make_unique<PickValue>(node, call, std::move(arguments), participant, Which::kLast);
  if (name == "nth_value") return std::make_unique<PickValue>(node, call, std::move(arguments), participant, Which::kNth);
  ThrowNotSupported("window function " + std::string(name) + " is not supported yet");
}

}  // namespace gather::executor

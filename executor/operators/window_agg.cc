// WindowAgg: window functions over input sorted by partition and order. Keeps its input, then computes every call for all rows.
//
//   partition   rows with equal partition keys           peers   rows of a partition with equal order keys
//   frame       rows a call looks at, from the frame clause; recomputed per row only where its start moves: a frame that begins with its
//               partition just grows, one state after the other peers, and a frame that is the whole partition is computed once.
#include <algorithm>
#include <memory>
#include <vector>

#include "executor/chunk_store.h"
#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/window_range.h"
#include "executor/plan_builder.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

using sql::FrameBound;
using sql::FrameMode;

// One value per row of the input, chunk by chunk.
using Column = std::vector<Vector>;

class WindowState {
 public:
  WindowState(const planner::WindowAggNode& node, ExecutionState& state, std::shared_ptr<ChunkStore> input)
      : node_(node), state_(state), input_(std::move(input)) {}

  std::vector<Chunk> Compute() {
    std::vector<Chunk> out = input_->chunks();
    for (size_t c = 0; c < out.size(); ++c) {
      for (uint32_t row = 0; row < out[c].rows(); ++row) places_.push_back({static_cast<uint32_t>(c), row});
    }
    rows_ = places_.size();
    std::vector<uint32_t> order;
    for (const planner::SortKey& key : node_.order_by) order.push_back(key.slot);
    partition_ = Starts(node_.partition_by, nullptr);
    peers_ = Starts(order, &partition_);
    partition_end_ = Ends(partition_);
    peers_end_ = Ends(peers_);
    for (const planner::WindowAggNode::Call& call : node_.calls) {
      Column column = ComputeCall(call);
      for (size_t c = 0; c < out.size(); ++c) out[c].Add(std::move(column[c]));
    }
    return out;
  }

 private:
  struct Place { uint32_t chunk, row; };
  struct Range { uint64_t start, end; };

  // starts[i]: the first row of the run of rows with equal keys that row i belongs to, within `within`'s runs.
  std::vector<uint64_t> Starts(const std::vector<uint32_t>& keys, const std::vector<uint64_t>* within) const {
    std::vector<uint64_t> starts(rows_);
    for (uint64_t i = 1; i < rows_; ++i) {
      const bool same = (within == nullptr || (*within)[i] == (*within)[i - 1]) && Same(keys, i - 1, i);
      starts[i] = same ? starts[i - 1] : i;
    }
    return starts;
  }
  std::vector<uint64_t> Ends(const std::vector<uint64_t>& starts) const {
    std::vector<uint64_t> ends(rows_);
    for (uint64_t i = rows_; i-- > 0;) ends[i] = i + 1 < rows_ && starts[i + 1] == starts[i] ? ends[i + 1] : i + 1;
    return ends;
  }
  bool Same(const std::vector<uint32_t>& keys, uint64_t a, uint64_t b) const {
    const Place x = places_[a], y = places_[b];
    for (const uint32_t key : keys) {
      const Vector& left = input_->chunks()[x.chunk][key];
      const Vector& right = input_->chunks()[y.chunk][key];
      const bool left_null = left.IsNull(x.row), right_null = right.IsNull(y.row);
      if (left_null != right_null || (!left_null && CompareValues(left, x.row, right, y.row) != 0)) return false;
    }
    return true;
  }

  Column Evaluate(const sql::ExprRef& expr) {
    Column values;
    const EvaluatorPtr evaluator = Compile(expr, state_.leader);
    for (const Chunk& chunk : input_->chunks()) {
      EvaluationInput rows;
      rows.chunk = &chunk;
      rows.rows = chunk.rows();
      Vector value;
      evaluator->Evaluate(rows, value);
      values.push_back(value);
    }
    return values;
  }

  // A result column all of whose rows are yet to be set.
  Column NewColumn(SqlType type) const {
    Column column;
    for (const Chunk& chunk : input_->chunks()) column.emplace_back(type, std::max(chunk.rows(), 1u));
    return column;
  }
  void SetInt8(Column& column, uint64_t row, int64_t value) const { column[places_[row].chunk].data<int64_t>()[places_[row].row] = value; }
  void SetInt4(Column& column, uint64_t row, int32_t value) const { column[places_[row].chunk].data<int32_t>()[places_[row].row] = value; }
  void SetFloat8(Column& column, uint64_t row, double value) const { column[places_[row].chunk].data<double>()[places_[row].row] = value; }
  void Copy(Column& column, uint64_t row, const Vector& from, uint32_t from_row) const {
    const Place place = places_[row];
    if (from.IsNull(from_row)) {
      column[place.chunk].SetNull(place.row);
    } else {
      column[place.chunk].Append(from, from_row, 1, place.row);
    }
  }
  void Copy(Column& column, uint64_t row, const Column& from, uint64_t from_row) const {
    Copy(column, row, from[places_[from_row].chunk], places_[from_row].row);
  }

  static int64_t IntegerAt(const Vector& vector, uint32_t row) {
    return vector.physical() == PhysicalType::kInt64 ? vector.View().get<int64_t>(row) : vector.View().get<int32_t>(row);
  }
  int64_t IntegerAt(const Column& column, uint64_t row) const { return IntegerAt(column[places_[row].chunk], places_[row].row); }
  bool NullAt(const Column& column, uint64_t row) const { return column[places_[row].chunk].IsNull(places_[row].row); }

  Column ComputeCall(const planner::WindowAggNode::Call& call) {
    std::vector<Column> arguments;
    for (const sql::ExprRef& argument : call.arguments) arguments.push_back(Evaluate(argument));
    const catalog::FunctionInfo& function = *call.call->function;
    if (function.aggregate != nullptr) return Aggregate(call, arguments);
    const std::string_view name = function.name;
    Column column = NewColumn(call.result);
    if (name == "lag" || name == "lead") {
      Shift(arguments, name == "lag" ? -1 : 1, column);
    } else if (name == "first_value" || name == "last_value" || name == "nth_value") {
      PickValue(call, name, arguments, column);
    } else {
      Rank(name, arguments, column);
    }
    return column;
  }

  void Rank(std::string_view name, const std::vector<Column>& arguments, Column& column) const {
    int64_t dense = 0;
    for (uint64_t i = 0; i < rows_; ++i) {
      const uint64_t start = partition_[i], size = partition_end_[i] - start;
      if (i == start) dense = 0;
      if (peers_[i] == i) ++dense;
      if (name == "row_number") {
        SetInt8(column, i, static_cast<int64_t>(i - start + 1));
      } else if (name == "rank") {
        SetInt8(column, i, static_cast<int64_t>(peers_[i] - start + 1));
      } else if (name == "dense_rank") {
        SetInt8(column, i, dense);
      } else if (name == "percent_rank") {
        SetFloat8(column, i, size <= 1 ? 0 : static_cast<double>(peers_[i] - start) / static_cast<double>(size - 1));
      } else if (name == "cume_dist") {
        SetFloat8(column, i, static_cast<double>(peers_end_[i] - start) / static_cast<double>(size));
      } else if (name == "ntile") {
        if (NullAt(arguments[0], start)) {
          column[places_[i].chunk].SetNull(places_[i].row);
          continue;
        }
        const int64_t buckets = IntegerAt(arguments[0], start);
        if (buckets <= 0) throw SqlError(SqlState{"22014"}, "argument of ntile must be greater than zero");
        // The first `larger` buckets have one row more.
        const auto all = static_cast<int64_t>(size), at = static_cast<int64_t>(i - start);
        const int64_t small = all / buckets, larger = all % buckets;
        const int64_t bucket = at < larger * (small + 1) ? at / (small + 1) : larger + (at - larger * (small + 1)) / std::max<int64_t>(small, 1);
        SetInt4(column, i, static_cast<int32_t>(bucket + 1));
      } else {
        ThrowNotSupported("window function " + std::string(name) + " is not supported yet");
      }
    }
  }

  void Shift(const std::vector<Column>& arguments, int direction, Column& column) const {
    for (uint64_t i = 0; i < rows_; ++i) {
      int64_t offset = 1;
      if (arguments.size() > 1) {
        if (NullAt(arguments[1], i)) {
          column[places_[i].chunk].SetNull(places_[i].row);
          continue;
        }
        offset = IntegerAt(arguments[1], i);
      }
      const int64_t target = static_cast<int64_t>(i) + direction * offset;
      if (target >= static_cast<int64_t>(partition_[i]) && target < static_cast<int64_t>(partition_end_[i])) {
        Copy(column, i, arguments[0], static_cast<uint64_t>(target));
      } else if (arguments.size() > 2) {
        Copy(column, i, arguments[2], i);
      } else {
        column[places_[i].chunk].SetNull(places_[i].row);
      }
    }
  }

  // ---- frames

  struct Offsets {
    Column start, end;
    std::vector<uint64_t> range_start, range_end;          // RANGE: where each row's frame begins and ends
  };

  Offsets FrameOffsets(const sql::WindowCall& call) {
    Offsets offsets;
    const auto moves = [](FrameBound bound) { return bound == FrameBound::kPreceding || bound == FrameBound::kFollowing; };
    if (moves(call.start)) offsets.start = Evaluate(call.start_offset);
    if (moves(call.end)) offsets.end = Evaluate(call.end_offset);
    if (call.mode == FrameMode::kRange && rows_ > 0) {
      if (moves(call.start)) offsets.range_start = RangeBorders(offsets.start, call.start == FrameBound::kPreceding, false);
      if (moves(call.end)) offsets.range_end = RangeBorders(offsets.end, call.end == FrameBound::kPreceding, true);
    }
    return offsets;
  }

  // key ± offset for every row.
  Column Sums(const planner::SortKey& key, SqlType key_type, const Vector& offset, bool subtract) {
    const catalog::FunctionRegistry& functions = state_.context.session->catalog().functions();
    const catalog::OperatorInfo* op = functions.FindOperator(subtract ? "-" : "+", key_type.oid, offset.type().oid);
    if (op == nullptr) ThrowInternal("no operator for the offset of a RANGE frame");
    auto slot = std::make_shared<sql::Expr>();
    slot->kind = sql::ExprKind::kSlot;
    slot->type = key_type;
    slot->index = key.slot;
    auto constant = std::make_shared<sql::Expr>();
    constant->kind = sql::ExprKind::kConstant;
    constant->type = offset.type();
    constant->constant = offset.Get(0);
    auto sum = std::make_shared<sql::Expr>();
    sum->kind = sql::ExprKind::kFunction;
    sum->function = functions.FunctionOf(*op);
    sum->type = SqlType(sum->function->result);
    sum->children = {slot, constant};
    return Evaluate(sum);
  }

  // The first row of the frame of each row, or with `ends` the first row behind it. The offset is the same for all; both borders only move on.
  std::vector<uint64_t> RangeBorders(const Column& offset_values, bool preceding, bool ends) {
    const planner::SortKey& key = node_.order_by[0];
    Column keys;
    for (const Chunk& chunk : input_->chunks()) keys.push_back(chunk[key.slot]);
    if (NullAt(offset_values, 0)) throw SqlError(sqlstate::kNullValueNotAllowed, Format("frame %s offset must not be null", ends ? "ending" : "starting"));
    const Vector offset = Vector::Constant(offset_values[places_[0].chunk].Get(places_[0].row));
    const RangeBorder border{preceding != key.order.descending, ends != key.order.descending};
    std::unique_ptr<RangeTest> test = MakeDirectRangeTest(keys, offset, border);
    if (test == nullptr) test = MakeSumRangeTest(keys, Sums(key, keys[0].type(), offset, border.subtract), offset, border);
    const auto row_of = [this](uint64_t i) { return RangeTest::Row{places_[i].chunk, places_[i].row}; };
    const bool nulls_first = key.order.nulls_first;
    std::vector<uint64_t> borders(rows_);
    uint64_t at = 0;
    for (uint64_t i = 0; i < rows_; ++i) {
      if (partition_[i] == i) at = i;
      const bool base_null = NullAt(keys, i);
      for (; at < partition_end_[i]; ++at) {
        const bool null = NullAt(keys, at);
        bool reached = false;
        if (null || base_null) {
          // Nulls are one another's peers, and lie before or behind all other rows.
          const bool before = null != base_null && null == nulls_first;
          const bool behind = null != base_null && null != nulls_first;
          reached = ends ? behind : !before;
        } else {
          reached = test->Within(row_of(at), row_of(i)) != ends;
        }
        if (reached) break;
      }
      borders[i] = at;
    }
    return borders;
  }

  int64_t OffsetAt(const Column& column, uint64_t row, const char* which) const {
    if (NullAt(column, row)) throw SqlError(sqlstate::kNullValueNotAllowed, Format("frame %s offset must not be null", which));
    const int64_t offset = IntegerAt(column, row);
    if (offset < 0) throw SqlError(SqlState{"22013"}, Format("frame %s offset must not be negative", which));
    return offset;
  }

  // The row `groups` peer groups from row i's, as its start; the partition's border when there is none.
  uint64_t GroupAway(uint64_t i, int64_t groups) const {
    uint64_t at = peers_[i];
    for (; groups < 0; ++groups) {
      if (at == partition_[i]) return at;
      at = peers_[at - 1];
    }
    for (; groups > 0; --groups) {
      at = peers_end_[at];
      if (at >= partition_end_[i]) return partition_end_[i];
    }
    return at;
  }

  Range Frame(const sql::WindowCall& call, const Offsets& offsets, uint64_t i) const {
    const auto first = static_cast<int64_t>(partition_[i]), last = static_cast<int64_t>(partition_end_[i]), at = static_cast<int64_t>(i);
    const bool rows = call.mode == FrameMode::kRows;
    int64_t start = first, end = last;
    switch (call.start) {
      case FrameBound::kUnboundedPreceding: break;
      case FrameBound::kCurrentRow: start = rows ? at : static_cast<int64_t>(peers_[i]); break;
      case FrameBound::kUnboundedFollowing: start = last; break;
      case FrameBound::kPreceding:
      case FrameBound::kFollowing: {
        if (!offsets.range_start.empty()) {
          start = static_cast<int64_t>(offsets.range_start[i]);
          break;
        }
        const int64_t offset = OffsetAt(offsets.start, i, "starting") * (call.start == FrameBound::kPreceding ? -1 : 1);
        start = rows ? at + offset : static_cast<int64_t>(GroupAway(i, offset));
        break;
      }
    }
    switch (call.end) {
      case FrameBound::kUnboundedFollowing: break;
      case FrameBound::kCurrentRow: end = rows ? at + 1 : static_cast<int64_t>(peers_end_[i]); break;
      case FrameBound::kUnboundedPreceding: end = first; break;
      case FrameBound::kPreceding:
      case FrameBound::kFollowing: {
        if (!offsets.range_end.empty()) {
          end = static_cast<int64_t>(offsets.range_end[i]);
          break;
        }
        const int64_t offset = OffsetAt(offsets.end, i, "ending") * (call.end == FrameBound::kPreceding ? -1 : 1);
        if (rows) {
          end = at + offset + 1;
        } else {
          const uint64_t group = GroupAway(i, offset);
          const bool before_all = offset < 0 && GroupAway(i, offset + 1) == partition_[i];
          end = before_all ? first : group >= partition_end_[i] ? last : static_cast<int64_t>(peers_end_[group]);
        }
        break;
      }
    }
    start = std::clamp(start, first, last);
    end = std::clamp(end, start, last);
    return {static_cast<uint64_t>(start), static_cast<uint64_t>(end)};
  }

  bool Excluded(char exclude, uint64_t i, uint64_t row) const {
    switch (exclude) {
      case 'c': return row == i;
      case 'g': return peers_[row] == peers_[i];
      case 't': return row != i && peers_[row] == peers_[i];
      default: return false;
    }
  }

  void PickValue(const planner::WindowAggNode::Call& call, std::string_view name, const std::vector<Column>& arguments, Column& column) {
    const Offsets offsets = FrameOffsets(*call.call);
    for (uint64_t i = 0; i < rows_; ++i) {
      const Range frame = Frame(*call.call, offsets, i);
      int64_t wanted = 1;
      bool null = false;
      if (name == "nth_value") {
        null = NullAt(arguments[1], i);
        if (!null) {
          wanted = IntegerAt(arguments[1], i);
          if (wanted <= 0) throw SqlError(SqlState{"22016"}, "argument of nth_value must be greater than zero");
        }
      }
      bool found = false;
      const bool backward = name == "last_value";
      for (uint64_t step = frame.start; !null && step < frame.end && !found; ++step) {
        const uint64_t row = backward ? frame.end - 1 - (step - frame.start) : step;
        if (Excluded(call.call->exclude, i, row) || --wanted > 0) continue;
        Copy(column, i, arguments[0], row);
        found = true;
      }
      if (!found) column[places_[i].chunk].SetNull(places_[i].row);
    }
  }

  // ---- aggregates

  class State {
   public:
    explicit State(const catalog::AggregateKernels& kernels) : kernels_(kernels), bytes_(new (std::align_val_t(16)) uint8_t[kernels.state_size]) {
      kernels_.initialize(bytes_);
    }
    ~State() {
      void* state = bytes_;
      if (kernels_.destroy != nullptr) kernels_.destroy(&state, 1);
      ::operator delete[](bytes_, std::align_val_t(16));
    }
    State(const State&) = delete;
    void* get() { return bytes_; }

   private:
    const catalog::AggregateKernels& kernels_;
    uint8_t* bytes_;
  };

  Column Aggregate(const planner::WindowAggNode::Call& call, const std::vector<Column>& arguments) {
    const catalog::AggregateKernels& kernels = *call.call->function->aggregate;
    const Offsets offsets = FrameOffsets(*call.call);
    const Column filter = call.filter == nullptr ? Column() : Evaluate(call.filter);
    catalog::FunctionContext context;
    context.io = &state_.context.io;
    context.interrupt = state_.context.interrupt;
    context.session = state_.context.session;
    context.function = call.call->function;
    context.result_type = call.result;
    context.argument_types = call.argument_types;

    // Rows [from, to) without those excluded, filtered out, or null to a strict function, go into the state chunk by chunk.
    const auto add = [&](State& state, uint64_t from, uint64_t to, uint64_t current) {
      while (from < to) {
        const uint32_t chunk = places_[from].chunk;
        Selection selection;
        for (; from < to && places_[from].chunk == chunk; ++from) {
          const uint32_t row = places_[from].row;
          if (Excluded(call.call->exclude, current, from)) continue;
          if (!filter.empty() && (filter[chunk].IsNull(row) || filter[chunk].View().get<uint8_t>(row) == 0)) continue;
          bool null = false;
          for (const Column& argument : arguments) null |= call.call->function->strict && argument[chunk].IsNull(row);
          if (!null) selection.Add(row);
        }
        if (selection.size() == 0) continue;
        std::vector<Vector> values;
        for (const Column& argument : arguments) values.push_back(argument[chunk].Sliced(selection, selection.size()));
        kernels.update_one(context, values, selection.size(), state.get());
      }
    };
    Column column = NewColumn(call.result);
    Vector value(call.result, 1);
    const auto finalize = [&](State& state) {
      value.Reset(GetType(call.result.oid).physical);
      void* pointer = state.get();
      kernels.finalize(context, &pointer, 1, value);
    };
    const bool grows = call.call->start == FrameBound::kUnboundedPreceding && call.call->exclude == 0;
    std::unique_ptr<State> running;
    uint64_t running_partition = 0, running_end = 0;
    for (uint64_t i = 0; i < rows_; ++i) {
      if ((i & 1023) == 0) state_.leader.CheckInterrupt();
      const Range frame = Frame(*call.call, offsets, i);
      const bool fresh = !grows || running == nullptr || running_partition != partition_[i] || frame.end < running_end;
      if (fresh) {
        running = std::make_unique<State>(kernels);
        running_partition = partition_[i];
        running_end = frame.start;
      }
      if (fresh || frame.end != running_end) {
        add(*running, running_end, frame.end, i);
        running_end = std::max(running_end, frame.end);
        finalize(*running);
      }
      Copy(column, i, value, 0);
    }
    return column;
  }

  const planner::WindowAggNode& node_;
  ExecutionState& state_;
  const std::shared_ptr<ChunkStore> input_;
  std::vector<Place> places_;
  uint64_t rows_ = 0;
  std::vector<uint64_t> partition_, peers_, partition_end_, peers_end_;
};

class WindowSource final : public Source {
 public:
  WindowSource(const planner::WindowAggNode& node, ExecutionState& state, std::shared_ptr<ChunkStore> input)
      : node_(node), state_(state), input_(std::move(input)) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    if (!computed_) {
      chunks_ = WindowState(node_, state_, input_).Compute();
      computed_ = true;
    }
    if (at_ == chunks_.size()) {
      out.set_rows(0);
      return Progress::kDone;
    }
    out = std::move(chunks_[at_++]);
    return Progress::kMoreOutput;
  }

 private:
  const planner::WindowAggNode& node_;
  ExecutionState& state_;
  const std::shared_ptr<ChunkStore> input_;
  std::vector<Chunk> chunks_;
  bool computed_ = false;
  size_t at_ = 0;
};

}  // namespace

void BuildWindowAgg(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::WindowAggNode&>(base);
  auto rows = std::make_shared<ChunkStore>(builder.state().context.budget);
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, builder.state().Make<ChunkStoreSink>(rows), node);
  builder.SetSource(pipeline, builder.state().Make<WindowSource>(node, builder.state(), rows), node);
}

}  // namespace gather::executor

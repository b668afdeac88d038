// An aggregate as a window function. A frame that begins with its partition just grows: one state goes through the rows, and copies of it are the
// results, or, where states cannot be copied, it is asked after each group of peers. A frame whose start moves is computed anew for each row.
#include <algorithm>

#include "executor/window/window_frame.h"
#include "executor/window/window_function.h"

namespace gather::executor {

namespace {

class State {
 public:
  explicit State(const catalog::AggregateKernels& kernels) : kernels_(kernels), bytes_(new (std::align_val_t(16)) uint8_t[kernels.state_size]) {
    kernels_.initialize(bytes_);
  }
  ~State() {
    Destroy();
    ::operator delete[](bytes_, std::align_val_t(16));
  }
  State(const State&) = delete;
  void* get() { return bytes_; }
  void Restart() {
    Destroy();
    kernels_.initialize(bytes_);
  }

 private:
  void Destroy() {
    void* state = bytes_;
    if (kernels_.destroy != nullptr) kernels_.destroy(&state, 1);
  }
  const catalog::AggregateKernels& kernels_;
  uint8_t* bytes_;
};

// Copies of a state.
class Copies {
 public:
  explicit Copies(const catalog::AggregateKernels& kernels) : kernels_(kernels), stride_((kernels.state_size + 15) / 16 * 16) {}
  ~Copies() {
    if (kernels_.destroy != nullptr) kernels_.destroy(all_.data(), static_cast<uint32_t>(all_.size()));
  }
  Copies(const Copies&) = delete;
  void Clear() { used_ = 0; }
  uint32_t used() const { return used_; }
  void** Take(uint32_t count) {
    if (used_ + count > all_.size()) Make(std::max(count, kVectorSize));
    used_ += count;
    return all_.data() + used_ - count;
  }
  void* operator[](uint32_t i) const { return all_[i]; }

 private:
  struct alignas(16) Room { uint8_t bytes[16]; };
  void Make(uint32_t count) {
    all_.reserve(all_.size() + count);
    rooms_.push_back(std::make_unique_for_overwrite<Room[]>(size_t{count} * stride_ / sizeof(Room)));
    for (uint32_t i = 0; i < count; ++i) {
      all_.push_back(rooms_.back()[0].bytes + size_t{i} * stride_);
      kernels_.initialize(all_.back());
    }
  }
  const catalog::AggregateKernels& kernels_;
  const size_t stride_;
  std::vector<std::unique_ptr<Room[]>> rooms_;
  std::vector<void*> all_;
  uint32_t used_ = 0;
};

class WindowAggregate final : public WindowFunction {
 public:
  WindowAggregate(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments, Participant& participant)
      : call_(call), kernels_(*call.call->function->aggregate), arguments_(std::move(arguments)), participant_(participant),
        frame_(node, *call.call, participant), state_(kernels_), copies_(kernels_), value_(call.result, 1) {
    const ExecutionContext& execution = participant.execution.context;
    context_.io = &execution.io;
    context_.interrupt = execution.interrupt;
    context_.session = execution.session;
    context_.function = call.call->function;
    context_.result_type = call.result;
    context_.argument_types = call.argument_types;
    grows_ = frame_.starts_with_partition() && call.call->exclude == 0;
    plain_ = !arguments_.filter.has_value() && (arguments_.columns.empty() || !call.call->function->strict);
  }

  void Begin(const WindowRows& rows) override {
    rows_ = &rows;
    reader_ = std::make_unique<ChunkStore::Reader>(rows.store());
    frame_.Begin(rows);
    viewed_ = kNoChunk;
    known_ = false;
  }

  void Compute(const WindowChunk& chunk, Vector& out) override {
    frame_.Borders(chunk, start_, end_);
    if (grows_ && kernels_.update_running != nullptr) return ComputeRunning(chunk, out);
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      if ((i & 1023) == 0) participant_.CheckInterrupt();
      const bool fresh = !grows_ || !known_ || partition_ != chunk.partition[i] || end_[i] < state_end_;
      if (fresh) {
        // Nothing excluded, and the same rows as before: the value stands.
        if (known_ && call_.call->exclude == 0 && partition_ == chunk.partition[i] && state_start_ == start_[i] && state_end_ == end_[i]) {
          SetValue(out, i);
          continue;
        }
        state_.Restart();
        partition_ = chunk.partition[i];
        state_start_ = state_end_ = start_[i];
      }
      if (fresh || end_[i] != state_end_) {
        AddRows(state_end_, end_[i], chunk, i);
        state_end_ = end_[i];
        known_ = true;
        value_.Reset(GetType(call_.result.oid).physical);
        void* pointer = state_.get();
        kernels_.finalize(context_, &pointer, 1, value_);
        size_ = PhysicalSize(value_.physical());
      }
      SetValue(out, i);
    }
  }

 private:
  static constexpr size_t kNoChunk = ~size_t{0};

  // A frame's result is the copy made where it ends: state_of_[i] of row i.
  void ComputeRunning(const WindowChunk& chunk, Vector& out) {
    participant_.CheckInterrupt();
    copies_.Clear();
    distinct_.clear();
    state_of_.Renew();
    state_of_.set_size(0);
    for (uint32_t i = 0; i < chunk.rows;) {
      if (!known_ || partition_ != chunk.partition[i] || end_[i] < state_end_) {
        state_.Restart();
        partition_ = chunk.partition[i];
        state_end_ = start_[i];
        known_ = true;
      }
      i = Run(chunk, i);
    }
    const auto count = static_cast<uint32_t>(distinct_.size());
    if (count == chunk.rows) return Finalize(out, count);
    Vector results(call_.result, count);
    Finalize(results, count);
    results.Slice(state_of_, chunk.rows);
    out = std::move(results);
  }

  void Finalize(Vector& out, uint32_t count) {
    out.Reset(GetType(call_.result.oid).physical);
    kernels_.finalize(context_, distinct_.data(), count, out);
  }

  // Rows from i on whose frames end in the same chunk as that of row i; returns the row behind them.
  uint32_t Run(const WindowChunk& chunk, uint32_t i) {
    uint32_t behind = i + 1;
    while (behind < chunk.rows && chunk.partition[behind] == partition_ && end_[behind] == end_[i]) ++behind;
    if (end_[i] == state_end_ || behind - i > 1) {
      AddRows(state_end_, end_[i], chunk, i);
      state_end_ = end_[i];
      void** const copy = copies_.Take(1);
      kernels_.update_running(context_, {}, 0, state_.get(), copy);
      distinct_.push_back(*copy);
      for (; i < behind; ++i) state_of_.Add(static_cast<RowIndex>(distinct_.size() - 1));
      return behind;
    }
    const ChunkStore& store = rows_->store();
    const size_t number = store.chunk_of(end_[i] - 1);
    AddRows(state_end_, std::max(state_end_, store.first_row(number)), chunk, i);
    state_end_ = std::max(state_end_, store.first_row(number));
    if (viewed_ != number) View(number);
    while (behind < chunk.rows && chunk.partition[behind] == partition_ && end_[behind] >= end_[behind - 1] && end_[behind] <= viewed_end_) ++behind;
    const uint64_t from = state_end_, to = end_[behind - 1];
    const bool whole = plain_ && from == viewed_first_ && to == viewed_end_;
    picked_.set_size(0);
    for (uint64_t row = from; row < to && !whole; ++row) {
      const auto place = static_cast<uint32_t>(row - viewed_first_);
      if (plain_ || Takes(place)) picked_.Add(place);
    }
    const auto count = whole ? static_cast<uint32_t>(to - from) : picked_.size();
    void** const copies = copies_.Take(count + 1);
    kernels_.update_running(context_, whole ? whole_ : views_, count, state_.get(), copies);
    state_end_ = to;
    // The number of rows taken before the frame's end.
    uint32_t taken = 0;
    uint32_t last = ~0u;
    for (; i < behind; ++i) {
      if (plain_) {
        taken = static_cast<uint32_t>(end_[i] - from);
      } else {
        while (taken < count && picked_[taken] < end_[i] - viewed_first_) ++taken;
      }
      if (taken != last) distinct_.push_back(copies[taken]);
      last = taken;
      state_of_.Add(static_cast<RowIndex>(distinct_.size() - 1));
    }
    return behind;
  }

  void SetValue(Vector& out, uint32_t i) const {
    if (value_.IsNull(0)) {
      out.SetNull(i);
    } else if (value_.physical() != PhysicalType::kString && value_.physical() == out.physical()) {
      std::memcpy(out.data<uint8_t>() + static_cast<size_t>(i) * size_, value_.raw_data(), size_);
    } else {
      out.Append(value_, 0, 1, i);
    }
  }

  // Rows [from, to) without those excluded, filtered out, or null to a strict function go into the state, chunk by chunk.
  void AddRows(uint64_t from, uint64_t to, const WindowChunk& current, uint32_t i) {
    const ChunkStore& store = rows_->store();
    while (from < to) {
      const size_t number = viewed_ != kNoChunk && from >= viewed_first_ && from < viewed_end_ ? viewed_ : View(store.chunk_of(from));
      const uint64_t end = std::min(to, viewed_end_);
      if (plain_ && call_.call->exclude == 0 && from == viewed_first_ && end == viewed_end_) {
        kernels_.update_one(context_, whole_, store.rows_of(number), state_.get());
        from = end;
        continue;
      }
      picked_.set_size(0);
      for (; from < end; ++from) {
        const auto row = static_cast<uint32_t>(from - viewed_first_);
        if (IsExcluded(call_.call->exclude, from, current.first + i, current.peers[i], current.peers_end[i])) continue;
        if (plain_ || Takes(row)) picked_.Add(row);
      }
      if (picked_.size() != 0) kernels_.update_one(context_, views_, picked_.size(), state_.get());
    }
  }

  bool Takes(uint32_t row) const {
    if (filter_ != nullptr && (filter_->IsNull(row) || filter_->View().get<uint8_t>(row) == 0)) return false;
    if (!call_.call->function->strict) return true;
    return std::none_of(whole_.begin(), whole_.end(), [row](const Vector& argument) { return argument.IsNull(row); });
  }

  // Makes `views_` the arguments of one chunk, seen through `picked_`.
  size_t View(size_t number) {
    const Chunk& chunk = reader_->At(number);
    viewed_ = number;
    viewed_first_ = rows_->store().first_row(number);
    viewed_end_ = viewed_first_ + rows_->store().rows_of(number);
    whole_.clear();
    views_.clear();
    for (const uint32_t column : arguments_.columns) {
      whole_.push_back(chunk[column]);
      whole_.back().Flatten(chunk.rows());
      views_.push_back(whole_.back());
      views_.back().Slice(picked_, 0);
    }
    filter_ = arguments_.filter.has_value() ? &chunk[*arguments_.filter] : nullptr;
    return number;
  }

  const planner::WindowAggNode::Call& call_;
  const catalog::AggregateKernels& kernels_;
  const WindowArguments arguments_;
  Participant& participant_;
  WindowFrame frame_;
  catalog::FunctionContext context_;
  const WindowRows* rows_ = nullptr;
  std::unique_ptr<ChunkStore::Reader> reader_;
  bool grows_ = false, plain_ = false;

  // The state covers the rows [state_start_, state_end_) of a partition, and `value_` is its result.
  State state_;
  Copies copies_;
  std::vector<void*> distinct_;              // different results of a chunk
  Selection state_of_;
  Vector value_;
  uint32_t size_ = 0;
  bool known_ = false;
  uint64_t partition_ = 0, state_start_ = 0, state_end_ = 0;

  Selection picked_;
  size_t viewed_ = kNoChunk;
  uint64_t viewed_first_ = 0, viewed_end_ = 0;
  std::vector<Vector> whole_, views_;
  const Vector* filter_ = nullptr;
  std::vector<uint64_t> start_, end_;
};

}  // namespace

std::unique_ptr<WindowFunction> MakeWindowAggregate(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments,
                                                    Participant& participant) {
  return std::make_unique<WindowAggregate>(node, call, std::move(arguments), participant);
}

}  // namespace gather::executor

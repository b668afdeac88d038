// Group Aggregate: groups of an input sorted by the keys, streamed as soon as the next group begins.
//
// A partial aggregate hands out its groups' states as addresses; each chunk keeps what it hands out alive.
#include "executor/operators/aggregate_calls.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

using planner::AggregateNode;
using planner::AggregateSplit;

// A table of the groups of the present chunk. When a later group has begun the earlier ones are complete: they are handed out, and the last
// one moves on into a fresh table.
struct SortedLocal : Local {
  explicit SortedLocal(const AggregateStates& the_states) : states(the_states) {}
  ~SortedLocal() override { states.Destroy(sequence.data(), sequence.size(), tail); }
  const AggregateStates& states;
  uint32_t tail = 0;
  std::unique_ptr<GroupTable> table;
  std::shared_ptr<const void> carried;      // holds the group that came from the table before
  std::vector<uint8_t*> sequence;          // groups not handed out yet, in input order
  std::unique_ptr<AggregateInput> input;
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint8_t*> rows;
  Selection added;
  bool finished = false;
  size_t drained = 0;
};

// Groups of a partial aggregate on their way to the final one.
struct HandedOut {
  HandedOut(const AggregateStates& the_states, uint8_t* const* first, uint32_t count, uint32_t the_tail, std::shared_ptr<const void> the_owner)
      : states(the_states), rows(first, first + count), tail(the_tail), owner(std::move(the_owner)) {}
  HandedOut(const HandedOut&) = delete;
  ~HandedOut() { states.Destroy(rows.data(), rows.size(), tail); }
  const AggregateStates& states;
  const std::vector<uint8_t*> rows;
  const uint32_t tail;
  const std::shared_ptr<const void> owner;
};

class SortedAggregate final : public Transform {
 public:
  SortedAggregate(const AggregateNode& node, ExecutionState& state) : node_(node), state_(state), states_(node, state) {
    for (const planner::ExprRef& key : node.keys) key_types_.push_back(key->type);
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<SortedLocal>(states_);
    local->table = MakeTable();
    local->tail = local->table->layout().tail();
    if (node_.split != AggregateSplit::kFinal) local->input = std::make_unique<AggregateInput>(states_, participant, local->tail);
    local->keys = ExpressionList(node_.keys, participant);
    local->key_values.resize(node_.keys.size());
    local->rows.resize(kVectorSize);
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<SortedLocal&>(base);
    out.set_rows(0);
    local.keys.NextChunk();
    for (size_t i = 0; i < local.key_values.size(); ++i) local.keys.Evaluate(i, in, local.key_values[i]);
    local.table->FindOrAdd(local.key_values, in.rows(), local.rows.data(), &local.added);
    for (uint32_t i = 0; i < local.added.size(); ++i) states_.Initialize(local.rows[local.added[i]] + local.tail);
    for (uint32_t i = 0; i < in.rows(); ++i) {
      if (local.sequence.empty() || local.sequence.back() != local.rows[i]) local.sequence.push_back(local.rows[i]);
    }
    if (local.input != nullptr) {
      local.input->Update(in, local.rows.data());
    } else {
      CombinePartial(local, in);
    }
    // Aggregates that collect their input feed it at the end.
    if (local.sequence.size() < 2 || states_.needs_one_stream()) return Progress::kNeedInput;
    uint8_t* last = local.sequence.back();
    local.sequence.pop_back();
    Write(local, local.sequence.data(), static_cast<uint32_t>(local.sequence.size()), out);
    Retire(local, local.sequence);
    local.sequence.assign(1, last);
    auto fresh = MakeTable();
    uint8_t* same;
    fresh->Adopt(&last, 1, &same);
    local.carried = local.table->owner();
    local.table = std::move(fresh);
    return Progress::kNeedInput;
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<SortedLocal&>(base);
    if (!local.finished && local.input != nullptr) local.input->FinishOrdered();
    local.finished = true;
    const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, local.sequence.size() - local.drained));
    out.set_rows(0);
    if (count == 0) {
      Retire(local, local.sequence);
      local.sequence.clear();
      local.drained = 0;
      return Progress::kDone;
    }
    Write(local, local.sequence.data() + local.drained, count, out);
    local.drained += count;
    return Progress::kMoreOutput;
  }

 private:
  std::unique_ptr<GroupTable> MakeTable() const { return std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget); }

  // Done with these groups; a partial aggregate's are in chunks by now.
  void Retire(const SortedLocal& local, const std::vector<uint8_t*>& rows) const {
    if (node_.split != AggregateSplit::kPartial) states_.Destroy(rows.data(), rows.size(), local.tail);
  }

  void Write(SortedLocal& local, uint8_t* const* rows, uint32_t count, Chunk& out) const {
    const size_t keys = node_.keys.size();
    const RowLayout& layout = local.table->layout();
    const auto owner = std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(local.table->owner(), local.carried);
    out.vectors().resize(keys + states_.size());
    for (size_t i = 0; i < keys; ++i) LoadColumn(layout.column(i), rows, count, owner, out[i]);
    std::shared_ptr<const HandedOut> handed_out;
    if (node_.split == AggregateSplit::kPartial) handed_out = std::make_shared<HandedOut>(states_, rows, count, local.tail, owner);
    for (size_t i = 0; i < states_.size(); ++i) {
      if (node_.split != AggregateSplit::kPartial) {
        states_.Finalize(i, rows, count, local.tail, out[keys + i]);
        continue;
      }
      PrepareResult(out[keys + i], type_oid::kInt8, PhysicalType::kInt64, count);
      for (uint32_t k = 0; k < count; ++k) {
        out[keys + i].data<int64_t>()[k] = reinterpret_cast<int64_t>(rows[k] + local.tail + states_.offset(i));
      }
      out[keys + i].KeepAlive(std::shared_ptr<const void>(handed_out));
    }
    out.set_rows(count);
  }

  void CombinePartial(SortedLocal& local, const Chunk& in) const {
    std::vector<void*> from(in.rows()), to(in.rows());
    for (size_t i = 0; i < states_.size(); ++i) {
      const VectorView addresses = in[states_.plan(i).arguments[0]->index].View();
      for (uint32_t k = 0; k < in.rows(); ++k) {
        from[k] = reinterpret_cast<void*>(addresses.get<int64_t>(k));
        to[k] = local.rows[k] + local.tail + states_.offset(i);
      }
      states_.CombineStates(i, from.data(), to.data(), in.rows());
    }
  }

  const AggregateNode& node_;
  ExecutionState& state_;
  const AggregateStates states_;
  std::vector<SqlType> key_types_;
};

}  // namespace

void BuildSortedAggregate(const AggregateNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  if (node.split == AggregateSplit::kPartial) builder.TakeRuns();
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<SortedAggregate>(node, builder.state()), node);
}

}  // namespace gather::executor

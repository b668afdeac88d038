#include "executor/operators/aggregate_calls.h"

#include <algorithm>

#include "catalog/deterministic_aggregates.h"
#include "types/compare.h"

namespace gather::executor {

// ---- AggregateStates

AggregateStates::AggregateStates(const planner::AggregateNode& node, ExecutionState& state)
    : state_(state), sort_policy_(state, SpillPolicy::Use::kSort) {
  const bool exact = state.context.session != nullptr && state.context.session->settings().GetBool("deterministic_aggregates");
  for (const planner::PlanAggregate& aggregate : node.aggregates) {
    const catalog::FunctionInfo& function = *aggregate.call->function;
    if (function.aggregate == nullptr) ThrowNotSupported(Format("aggregate function %s is not available", std::string(function.name).c_str()));
    bytes_ = (bytes_ + 15) / 16 * 16;
    const catalog::AggregateKernels* kernels = exact ? catalog::DeterministicKernels(function) : nullptr;
    if (kernels == nullptr) kernels = function.aggregate;
    calls_.push_back({&aggregate, kernels, bytes_, aggregate.result});
    bytes_ += kernels->state_size;
    needs_one_stream_ = needs_one_stream_ || aggregate.distinct || !aggregate.order_by.empty() || function.aggregate->order_sensitive;
  }
}

bool AggregateStates::sorts() const {
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (sorts(i)) return true;
  }
  return false;
}

bool AggregateStates::combines() const {
  return std::any_of(calls_.begin(), calls_.end(), [](const Call& call) { return call.plan->combines; });
}

catalog::FunctionContext AggregateStates::MakeContext(size_t i) const {
  catalog::FunctionContext context;
  context.io = &state_.context.io;
  context.interrupt = state_.context.interrupt;
  context.session = state_.context.session;
  context.function = calls_[i].plan->call->function;
  context.result_type = calls_[i].result;
  context.argument_types = calls_[i].plan->argument_types;
  return context;
}

void AggregateStates::Initialize(uint8_t* tail) const {
  for (const Call& call : calls_) call.kernels->initialize(tail + call.offset);
}

void AggregateStates::CombineStates(size_t i, void** sources, void** targets, uint32_t count) const {
  catalog::FunctionContext context = MakeContext(i);
  calls_[i].kernels->combine(context, sources, targets, count);
}

void AggregateStates::Combine(uint8_t* const* sources, uint8_t* const* targets, uint32_t count, uint32_t tail) const {
  if (count == 0) return;
  std::vector<void*> from(count), to(count);
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (calls_[i].kernels->combine == nullptr) continue;
    for (uint32_t k = 0; k < count; ++k) {
      from[k] = sources[k] + tail + calls_[i].offset;
      to[k] = targets[k] + tail + calls_[i].offset;
    }
    CombineStates(i, from.data(), to.data(), count);
  }
}

void AggregateStates::FinalizeStates(size_t i, void** states, uint32_t count, Vector& out) const {
  catalog::FunctionContext context = MakeContext(i);
  PrepareResult(out, calls_[i].result, GetType(calls_[i].result.oid).physical, count);
  calls_[i].kernels->finalize(context, states, count, out);
  out.set_type(calls_[i].result);
}

void AggregateStates::Finalize(size_t i, uint8_t* const* rows, uint32_t count, uint32_t tail, Vector& out) const {
  std::vector<void*> states(count);
  for (uint32_t k = 0; k < count; ++k) states[k] = rows[k] + tail + calls_[i].offset;
  FinalizeStates(i, states.data(), count, out);
}

void AggregateStates::Destroy(uint8_t* const* rows, uint64_t count, uint32_t tail) const {
  std::vector<void*> states;
  for (const Call& call : calls_) {
    if (call.kernels->destroy == nullptr) continue;
    for (uint64_t at = 0; at < count; at += kVectorSize) {
      const auto part = static_cast<uint32_t>(std::min<uint64_t>(kVectorSize, count - at));
      states.resize(part);
      for (uint32_t k = 0; k < part; ++k) states[k] = rows[at + k] + tail + call.offset;
      call.kernels->destroy(states.data(), part);
    }
  }
}

// ---- AggregateInput

struct AggregateInput::Call {
  Call(catalog::FunctionContext the_context) : context(the_context) {}
  catalog::FunctionContext context;
  size_t first_argument = 0;             // among arguments_
  uint32_t arguments = 0, order_keys = 0;
  bool strict = false;
  std::unique_ptr<Filter> filter;
  std::vector<Vector> values;            // arguments, then order keys
  Selection taken, scratch;
  bool all = true;                       // taken is not filled: every row
  // Sorting: columns are the group's row and the arguments, sorted by group and order keys.
  OrderedRows ordered;
  std::vector<SqlType> ordered_types;
  std::vector<SortOrder> orders;
  MemoryBudget* budget = nullptr;
  bool sorts() const { return !orders.empty(); }
  void NewRun() { ordered.run = std::make_shared<SortRun>(ordered_types, orders, budget); }
};

AggregateInput::AggregateInput(const AggregateStates& states, Participant& participant, uint32_t tail)
    : states_(states), participant_(participant), tail_(tail) {
  std::vector<sql::ExprRef> expressions;
  for (size_t i = 0; i < states.size(); ++i) {
    const planner::PlanAggregate& plan = states.plan(i);
    auto call = std::make_unique<Call>(states.MakeContext(i));
    call->first_argument = expressions.size();
    if (!plan.combines) {
      call->arguments = static_cast<uint32_t>(plan.arguments.size());
      call->strict = plan.call->function->strict;
      expressions.insert(expressions.end(), plan.arguments.begin(), plan.arguments.end());
    }
    if (states.sorts(i)) {
      call->budget = participant.execution.context.budget;
      call->ordered_types = {type_oid::kInt8};
      for (const sql::ExprRef& argument : plan.arguments) call->ordered_types.push_back(argument->type);
      call->orders = {SortOrder{}};
      for (const sql::SortItem& item : plan.order_by) {
        expressions.push_back(item.expression);
        call->orders.push_back(item.order);
      }
      // Equal values next to each other, in the order that PostgreSQL's sort for DISTINCT leaves them.
      for (size_t k = 0; k < plan.arguments.size() && plan.distinct; ++k) {
        expressions.push_back(plan.arguments[k]);
        call->orders.push_back(SortOrder{});
      }
      call->order_keys = static_cast<uint32_t>(call->orders.size() - 1);
      call->NewRun();
    }
    if (plan.filter != nullptr) call->filter = std::make_unique<Filter>(plan.filter, participant);
    call->values.resize(call->arguments + call->order_keys);
    calls_.push_back(std::move(call));
  }
  arguments_ = ExpressionList(expressions, participant);
}

AggregateInput::~AggregateInput() = default;

namespace {
// Of sorted rows those that differ from the one before; `last` is the last row of the chunk before (empty: none), and becomes that of this one.
void FindFresh(const Chunk& chunk, size_t columns, uint32_t count, std::vector<Datum>& last, Selection& fresh) {
  std::vector<uint8_t> same(count, 1), equal(count);
  Selection before, after;
  for (uint32_t i = 0; i + 1 < count; ++i) {
    before.Add(i);
    after.Add(i + 1);
  }
  bool first = last.empty();
  for (size_t c = 0; c < columns; ++c) {
    if (count > 1) {
      EqualRows(chunk[c].Sliced(before, count - 1), chunk[c].Sliced(after, count - 1), count - 1, true, equal.data());
      for (uint32_t i = 0; i + 1 < count; ++i) same[i] &= equal[i];
    }
    if (first) continue;
    const Datum value = chunk[c].Get(0);
    first = value.is_null != last[c].is_null || (!value.is_null && CompareDatums(value, last[c]) != 0);
  }
  if (first) fresh.Add(0);
  for (uint32_t i = 1; i < count; ++i) {
    if (same[i - 1] == 0) fresh.Add(i);
  }
  last.clear();
  for (size_t c = 0; c < columns; ++c) last.push_back(chunk[c].Get(count - 1));
}
}  // namespace

uint32_t AggregateInput::Arguments(size_t i, const Chunk& in, uint8_t* const* rows, uint8_t* one) {
  Call& call = *calls_[i];
  EvaluationInput input;
  input.chunk = &in;
  input.rows = in.rows();
  call.all = true;
  if (call.filter != nullptr && !call.filter->Select(in, call.taken)) {
    if (call.taken.size() == 0) return 0;
    call.all = false;
    input = input.Narrowed(call.taken);
  }
  for (size_t v = 0; v < call.values.size(); ++v) arguments_.Evaluate(call.first_argument + v, input, call.values[v]);
  uint32_t count = input.rows;
  // Narrows to rows `keep` (positions among the present ones).
  const auto narrow = [&](const Selection& keep) {
    for (Vector& value : call.values) value.Slice(keep, keep.size());
    Selection rows_kept;
    for (uint32_t k = 0; k < keep.size(); ++k) rows_kept.Add(call.all ? keep[k] : call.taken[keep[k]]);
    call.taken = rows_kept;
    call.all = false;
    count = keep.size();
  };
  if (call.strict) {
    bool nulls = false;
    for (uint32_t v = 0; v < call.arguments; ++v) nulls = nulls || call.values[v].MayHaveNulls();
    if (nulls) {
      call.scratch.Renew();
      for (uint32_t k = 0; k < count; ++k) {
        bool valid = true;
        for (uint32_t v = 0; v < call.arguments && valid; ++v) valid = call.values[v].View().valid(k);
        if (valid) call.scratch.Add(k);
      }
      if (call.scratch.size() == 0) return 0;
      if (call.scratch.size() != count) narrow(call.scratch);
    }
  }
  if (!call.sorts()) return count;
  std::vector<Vector> columns = {Vector(type_oid::kInt8, PhysicalType::kInt64)};
  auto* groups = columns[0].data<int64_t>();
  for (uint32_t k = 0; k < count; ++k) groups[k] = one != nullptr ? 0 : reinterpret_cast<int64_t>(rows[call.all ? k : call.taken[k]]);
  columns.insert(columns.end(), call.values.begin(), call.values.begin() + call.arguments);
  std::vector<const Vector*> keys = {&columns[0]};
  for (uint32_t k = 0; k < call.order_keys; ++k) keys.push_back(&call.values[call.arguments + k]);
  call.ordered.run->Add(columns, keys, count);
  const SpillPolicy& policy = states_.sort_policy();
  if (call.ordered.run->bytes() > policy.limit()) {
    call.ordered.run->Sort();
    if (call.ordered.spill == nullptr) call.ordered.spill = std::make_shared<RowSpill>(call.ordered.run->layout(), 0, policy.directory(), true);
    call.ordered.streams.push_back(call.ordered.run->SpillTo(*call.ordered.spill));
  }
  return 0;
}

void AggregateInput::Update(const Chunk& in, uint8_t* const* rows) {
  arguments_.NextChunk();
  targets_.resize(std::max<size_t>(targets_.size(), in.rows()));
  for (size_t i = 0; i < calls_.size(); ++i) {
    Call& call = *calls_[i];
    const uint32_t count = Arguments(i, in, rows, nullptr);
    if (states_.plan(i).combines) {
      CombineInput(i, in, count, rows, nullptr);
    } else if (count != 0) {
      const uint32_t offset = tail_ + states_.offset(i);
      for (uint32_t k = 0; k < count; ++k) targets_[k] = rows[call.all ? k : call.taken[k]] + offset;
      states_.kernels(i).update(call.context, std::span<const Vector>(call.values.data(), call.arguments), count, targets_.data());
    }
    for (Vector& value : call.values) value = Vector();
  }
}

void AggregateInput::UpdateOne(const Chunk& in, uint8_t* row) {
  arguments_.NextChunk();
  for (size_t i = 0; i < calls_.size(); ++i) {
    Call& call = *calls_[i];
    const uint32_t count = Arguments(i, in, nullptr, row);
    if (states_.plan(i).combines) {
      CombineInput(i, in, count, nullptr, row);
    } else if (count != 0) {
      void* state = row + tail_ + states_.offset(i);
      const std::span<const Vector> arguments(call.values.data(), call.arguments);
      const catalog::AggregateKernels& kernels = states_.kernels(i);
      if (kernels.update_one != nullptr) {
        kernels.update_one(call.context, arguments, count, state);
      } else {
        targets_.assign(std::max<size_t>(targets_.size(), count), state);
        kernels.update(call.context, arguments, count, targets_.data());
      }
    }
    for (Vector& value : call.values) value = Vector();
  }
}

// The argument is a column of partial states' addresses.
void AggregateInput::CombineInput(size_t i, const Chunk& in, uint32_t count, uint8_t* const* rows, uint8_t* one) {
  if (count == 0) return;
  const Call& call = *calls_[i];
  const VectorView addresses = in[states_.plan(i).arguments[0]->index].View();
  const uint32_t offset = tail_ + states_.offset(i);
  std::vector<void*> from(count), to(count);
  for (uint32_t k = 0; k < count; ++k) {
    const RowIndex row = call.all ? k : call.taken[k];
    from[k] = reinterpret_cast<void*>(addresses.get<int64_t>(row));
    to[k] = (one != nullptr ? one : rows[row]) + offset;
  }
  states_.CombineStates(i, from.data(), to.data(), count);
}

OrderedRows AggregateInput::TakeOrdered(size_t i) {
  Call& call = *calls_[i];
  call.ordered.run->Sort();
  if (call.ordered.spill != nullptr) call.ordered.spill->Finish();
  return std::move(call.ordered);
}

void AggregateInput::FinishOrdered() {
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (!calls_[i]->sorts()) continue;
    Feed(i, {TakeOrdered(i)}, nullptr);
    calls_[i]->NewRun();
  }
}

void AggregateInput::Feed(size_t i, const std::vector<OrderedRows>& collected, uint8_t* one) {
  Call& call = *calls_[i];
  std::vector<std::shared_ptr<SortRun>> runs;
  std::vector<SpilledRun> spilled;
  for (const OrderedRows& rows : collected) {
    runs.push_back(rows.run);
    for (const uint32_t stream : rows.streams) spilled.push_back({rows.spill, stream});
  }
  RunMerge merge(std::move(runs), spilled, call.budget);
  const bool distinct = states_.plan(i).distinct;
  const size_t columns = 1 + call.arguments;
  std::vector<uint8_t*> rows(kVectorSize);
  std::vector<Datum> last;
  Chunk chunk;
  targets_.resize(std::max<size_t>(targets_.size(), kVectorSize));
  while (const uint32_t count = merge.Next(rows.data(), kVectorSize)) {
    participant_.CheckInterrupt();
    collected[0].run->Load(rows.data(), count, merge.owner(), chunk);
    uint32_t taken = count;
    if (distinct) {
      Selection fresh;
      FindFresh(chunk, columns, count, last, fresh);
      taken = fresh.size();
      if (taken == 0) continue;
      if (taken != count) chunk.Slice(fresh, taken);
    }
    const VectorView groups = chunk[0].View();
    for (uint32_t k = 0; k < taken; ++k) {
      targets_[k] = (one != nullptr ? one : reinterpret_cast<uint8_t*>(groups.get<int64_t>(k))) + tail_ + states_.offset(i);
    }
    states_.kernels(i).update(call.context, std::span<const Vector>(chunk.vectors().data() + 1, call.arguments), taken, targets_.data());
  }
}

}  // namespace gather::executor

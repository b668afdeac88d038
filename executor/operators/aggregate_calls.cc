#include "executor/operators/aggregate_calls.h"

#include <algorithm>

#include "types/compare.h"

namespace gather::executor {

// ---- AggregateStates

AggregateStates::AggregateStates(const planner::AggregateNode& node, ExecutionState& state) : state_(state) {
  for (const planner::PlanAggregate& aggregate : node.aggregates) {
    const catalog::FunctionInfo& function = *aggregate.call->function;
    if (function.aggregate == nullptr) ThrowNotSupported(Format("aggregate function %s is not available", std::string(function.name).c_str()));
    bytes_ = (bytes_ + 15) / 16 * 16;
    calls_.push_back({&aggregate, function.aggregate, bytes_, aggregate.result});
    bytes_ += function.aggregate->state_size;
    needs_one_stream_ = needs_one_stream_ || aggregate.call->distinct || !aggregate.order_by.empty() || function.aggregate->order_sensitive;
  }
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
  std::vector<void*> from(count), to(count);
  for (size_t i = 0; i < calls_.size(); ++i) {
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
  // DISTINCT: keys are the group's row and the arguments.
  std::unique_ptr<GroupTable> seen;
  std::vector<uint8_t*> seen_rows;
  // ORDER BY: columns are the group's row and the arguments, sorted by group and order keys.
  std::unique_ptr<SortRun> ordered;
};

AggregateInput::AggregateInput(const AggregateStates& states, Participant& participant, uint32_t tail) : states_(states), tail_(tail) {
  std::vector<sql::ExprRef> expressions;
  MemoryBudget* budget = participant.execution.context.budget;
  for (size_t i = 0; i < states.size(); ++i) {
    const planner::PlanAggregate& plan = states.plan(i);
    auto call = std::make_unique<Call>(states.MakeContext(i));
    call->first_argument = expressions.size();
    call->arguments = static_cast<uint32_t>(plan.arguments.size());
    call->strict = plan.call->function->strict;
    std::vector<SqlType> types = {type_oid::kInt8};
    for (const sql::ExprRef& argument : plan.arguments) {
      expressions.push_back(argument);
      types.push_back(argument->type);
    }
    std::vector<SortOrder> orders = {SortOrder{}};
    for (const sql::SortItem& item : plan.order_by) {
      expressions.push_back(item.expression);
      orders.push_back(item.order);
      ++call->order_keys;
    }
    if (plan.call->distinct) {
      call->seen = std::make_unique<GroupTable>(types, 0, budget);
      // DISTINCT values reach an order-sensitive aggregate sorted, as PostgreSQL's sort for DISTINCT leaves them.
      if (plan.call->function->aggregate->order_sensitive) {
        for (const sql::ExprRef& argument : plan.arguments) {
          expressions.push_back(argument);
          orders.push_back(SortOrder{});
          ++call->order_keys;
        }
      }
    }
    if (call->order_keys != 0) call->ordered = std::make_unique<SortRun>(types, orders, budget);
    if (plan.filter != nullptr) call->filter = std::make_unique<Filter>(plan.filter, participant);
    call->values.resize(call->arguments + call->order_keys);
    calls_.push_back(std::move(call));
  }
  arguments_ = ExpressionList(expressions, participant);
}

AggregateInput::~AggregateInput() = default;

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
  if (call.seen == nullptr && call.ordered == nullptr) return count;
  const auto groups = [&] {
    Vector column(type_oid::kInt8, PhysicalType::kInt64);
    auto* values = column.data<int64_t>();
    for (uint32_t k = 0; k < count; ++k) {
      values[k] = reinterpret_cast<int64_t>(one != nullptr ? one : rows[call.all ? k : call.taken[k]]);
    }
    return column;
  };
  if (call.seen != nullptr) {
    std::vector<Vector> keys = {groups()};
    keys.insert(keys.end(), call.values.begin(), call.values.begin() + call.arguments);
    call.seen_rows.resize(count);
    call.seen->FindOrAdd(keys, count, call.seen_rows.data(), &call.scratch);
    if (call.scratch.size() == 0) return 0;
    if (call.scratch.size() != count) {
      std::sort(call.scratch.data(), call.scratch.data() + call.scratch.size());
      narrow(call.scratch);
    }
  }
  if (call.ordered == nullptr) return count;
  std::vector<Vector> columns = {groups()};
  columns.insert(columns.end(), call.values.begin(), call.values.begin() + call.arguments);
  std::vector<const Vector*> keys = {&columns[0]};
  for (uint32_t k = 0; k < call.order_keys; ++k) keys.push_back(&call.values[call.arguments + k]);
  call.ordered->Add(columns, keys, count);
  return 0;
}

void AggregateInput::Update(const Chunk& in, uint8_t* const* rows) {
  arguments_.NextChunk();
  targets_.resize(std::max<size_t>(targets_.size(), in.rows()));
  for (size_t i = 0; i < calls_.size(); ++i) {
    Call& call = *calls_[i];
    const uint32_t count = Arguments(i, in, rows, nullptr);
    if (count != 0) {
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
    if (count != 0) {
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

void AggregateInput::FinishOrdered() {
  for (size_t i = 0; i < calls_.size(); ++i) {
    Call& call = *calls_[i];
    if (call.ordered == nullptr) continue;
    call.ordered->Sort();
    const std::vector<SortEntry>& entries = call.ordered->entries();
    std::vector<uint8_t*> rows;
    Chunk chunk;
    for (size_t at = 0; at < entries.size(); at += kVectorSize) {
      const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, entries.size() - at));
      rows.resize(count);
      for (uint32_t k = 0; k < count; ++k) rows[k] = entries[at + k].row;
      call.ordered->Load(rows.data(), count, call.ordered->store(), chunk);
      targets_.resize(std::max<size_t>(targets_.size(), count));
      const auto* groups = chunk[0].data<int64_t>();
      for (uint32_t k = 0; k < count; ++k) targets_[k] = reinterpret_cast<uint8_t*>(groups[k]) + tail_ + states_.offset(i);
      states_.kernels(i).update(call.context, std::span<const Vector>(chunk.vectors().data() + 1, call.arguments), count, targets_.data());
    }
  }
}

}  // namespace gather::executor

#include "executor/operators/index_probe.h"

#include <algorithm>

#include "executor/execution_state.h"

namespace gather::executor {

IndexProbe::IndexProbe(const planner::IndexScanNode& node, Participant& participant)
    : node_(node), index_(*node.index->index->ordered), transaction_(participant.execution.context.transaction) {
  for (const planner::ExprRef& expr : node.equal) bounds_.push_back(Compile(expr, participant));
  for (const planner::ExprRef& expr : {node.lower, node.upper}) bounds_.push_back(expr == nullptr ? nullptr : Compile(expr, participant));
  values_.resize(bounds_.size());
  const index::IndexDefinition& definition = index_.definition();
  point_ = definition.unique && node.equal.size() == definition.key_types.size();
}

void IndexProbe::Bind(const EvaluationInput& input) {
  for (size_t i = 0; i < bounds_.size(); ++i) {
    if (bounds_[i] != nullptr) bounds_[i]->Evaluate(input, values_[i]);
  }
}

void IndexProbe::Start(RowIndex row) {
  cursor_.reset();
  found_.clear();
  found_at_ = 0;
  const size_t equal = node_.equal.size();
  // No comparison with null is true.
  for (size_t i = 0; i < bounds_.size(); ++i) {
    if (bounds_[i] != nullptr && values_[i].IsNull(row)) return;
  }
  std::vector<Datum> key;
  key.reserve(equal + 1);
  for (size_t i = 0; i < equal; ++i) key.push_back(ValueOf(i, row));
  if (point_) {
    index_.Lookup(transaction_, key, &found_);
    return;
  }
  index::KeyBound lower, upper;
  lower.values = key;
  upper.values = std::move(key);
  if (bounds_[equal] != nullptr) {
    lower.values.push_back(ValueOf(equal, row));
    lower.inclusive = node_.lower_inclusive;
  }
  if (bounds_[equal + 1] != nullptr) {
    upper.values.push_back(ValueOf(equal + 1, row));
    upper.inclusive = node_.upper_inclusive;
  }
  cursor_ = index_.Scan(transaction_, lower, upper, node_.backward);
}

uint32_t IndexProbe::Next(RowId* ids, uint32_t capacity) {
  if (cursor_ != nullptr) return cursor_->Next(ids, capacity);
  const auto count = static_cast<uint32_t>(std::min<size_t>(capacity, found_.size() - found_at_));
  std::copy_n(found_.begin() + static_cast<ptrdiff_t>(found_at_), count, ids);
  found_at_ += count;
  return count;
}

uint32_t RowFetch::Fetch(const storage::Snapshot& snapshot, std::span<const RowId> ids, Chunk& scratch, Selection& position, Chunk& out) const {
  position.Renew();
  const uint32_t rows = table_.table->Fetch(snapshot, ids, columns_.stored(), scratch, position);
  out.vectors().resize(columns_.list().size());
  for (size_t i = 0; i < columns_.list().size(); ++i) {
    const ScanColumns::Column& column = columns_.list()[i];
    if (column.stored >= 0) {
      out[i] = scratch[static_cast<size_t>(column.stored)];
    } else if (column.ctid) {
      out[i] = Vector(type_oid::kTid, rows <= 64 ? 64 : kVectorSize);
      for (uint32_t row = 0; row < rows; ++row) out[i].data<RowId>()[row] = ids[position[row]];
    } else {
      out[i] = columns_.table_oid();
    }
  }
  out.set_rows(rows);
  return rows;
}

}  // namespace gather::executor

#include "executor/operators/index_probe.h"

#include <algorithm>

#include "executor/execution_state.h"

namespace gather::executor {

IndexProbe::IndexProbe(const planner::IndexCondition& condition, bool backward, Participant& participant)
    : condition_(condition), backward_(backward), index_(*condition.index->index->ordered), transaction_(participant.execution.context.transaction) {
  for (const planner::ExprRef& expr : condition.equal) bounds_.push_back(Compile(expr, participant));
  for (const planner::ExprRef& expr : {condition.lower, condition.upper}) bounds_.push_back(expr == nullptr ? nullptr : Compile(expr, participant));
  values_.resize(bounds_.size());
  for (const planner::ExprRef& expr : condition.any) list_.push_back(Compile(expr, participant));
  list_values_.resize(list_.size());
  const index::IndexDefinition& definition = index_.definition();
  point_ = definition.unique && condition.equal.size() == definition.key_types.size();
}

void IndexProbe::Bind(const EvaluationInput& input) {
  for (size_t i = 0; i < bounds_.size(); ++i) {
    if (bounds_[i] != nullptr) bounds_[i]->Evaluate(input, values_[i]);
  }
  for (size_t i = 0; i < list_.size(); ++i) list_[i]->Evaluate(input, list_values_[i]);
}

bool IndexProbe::MakeKey(RowIndex row) {
  key_.clear();
  any_.clear();
  any_next_ = 0;
  const bool has_list = !list_.empty();
  // No comparison with null is true.
  for (size_t i = 0; i < bounds_.size(); ++i) {
    if (bounds_[i] != nullptr && values_[i].IsNull(row) && !(has_list && i == condition_.any_at)) return false;
  }
  for (size_t i = 0; i < condition_.equal.size(); ++i) key_.push_back(ValueOf(i, row));
  if (!has_list) return true;
  std::vector<std::pair<std::string, Datum>> sorted;
  for (const Vector& values : list_values_) {
    if (values.IsNull(row)) continue;
    sorted.emplace_back("", values.Get(row));
    AppendSortKey(sorted.back().second, index_.definition().orders[condition_.any_at], sorted.back().first);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  sorted.erase(std::unique(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first == b.first; }), sorted.end());
  if (backward_) std::reverse(sorted.begin(), sorted.end());
  for (auto& value : sorted) any_.push_back(std::move(value.second));
  return !any_.empty();
}

IndexProbe::Range IndexProbe::RangeOf(RowIndex row) const {
  const size_t equal = condition_.equal.size();
  index::KeyBound lower, upper;
  lower.values = upper.values = key_;
  if (bounds_[equal] != nullptr) {
    lower.values.push_back(ValueOf(equal, row));
    lower.inclusive = condition_.lower_inclusive;
  }
  if (bounds_[equal + 1] != nullptr) {
    upper.values.push_back(ValueOf(equal + 1, row));
    upper.inclusive = condition_.upper_inclusive;
  }
  return index_.RangeOf(lower, upper);
}

void IndexProbe::Start(RowIndex row) {
  cursor_.reset();
  found_.clear();
  found_at_ = 0;
  row_ = row;
  if (MakeKey(row)) StartNext();
}

void IndexProbe::StartNext() {
  if (!any_.empty()) key_[condition_.any_at] = any_[any_next_++];
  found_at_ = 0;
  if (transaction_ != nullptr && transaction_->serializable() != nullptr) index_.MarkRead(*transaction_, RangeOf(row_));
  if (point_) index_.Lookup(transaction_, key_, &found_);
  else cursor_ = index_.Scan(transaction_, RangeOf(row_), backward_);
}

uint32_t IndexProbe::Next(RowId* ids, uint32_t capacity) {
  for (;;) {
    uint32_t count;
    if (cursor_ != nullptr) {
      count = cursor_->Next(ids, capacity);
    } else {
      count = static_cast<uint32_t>(std::min<size_t>(capacity, found_.size() - found_at_));
      std::copy_n(found_.begin() + static_cast<ptrdiff_t>(found_at_), count, ids);
      found_at_ += count;
    }
    if (count != 0 || any_next_ == any_.size()) return count;
    StartNext();
  }
}

std::vector<IndexProbe::Range> IndexProbe::Ranges() {
  EvaluationInput one;
  one.rows = 1;
  Bind(one);
  std::vector<Range> ranges;
  if (!MakeKey(0)) return ranges;
  if (any_.empty()) ranges.push_back(RangeOf(0));
  for (const Datum& value : any_) {
    key_[condition_.any_at] = value;
    ranges.push_back(RangeOf(0));
  }
  if (transaction_ != nullptr) {
    for (const Range& range : ranges) index_.MarkRead(*transaction_, range);
  }
  return ranges;
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

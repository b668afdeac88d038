#include <algorithm>

#include "executor/operators/hash_join.h"
#include "types/compare.h"

namespace gather::executor {

using planner::JoinKind;

namespace {
bool IsPairs(JoinKind kind) {
  return kind == JoinKind::kInner || kind == JoinKind::kLeft || kind == JoinKind::kRight || kind == JoinKind::kFull || kind == JoinKind::kSingle;
}
// Semi-like joins need no second match.
bool IsOnce(JoinKind kind) { return kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark; }
}  // namespace

JoinProber::JoinProber(const JoinShared& shared, Participant& participant)
    : shared_(shared), kind_(shared.node.join), notes_matches_(kind_ != JoinKind::kInner && kind_ != JoinKind::kRight), participant_(participant),
      keys_(shared.outer_keys, participant), key_values_(shared.outer_keys.size()), hashes_(kVectorSize) {
  if (shared.node.residual != nullptr) residual_ = std::make_unique<Filter>(shared.node.residual, participant);
}

JoinProber::~JoinProber() {
  if (residual_ == nullptr || shared_.state.instrumentation == nullptr) return;
  shared_.state.instrumentation->Update(shared_.node.id, [&](planner::NodeActuals& actuals) { actuals.rows_removed_by_join_filter += removed_; });
}

void JoinProber::SetTable(const JoinTable& table) {
  table_ = &table;
  presence_ = &table == shared_.table.get() ? shared_.presence.get() : nullptr;
  store_ = block_ = 0;
  row_ = 0;
}

Progress JoinProber::Probe(Chunk& in, Chunk& out) {
  if (!bound_) {
    Bind(in);
    bound_ = true;
  }
  if (presence_ != nullptr && kind_ == JoinKind::kInner) {
    EmitPresent(in, out);
    bound_ = false;
    return Progress::kNeedInput;
  }
  while (!open_.empty()) {
    participant_.CheckInterrupt();
    Round(in);
    if (IsPairs(kind_) && matched_.size() >= kVectorSize) {
      EmitPairs(in, kVectorSize, out);
      return Progress::kMoreOutput;
    }
  }
  if (!matched_.empty()) {
    EmitPairs(in, std::min<size_t>(matched_.size(), kVectorSize), out);
    return Progress::kMoreOutput;
  }
  Conclude(in, out);
  bound_ = false;
  return Progress::kNeedInput;
}

void JoinProber::Bind(const Chunk& in) {
  const uint32_t rows = in.rows();
  if (notes_matches_) found_.assign(rows, 0);
  open_.clear();
  open_rows_.clear();
  const bool null_aware = kind_ == JoinKind::kMark && shared_.node.null_aware;
  if (null_aware) unknown_.assign(rows, 0);
  if (key_values_.empty()) std::fill(hashes_.begin(), hashes_.begin() + rows, kNullHash);
  keys_.NextChunk();
  std::vector<uint8_t> null_key;
  for (size_t k = 0; k < key_values_.size(); ++k) {
    Vector& key = key_values_[k];
    keys_.Evaluate(k, in, key);
    if (!table_->dense()) HashVector(key, rows, hashes_.data(), k != 0);
    if (key.MayHaveNulls() && !shared_.NullEquals(k)) {
      null_key.resize(rows, 0);
      const VectorView view = key.View();
      for (uint32_t i = 0; i < rows; ++i) null_key[i] |= !view.valid(i);
    }
    key = RowForm(key, rows);
  }
  if (null_aware && !null_key.empty()) unknown_ = null_key;
  if (presence_ != nullptr) {
    presence_->Select(key_values_[0], rows, selection_);
    for (uint32_t i = 0; notes_matches_ && i < selection_.size(); ++i) found_[selection_[i]] = 1;
    return;
  }
  if (table_->rows() == 0) return;
  if (table_->dense()) {
    switch (key_values_[0].physical()) {
      case PhysicalType::kInt16: FindKeys<int16_t>(rows, null_key); break;
      case PhysicalType::kInt32: FindKeys<int32_t>(rows, null_key); break;
      default: FindKeys<int64_t>(rows, null_key); break;
    }
    return;
  }
  for (uint32_t i = 0; i < rows; ++i) table_->Prefetch(hashes_[i]);
  OpenHeads(rows, null_key, [&](uint32_t i) { return table_->Head(hashes_[i]); });
}

// The chains of the rows that have one.
template <class Head>
void JoinProber::OpenHeads(uint32_t rows, const std::vector<uint8_t>& null_key, const Head& head_of) {
  open_.resize(rows);
  open_rows_.resize(rows);
  uint32_t count = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    if (!null_key.empty() && null_key[i] != 0) continue;
    uint8_t* head = head_of(i);
    __builtin_prefetch(head);
    open_[count] = i;
    open_rows_[count] = head;
    count += head != nullptr;
  }
  open_.resize(count);
  open_rows_.resize(count);
}

template <class T>
void JoinProber::FindKeys(uint32_t rows, const std::vector<uint8_t>& null_key) {
  const VectorView view = key_values_[0].View();
  for (uint32_t i = 0; i < rows; ++i) table_->PrefetchKey(view.get<T>(i));
  OpenHeads(rows, null_key, [&](uint32_t i) { return table_->HeadOfKey(view.get<T>(i)); });
}

// Compares all open pairs, keeps the matches, moves on along the chains.
void JoinProber::Round(const Chunk& in) {
  const auto count = static_cast<uint32_t>(open_.size());
  const size_t first = matched_.size();
  const bool chains = !table_->dense() || !table_->unique();
  straight_ = false;
  if (!chains && first == 0) {
    straight_ = count == in.rows();
    matched_.swap(open_);
    matched_rows_.swap(open_rows_);
  } else if (table_->dense()) {
    matched_.insert(matched_.end(), open_.begin(), open_.end());
    matched_rows_.insert(matched_rows_.end(), open_rows_.begin(), open_rows_.end());
  } else {
    equal_.resize(count);
    for (uint32_t i = 0; i < count; ++i) equal_[i] = JoinTable::Hash(open_rows_[i]) == hashes_[open_[i]];
    for (size_t k = 0; k < key_values_.size(); ++k) {
      MatchColumn(table_->layout().column(shared_.key_column[k]), key_values_[k], open_.data(), count, open_rows_.data(), shared_.NullEquals(k),
                  equal_.data());
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (equal_[i] == 0) continue;
      matched_.push_back(open_[i]);
      matched_rows_.push_back(open_rows_[i]);
    }
  }
  if (residual_ != nullptr && matched_.size() != first) ApplyResidual(in, first);
  Note(first);
  const bool once = IsOnce(kind_);
  uint32_t left = 0;
  for (uint32_t i = 0; chains && i < count; ++i) {
    uint8_t* next = JoinTable::Next(open_rows_[i]);
    if (next == nullptr || (once && found_[open_[i]] != 0)) continue;
    __builtin_prefetch(next);
    open_[left] = open_[i];
    open_rows_[left++] = next;
  }
  open_.resize(left);
  open_rows_.resize(left);
}

void JoinProber::ApplyResidual(const Chunk& in, size_t first) {
  size_t kept = first;
  for (size_t at = first; at < matched_.size(); at += kVectorSize) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, matched_.size() - at));
    Combine(in, at, count, candidates_);
    const bool all = residual_->Select(candidates_, selection_);
    const uint32_t passed = all ? count : selection_.size();
    removed_ += count - passed;
    for (uint32_t i = 0; i < passed; ++i) {
      const size_t from = at + (all ? i : selection_[i]);
      matched_[kept] = matched_[from];
      matched_rows_[kept++] = matched_rows_[from];
    }
    straight_ = straight_ && all;
    candidates_.Clear();
  }
  matched_.resize(kept);
  matched_rows_.resize(kept);
}

// Marks both sides of new matches.
void JoinProber::Note(size_t first) {
  for (size_t i = first; notes_matches_ && i < matched_.size(); ++i) {
    uint8_t& found = found_[matched_[i]];
    if (kind_ == JoinKind::kSingle && found != 0) {
      throw SqlError(sqlstate::kCardinalityViolation, "more than one row returned by a subquery used as an expression");
    }
    found = 1;
  }
  if (kind_ == JoinKind::kRight || kind_ == JoinKind::kFull) {
    for (size_t i = first; i < matched_.size(); ++i) JoinTable::SetMatched(matched_rows_[i]);
  } else if (IsOnce(kind_)) {
    matched_.clear();
    matched_rows_.clear();
  }
}

// Outer and inner columns of matches [at, at + count).
void JoinProber::Combine(const Chunk& in, size_t at, uint32_t count, Chunk& out) {
  out.vectors().resize(shared_.outer_columns + shared_.inner_columns);
  const bool all = straight_ && count == in.rows();
  if (!all) {
    outer_rows_.Renew();
    for (uint32_t i = 0; i < count; ++i) outer_rows_.Add(matched_[at + i]);
  }
  for (size_t c = 0; c < shared_.outer_columns; ++c) {
    if (shared_.used.contains(c)) {
      out[c] = in[c];
      if (!all) out[c].Slice(outer_rows_, count);
    } else {
      out[c] = Vector::ConstantNull(in[c].type());
    }
  }
  LoadInner(matched_rows_.data() + at, count, out);
  out.set_rows(count);
}

void JoinProber::LoadInner(uint8_t* const* rows, uint32_t count, Chunk& out) const {
  const planner::PlanNode& inner = *shared_.node.children[1];
  for (size_t c = 0; c < shared_.inner_columns; ++c) {
    Vector& column = out[shared_.outer_columns + c];
    if (shared_.position[c] < 0) {
      column = Vector::ConstantNull(inner.output[c].type);
    } else {
      LoadColumn(table_->layout().column(static_cast<size_t>(shared_.position[c])), rows, count, table_->owner(), column);
    }
  }
}

void JoinProber::EmitPairs(const Chunk& in, size_t count, Chunk& out) {
  const size_t at = matched_.size() - count;
  Combine(in, at, static_cast<uint32_t>(count), out);
  matched_.resize(at);
  matched_rows_.resize(at);
}

// An inner join nobody reads inner columns of: rows whose key is there go through as they are.
void JoinProber::EmitPresent(Chunk& in, Chunk& out) {
  const uint32_t count = selection_.size();
  if (count == 0) return;
  out = in;
  if (count != in.rows()) out.Slice(selection_, count);
  AddNullInner(out);
}

// After the last round of a chunk: outer rows that the join kind still owes.
void JoinProber::Conclude(Chunk& in, Chunk& out) {
  if (!notes_matches_) return;
  if (kind_ == JoinKind::kMark) {
    out = in;
    out.Add(Mark(in.rows()));
    return;
  }
  const bool wanted = kind_ == JoinKind::kSemi;
  Selection rows;
  for (uint32_t i = 0; i < in.rows(); ++i) {
    if ((found_[i] != 0) == wanted) rows.Add(i);
  }
  if (rows.size() == 0) return;
  out = in;
  if (rows.size() != in.rows()) out.Slice(rows, rows.size());
  if (kind_ != JoinKind::kSemi && kind_ != JoinKind::kAnti) AddNullInner(out);
}

void JoinProber::AddNullInner(Chunk& out) const {
  for (const planner::PlanColumn& column : shared_.node.children[1]->output) out.Add(Vector::ConstantNull(column.type));
}

Vector JoinProber::Mark(uint32_t rows) const {
  Vector mark(type_oid::kBool);
  auto* values = mark.data<uint8_t>();
  const bool null_aware = shared_.node.null_aware && shared_.inner_rows != 0;
  const bool inner_null = shared_.has_null_key.load(std::memory_order_relaxed);
  for (uint32_t i = 0; i < rows; ++i) {
    values[i] = found_[i];
    if (null_aware && found_[i] == 0 && (inner_null || unknown_[i] != 0)) mark.SetNull(i);
  }
  return mark;
}

bool JoinProber::EmitUnmatched(Chunk& out) {
  const std::vector<std::shared_ptr<RowStore>>& stores = table_->stores();
  std::vector<uint8_t*> rows;
  while (store_ < stores.size() && rows.size() < kVectorSize) {
    const RowStore& store = *stores[store_];
    if (block_ == store.blocks()) {
      ++store_;
      block_ = 0;
      continue;
    }
    const uint32_t in_block = store.block_rows(block_);
    for (; row_ < in_block && rows.size() < kVectorSize; ++row_) {
      uint8_t* row = store.block(block_) + static_cast<size_t>(row_) * store.row_size();
      if (!JoinTable::Matched(row)) rows.push_back(row);
    }
    if (row_ == in_block) {
      ++block_;
      row_ = 0;
    }
  }
  if (rows.empty()) return false;
  out.vectors().resize(shared_.outer_columns + shared_.inner_columns);
  for (size_t c = 0; c < shared_.outer_columns; ++c) out[c] = Vector::ConstantNull(shared_.node.children[0]->output[c].type);
  LoadInner(rows.data(), static_cast<uint32_t>(rows.size()), out);
  out.set_rows(static_cast<uint32_t>(rows.size()));
  return true;
}

}  // namespace gather::executor

#include "executor/window/window_frame.h"

#include <algorithm>

#include "executor/execution_state.h"
#include "types/error.h"

namespace gather::executor {

using sql::FrameBound;
using sql::FrameMode;

namespace {

bool Moves(FrameBound bound) { return bound == FrameBound::kPreceding || bound == FrameBound::kFollowing; }

Vector ValueOf(const sql::ExprRef& expr, Participant& participant) {
  Chunk row;
  row.set_rows(1);
  EvaluationInput input;
  input.chunk = &row;
  input.rows = 1;
  Vector value;
  Compile(expr, participant)->Evaluate(input, value);
  return value;
}

[[noreturn]] void ThrowNull(const char* which) { throw SqlError(sqlstate::kNullValueNotAllowed, Format("frame %s offset must not be null", which)); }

}  // namespace

WindowFrame::WindowFrame(const planner::WindowAggNode& node, const sql::WindowCall& call, Participant& participant)
    : node_(node), call_(call), participant_(participant) {
  if (!node.order_by.empty()) key_type_ = node.children[0]->output[node.order_by[0].slot].type;
}

void WindowFrame::Begin(const WindowRows& rows) {
  rows_ = &rows;
  for (RangeSide* side : {&range_start_, &range_end_}) {
    side->at = 0;
    side->keys = node_.order_by.empty() ? nullptr : std::make_unique<WindowColumn>(rows, node_.order_by[0].slot);
  }
}

int64_t WindowFrame::OffsetOf(const sql::ExprRef& expr, const char* which) {
  const Vector value = ValueOf(expr, participant_);
  if (value.IsNull(0)) ThrowNull(which);
  const int64_t offset = value.physical() == PhysicalType::kInt64 ? value.View().get<int64_t>(0) : value.View().get<int32_t>(0);
  if (offset < 0) throw SqlError(SqlState{"22013"}, Format("frame %s offset must not be negative", which));
  return offset;
}

void WindowFrame::PrepareRange(RangeSide& side, const sql::ExprRef& offset_expr, bool preceding, bool ends) {
  const planner::SortKey& key = node_.order_by[0];
  const Vector value = ValueOf(offset_expr, participant_);
  if (value.IsNull(0)) ThrowNull(ends ? "ending" : "starting");
  const Vector offset = Vector::Constant(value.Get(0));
  const RangeBorder border{preceding != key.order.descending, ends != key.order.descending};
  side.test = MakeDirectRangeTest(key_type_, offset, border);
  if (side.test != nullptr) return;
  side.test = MakeSumRangeTest(offset, border);
  const catalog::FunctionRegistry& functions = participant_.execution.context.session->catalog().functions();
  const catalog::OperatorInfo* op = functions.FindOperator(border.subtract ? "-" : "+", key_type_.oid, offset.type().oid);
  if (op == nullptr) ThrowInternal("no operator for the offset of a RANGE frame");
  auto sum = std::make_shared<sql::Expr>();
  sum->kind = sql::ExprKind::kFunction;
  sum->function = functions.FunctionOf(*op);
  sum->type = SqlType(sum->function->result);
  sum->children = {sql::MakeSlot(key.slot, key_type_), sql::MakeConstant(offset.Get(0))};
  side.sum = Compile(sum, participant_);
}

// Offsets are the same for all rows; they are looked at when there is one.
void WindowFrame::PrepareOffsets(const WindowChunk& chunk) {
  if (prepared_ || chunk.rows == 0) return;
  prepared_ = true;
  const auto signed_by = [](FrameBound bound, int64_t offset) { return bound == FrameBound::kPreceding ? -offset : offset; };
  if (call_.mode == FrameMode::kRange) {
    if (Moves(call_.start)) PrepareRange(range_start_, call_.start_offset, call_.start == FrameBound::kPreceding, false);
    if (Moves(call_.end)) PrepareRange(range_end_, call_.end_offset, call_.end == FrameBound::kPreceding, true);
  } else {
    if (Moves(call_.start)) start_offset_ = signed_by(call_.start, OffsetOf(call_.start_offset, "starting"));
    if (Moves(call_.end)) end_offset_ = signed_by(call_.end, OffsetOf(call_.end_offset, "ending"));
  }
}

// The first row of the frame of each row, or with `ends` the first row behind it: both only move on within a partition.
void WindowFrame::MoveRange(RangeSide& side, const WindowChunk& chunk, bool ends, std::vector<uint64_t>& borders) {
  const planner::SortKey& key = node_.order_by[0];
  const bool nulls_first = key.order.nulls_first;
  ChunkStore::Reader reader(rows_->store());
  const Chunk& here = reader.At(chunk.number);
  const Vector& own = here[key.slot];
  Vector sums;
  if (side.sum != nullptr) {
    EvaluationInput input;
    input.chunk = &here;
    input.rows = chunk.rows;
    side.sum->Evaluate(input, sums);
  }
  const Vector& bases = side.sum != nullptr ? sums : own;
  for (uint32_t i = 0; i < chunk.rows; ++i) {
    side.at = std::max(side.at, chunk.partition[i]);
    const bool base_null = own.IsNull(i);
    for (; side.at < chunk.partition_end[i]; ++side.at) {
      const WindowColumn::Value value = side.keys->At(side.at);
      const bool null = value.vector.IsNull(value.row);
      bool reached = false;
      if (null || base_null) {
        // Nulls are one another's peers, and lie before or behind all other rows.
        const bool before = null != base_null && null == nulls_first;
        const bool behind = null != base_null && null != nulls_first;
        reached = ends ? behind : !before;
      } else {
        reached = side.test->Within(value.vector, value.row, bases, i) != ends;
      }
      if (reached) break;
    }
    borders[i] = side.at;
  }
}

// The start of the peer group `groups` groups from row i's; the partition's border when there is none.
uint64_t WindowFrame::GroupAway(const WindowChunk& chunk, uint32_t i, int64_t groups) const {
  uint64_t at = chunk.peers[i];
  for (; groups < 0; ++groups) {
    if (at == chunk.partition[i]) return at;
    at = rows_->PeersBefore(at);
  }
  for (; groups > 0; --groups) {
    at = rows_->PeersEnd(at);
    if (at >= chunk.partition_end[i]) return chunk.partition_end[i];
  }
  return at;
}

uint64_t WindowFrame::Start(const WindowChunk& chunk, uint32_t i) const {
  const bool rows = call_.mode == FrameMode::kRows;
  switch (call_.start) {
    case FrameBound::kUnboundedPreceding: return chunk.partition[i];
    case FrameBound::kCurrentRow: return rows ? chunk.first + i : chunk.peers[i];
    case FrameBound::kUnboundedFollowing: return chunk.partition_end[i];
    default: break;
  }
  if (!rows) return GroupAway(chunk, i, start_offset_);
  const auto before = static_cast<int64_t>(chunk.first + i - chunk.partition[i]), behind = static_cast<int64_t>(chunk.partition_end[i] - chunk.first - i);
  return chunk.first + i + static_cast<uint64_t>(std::clamp(start_offset_, -before, behind));
}

uint64_t WindowFrame::End(const WindowChunk& chunk, uint32_t i) const {
  const bool rows = call_.mode == FrameMode::kRows;
  switch (call_.end) {
    case FrameBound::kUnboundedFollowing: return chunk.partition_end[i];
    case FrameBound::kCurrentRow: return rows ? chunk.first + i + 1 : chunk.peers_end[i];
    case FrameBound::kUnboundedPreceding: return chunk.partition[i];
    default: break;
  }
  if (!rows) {
    const uint64_t group = GroupAway(chunk, i, end_offset_);
    const bool before_all = end_offset_ < 0 && GroupAway(chunk, i, end_offset_ + 1) == chunk.partition[i];
    if (before_all) return chunk.partition[i];
    return group >= chunk.partition_end[i] ? chunk.partition_end[i] : rows_->PeersEnd(group);
  }
  // One row less than to the end: the row itself is in.
  const auto before = static_cast<int64_t>(chunk.first + i - chunk.partition[i]), behind = static_cast<int64_t>(chunk.partition_end[i] - chunk.first - i);
  return chunk.first + i + static_cast<uint64_t>(std::clamp(end_offset_, -before - 1, behind - 1) + 1);
}

void WindowFrame::Borders(const WindowChunk& chunk, std::vector<uint64_t>& start, std::vector<uint64_t>& end) {
  PrepareOffsets(chunk);
  start.resize(chunk.rows);
  end.resize(chunk.rows);
  if (range_start_.test != nullptr) {
    MoveRange(range_start_, chunk, false, start);
  } else {
    for (uint32_t i = 0; i < chunk.rows; ++i) start[i] = Start(chunk, i);
  }
  if (range_end_.test != nullptr) {
    MoveRange(range_end_, chunk, true, end);
  } else {
    for (uint32_t i = 0; i < chunk.rows; ++i) end[i] = End(chunk, i);
  }
  for (uint32_t i = 0; i < chunk.rows; ++i) end[i] = std::max(end[i], start[i]);
}

}  // namespace gather::executor

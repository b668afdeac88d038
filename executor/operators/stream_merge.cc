#include "executor/operators/stream_merge.h"

namespace gather::executor {

StreamMerge::StreamMerge(std::vector<Stream> streams, const std::vector<planner::SortKey>& keys, std::vector<SqlType> types)
    : keys_(keys), types_(std::move(types)) {
  while (states_slot_ < types_.size() && types_[states_slot_].oid != type_oid::kInternal) ++states_slot_;
  for (Stream& stream : streams) {
    inputs_.emplace_back();
    inputs_.back().next = std::move(stream);
  }
}

void StreamMerge::Refill(Input& input) {
  input.row = 0;
  do {
    if (!input.next(input.chunk)) {
      input.ended = true;
      input.chunk.Clear();
      return;
    }
  } while (input.chunk.empty());
  const uint32_t rows = input.chunk.rows();
  if (input.keys.size() < rows) input.keys.resize(rows);
  for (uint32_t i = 0; i < rows; ++i) input.keys[i].clear();
  if (states_slot_ < types_.size()) input.states = std::make_shared<Vector>(input.chunk[states_slot_]);
  for (const planner::SortKey& key : keys_) AppendSortKeys(input.chunk[key.slot], rows, key.order, input.keys.data());
}

bool StreamMerge::Next(Chunk& out) {
  if (!started_) {
    started_ = true;
    for (Input& input : inputs_) Refill(input);
  }
  out = Chunk(types_);
  while (out.rows() < kVectorSize) {
    // The stream with the least row, and how far it may run before another one's turn comes. Streams are few: a scan beats a tree.
    Input* least = nullptr;
    Input* second = nullptr;
    for (Input& input : inputs_) {
      if (input.ended) continue;
      if (least == nullptr || input.keys[input.row] < least->keys[least->row]) {
        second = least;
        least = &input;
      } else if (second == nullptr || input.keys[input.row] < second->keys[second->row]) {
        second = &input;
      }
    }
    if (least == nullptr) break;
    uint32_t end = least->row + 1;
    const uint32_t most = std::min(least->chunk.rows(), least->row + (kVectorSize - out.rows()));
    while (end < most && (second == nullptr || least->keys[end] < second->keys[second->row])) ++end;
    out.Append(least->chunk, least->row, end - least->row);
    if (least->states != nullptr) out[states_slot_].KeepAlive(least->states);
    least->row = end;
    if (least->row == least->chunk.rows()) Refill(*least);
  }
  return out.rows() != 0;
}

}  // namespace gather::executor

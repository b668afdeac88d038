#include "planner/physical/window_sharing.h"

#include <algorithm>

namespace gather::planner {

WindowSharing SharingOf(const PlanNode& top) {
  WindowSharing sharing;
  const PlanNode* node = &top;
  for (bool first = true; node->kind == NodeKind::kWindowAgg || node->kind == NodeKind::kSort; first = false) {
    // From slots of the node's output to slots of its input.
    std::vector<uint32_t> below;
    for (uint32_t slot : sharing.slots) {
      if (!node->projection.empty()) {
        const ExprRef& expr = node->projection[slot];
        if (expr->kind != sql::ExprKind::kSlot) continue;
        slot = expr->index;
      }
      if (slot < node->children[0]->output.size()) below.push_back(slot);
    }
    sharing.slots = std::move(below);
    if (node->kind == NodeKind::kSort) {
      if (!sharing.slots.empty()) sharing.sort = const_cast<SortNode*>(static_cast<const SortNode*>(node));
      return sharing;
    }
    const auto& window = static_cast<const WindowAggNode&>(*node);
    if (first) {
      sharing.slots = window.partition_by;
      sharing.partitions = window.partitions;
    } else {
      std::erase_if(sharing.slots, [&](uint32_t slot) { return std::find(window.partition_by.begin(), window.partition_by.end(), slot) == window.partition_by.end(); });
      sharing.partitions = std::min(sharing.partitions, window.partitions);
    }
    if (sharing.slots.empty() || window.filter != nullptr) return sharing;
    node = node->children[0].get();
  }
  return sharing;
}

}  // namespace gather::planner

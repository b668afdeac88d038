// Unique: DISTINCT ON over sorted input: the first row of each run of equal keys.
#include "executor/plan_builder.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

struct UniqueLocal : Local {
  std::vector<Datum> last;                 // keys of the last row seen
  bool any = false;
};

class Unique final : public Transform {
 public:
  explicit Unique(const planner::UniqueNode& node) : node_(node) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<UniqueLocal>(); }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<UniqueLocal&>(base);
    const uint32_t rows = in.rows();
    // same[i]: row i + 1 equals row i.
    std::vector<uint8_t> same(rows, 1), equal(rows);
    Selection before, after;
    for (uint32_t i = 0; i + 1 < rows; ++i) {
      before.Add(i);
      after.Add(i + 1);
    }
    bool first_new = !local.any;
    for (size_t k = 0; k < node_.keys.size(); ++k) {
      const Vector& key = in[node_.keys[k]];
      if (rows > 1) {
        EqualRows(key.Sliced(before, rows - 1), key.Sliced(after, rows - 1), rows - 1, true, equal.data());
        for (uint32_t i = 0; i + 1 < rows; ++i) same[i] &= equal[i];
      }
      if (!first_new) {
        const Datum first = key.Get(0);
        const Datum& last = local.last[k];
        first_new = first.is_null != last.is_null || (!first.is_null && CompareDatums(first, last) != 0);
      }
    }
    Selection kept;
    if (first_new) kept.Add(0);
    for (uint32_t i = 1; i < rows; ++i) {
      if (same[i - 1] == 0) kept.Add(i);
    }
    local.last.clear();
    for (const uint32_t key : node_.keys) local.last.push_back(in[key].Get(rows - 1));
    local.any = true;
    if (kept.size() == 0) {
      out.set_rows(0);
      return Progress::kNeedInput;
    }
    out = in;
    if (kept.size() != rows) out.Slice(kept, kept.size());
    return Progress::kNeedInput;
  }

 private:
  const planner::UniqueNode& node_;
};

}  // namespace

void BuildUnique(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::UniqueNode&>(base);
  builder.Build(*node.children[0], pipeline);
  pipeline.parallel = false;
  builder.AddStep(pipeline, builder.state().Make<Unique>(node), node);
}

}  // namespace gather::executor

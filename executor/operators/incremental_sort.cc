// Incremental Sort: rows that are sorted by the first keys already, sorted by all of them: a batch of such groups at a time, so that the first rows
// come soon and a sort is small. A participant's own: below a Gather Merge every stream is sorted by itself.
#include <algorithm>

#include "executor/plan_builder.h"
#include "executor/row/sort_run.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

// A batch ends with a group once it has this many rows; the first ones are smaller, for a LIMIT above.
constexpr uint64_t kFirstBatch = 64, kMostBatch = 8 * kVectorSize;

struct IncrementalSortLocal : Local {
  Participant* participant = nullptr;
  std::shared_ptr<SortRun> run;
  std::shared_ptr<RowSpill> spill;
  std::vector<SpilledRun> spilled;
  uint64_t pending = 0;                      // rows of the batch
  uint64_t batch = kFirstBatch;
  std::string last;                          // presorted keys of the batch's last row
  std::vector<std::string> prefixes;         // of the input's rows
  uint32_t at = 0;                           // rows of the input taken
  bool fresh = true;                         // prefixes are still to be made
  std::unique_ptr<RunMerge> merge;           // the sorted batch, while it is handed out
  std::vector<uint8_t*> rows;
  std::vector<const Vector*> keys;
  uint64_t groups = 0, most_bytes = 0, disk_bytes = 0;
};

class IncrementalSort final : public Transform {
 public:
  IncrementalSort(const planner::IncrementalSortNode& node, ExecutionState& state) : node_(node), state_(state), policy_(state, SpillPolicy::Use::kSort) {
    for (const planner::PlanColumn& column : node.children[0]->output) columns_.push_back(column.type);
    for (const planner::SortKey& key : node.keys) orders_.push_back(key.order);
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<IncrementalSortLocal>();
    local->participant = &participant;
    local->rows.resize(kVectorSize);
    local->keys.resize(node_.keys.size());
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<IncrementalSortLocal&>(base);
    out.set_rows(0);
    if (local.merge != nullptr && Emit(local, out)) return Progress::kMoreOutput;
    if (local.fresh) MakePrefixes(local, in);
    uint32_t end = local.at;
    while (end < in.rows() && (local.pending + (end - local.at) < local.batch || local.prefixes[end] == (end == local.at ? local.last : local.prefixes[end - 1]))) ++end;
    Take(local, in, local.at, end);
    local.at = end;
    if (end == in.rows()) {
      local.at = 0;
      local.fresh = true;
      return Progress::kNeedInput;
    }
    SortBatch(local);
    Emit(local, out);
    return Progress::kMoreOutput;
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<IncrementalSortLocal&>(base);
    out.set_rows(0);
    if (local.merge == nullptr && local.pending != 0) SortBatch(local);
    if (local.merge != nullptr && Emit(local, out)) return Progress::kMoreOutput;
    Report(local);
    return Progress::kDone;
  }

 private:
  void MakePrefixes(IncrementalSortLocal& local, const Chunk& in) const {
    if (local.prefixes.size() < in.rows()) local.prefixes.resize(in.rows());
    for (uint32_t i = 0; i < in.rows(); ++i) local.prefixes[i].clear();
    for (uint32_t k = 0; k < node_.presorted; ++k) AppendSortKeys(in[node_.keys[k].slot], in.rows(), node_.keys[k].order, local.prefixes.data());
    local.fresh = false;
  }

  void Take(IncrementalSortLocal& local, const Chunk& in, uint32_t begin, uint32_t end) const {
    if (begin == end) return;
    if (local.run == nullptr) local.run = std::make_shared<SortRun>(columns_, orders_, state_.context.budget);
    const Chunk* rows = &in;
    Chunk part;
    if (end - begin != in.rows()) {
      Selection picked;
      for (uint32_t i = begin; i < end; ++i) picked.Add(i);
      part = in;
      part.Slice(picked, end - begin);
      rows = &part;
    }
    for (size_t k = 0; k < local.keys.size(); ++k) local.keys[k] = &(*rows)[node_.keys[k].slot];
    local.run->Add(rows->vectors(), local.keys, end - begin);
    local.pending += end - begin;
    local.last = local.prefixes[end - 1];
    if (local.run->bytes() <= policy_.limit()) return;
    local.most_bytes = std::max(local.most_bytes, local.run->bytes());
    local.run->Sort();
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(local.run->layout(), 0, policy_.directory(), true);
    local.spilled.push_back({local.spill, local.run->SpillTo(*local.spill)});
  }

  void SortBatch(IncrementalSortLocal& local) const {
    local.run->Sort();
    local.most_bytes = std::max(local.most_bytes, local.run->bytes());
    ++local.groups;
    local.merge = std::make_unique<RunMerge>(std::vector{local.run}, local.spilled, state_.context.budget);
    local.batch = std::min(local.batch * 2, kMostBatch);
    local.pending = 0;
  }

  // The next rows of the sorted batch; false: there are none, and the next batch may begin.
  bool Emit(IncrementalSortLocal& local, Chunk& out) const {
    const uint32_t count = local.merge->Next(local.rows.data(), kVectorSize);
    if (count != 0) {
      local.run->Load(local.rows.data(), count, local.merge->owner(), out);
      return true;
    }
    local.merge.reset();
    local.run.reset();
    local.spilled.clear();
    if (local.spill != nullptr) local.disk_bytes = std::max(local.disk_bytes, local.spill->bytes());
    local.spill.reset();
    return false;
  }

  void Report(const IncrementalSortLocal& local) const {
    if (state_.instrumentation == nullptr || local.groups == 0) return;
    state_.instrumentation->UpdateSpace(node_.id, *local.participant, [&](planner::SpaceActuals& space) {
      space.sort_method = local.disk_bytes != 0 ? "external merge" : "quicksort";
      space.sort_groups += local.groups;
      space.memory_bytes = std::max(space.memory_bytes, local.most_bytes);
      space.disk_bytes = std::max(space.disk_bytes, local.disk_bytes);
    });
  }

  const planner::IncrementalSortNode& node_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  std::vector<SqlType> columns_;
  std::vector<SortOrder> orders_;
};

}  // namespace

void BuildIncrementalSort(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::IncrementalSortNode&>(base);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<IncrementalSort>(node, builder.state()), node);
}

}  // namespace gather::executor

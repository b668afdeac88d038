// Bitmap Heap Scan: the rows whose ids a bitmap holds, in the table's order, so that every vector is decoded once however often the indexes
// lead to it. The bitmap of a tree of Bitmap Index Scans, BitmapAnds and BitmapOrs is made first, by one participant.
// Parallel: all participants read the one bitmap, and take pieces of it.
#include <roaring/roaring64map.hh>

#include <algorithm>
#include <atomic>

#include "executor/operators/index_probe.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

using planner::NodeKind;

// Rows of one piece: a few chunks.
constexpr uint32_t kPieceRows = 4 * kVectorSize;

// Row ids, and where the pieces of them begin. Immutable once made.
struct RowBitmap {
  Roaring64Map rows;
  std::vector<uint64_t> pieces;              // the first row id of each
  MemoryReservation memory;
};

class BitmapBuild final : public Source {
 public:
  BitmapBuild(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<RowBitmap> bitmap) : node_(node), state_(state), bitmap_(std::move(bitmap)) {}
  LocalPtr MakeLocal(Participant& participant) override {
    participant_ = &participant;
    return nullptr;
  }

  Progress Next(Local&, Chunk& out) override {
    out.set_rows(0);
    bitmap_->rows = RowsOf(node_);
    if (state_.context.budget != nullptr) {
      bitmap_->memory = MemoryReservation(*state_.context.budget);
      bitmap_->memory.Grow(bitmap_->rows.getSizeInBytes(false));
    }
    uint32_t in_piece = kPieceRows;
    for (auto row = bitmap_->rows.begin(); row != bitmap_->rows.end(); ++row) {
      if (in_piece++ < kPieceRows) continue;
      bitmap_->pieces.push_back(*row);
      in_piece = 1;
    }
    return Progress::kDone;
  }

 private:
  Roaring64Map RowsOf(const planner::PlanNode& node) {
    const uint64_t start = NowNanos();
    Roaring64Map rows;
    if (node.kind == NodeKind::kBitmapIndexScan) {
      rows = Scan(static_cast<const planner::BitmapIndexScanNode&>(node));
    } else {
      for (size_t i = 0; i < node.children.size(); ++i) {
        if (i == 0) {
          rows = RowsOf(*node.children[i]);
        } else if (node.kind == NodeKind::kBitmapAnd) {
          if (rows.isEmpty()) break;         // nothing to be had from the others
          rows &= RowsOf(*node.children[i]);
        } else {
          rows |= RowsOf(*node.children[i]);
        }
      }
    }
    if (state_.instrumentation != nullptr) {
      const uint64_t found = node.kind == NodeKind::kBitmapIndexScan ? rows.cardinality() : 0;
      state_.instrumentation->Add(node.id, *participant_, NowNanos() - start, NowNanos() - start, found, true);
    }
    return rows;
  }

  Roaring64Map Scan(const planner::BitmapIndexScanNode& node) {
    Roaring64Map rows;
    IndexProbe probe(node, false, *participant_);
    EvaluationInput one;
    one.rows = 1;
    probe.Bind(one);
    probe.Start(0);
    std::vector<RowId> ids(kVectorSize);
    std::vector<uint64_t> numbers(kVectorSize);
    for (uint32_t count; (count = probe.Next(ids.data(), kVectorSize)) != 0;) {
      participant_->CheckInterrupt();
      for (uint32_t i = 0; i < count; ++i) numbers[i] = ids[i].value;
      // In the table's order neighbours share a container.
      std::sort(numbers.begin(), numbers.begin() + count);
      rows.addMany(count, numbers.data());
    }
    return rows;
  }

  const planner::PlanNode& node_;
  ExecutionState& state_;
  const std::shared_ptr<RowBitmap> bitmap_;
  Participant* participant_ = nullptr;
};

class NoRows final : public Sink {
 public:
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Add(Local&, Chunk&) override { return Progress::kNeedInput; }
  void Merge(Local&) override {}
};

struct BitmapScanLocal : Local {
  explicit BitmapScanLocal(const Roaring64Map& rows) : at(rows) {}
  Participant* participant = nullptr;
  Roaring64MapSetBitForwardIterator at;
  uint64_t end = 0;                          // of the piece: no row from here on
  bool has_piece = false, to_the_end = false;
  std::vector<RowId> ids = std::vector<RowId>(kVectorSize);
  Selection position{kVectorSize};
  Chunk fetched;
  uint64_t vectors = 0, pieces = 0, last_vector = ~uint64_t{0};
};

class BitmapHeapScan final : public Source {
 public:
  BitmapHeapScan(const planner::BitmapScanNode& node, ExecutionState& state, std::shared_ptr<RowBitmap> bitmap)
      : node_(node), state_(state), bitmap_(std::move(bitmap)), fetch_(node.columns, *node.table) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BitmapScanLocal>(bitmap_->rows);
    local->participant = &participant;
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<BitmapScanLocal&>(base);
    out.set_rows(0);
    uint32_t count = 0;
    while (count < kVectorSize) {
      if (!local.has_piece && (count != 0 || !TakePiece(local))) break;
      const auto all = bitmap_->rows.end();
      for (; count < kVectorSize && local.at != all && (local.to_the_end || *local.at < local.end); ++local.at) local.ids[count++] = RowId(*local.at);
      if (count < kVectorSize) local.has_piece = false;
    }
    if (count == 0) {
      Report(local);
      return Progress::kDone;
    }
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t vector = local.ids[i].value / kVectorSize;
      local.vectors += vector != local.last_vector;
      local.last_vector = vector;
    }
    fetch_.Fetch(state_.context.snapshot, std::span<const RowId>(local.ids.data(), count), local.fetched, local.position, out);
    return Progress::kMoreOutput;
  }

  double Remaining() const override {
    const auto all = static_cast<double>(bitmap_->pieces.size());
    return all == 0 ? 0 : std::max(0.0, 1 - static_cast<double>(next_.load(std::memory_order_relaxed)) / all);
  }

 private:
  bool TakePiece(BitmapScanLocal& local) {
    if (node_.parallel_aware && local.participant->ShouldLeave()) return false;
    const size_t piece = next_.fetch_add(1, std::memory_order_relaxed);
    if (piece >= bitmap_->pieces.size()) return false;
    // move() looks from where it stands: a participant's pieces ascend.
    local.at.move(bitmap_->pieces[piece]);
    local.to_the_end = piece + 1 == bitmap_->pieces.size();
    local.end = local.to_the_end ? 0 : bitmap_->pieces[piece + 1];
    local.has_piece = true;
    ++local.pieces;
    return true;
  }

  void Report(BitmapScanLocal& local) const {
    if (state_.instrumentation == nullptr) return;
    state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) { actuals.heap_blocks += local.vectors; });
    if (node_.parallel_aware) state_.instrumentation->AddMorsels(node_.id, *local.participant, local.pieces, 0);
    local.vectors = local.pieces = 0;
  }

  const planner::BitmapScanNode& node_;
  ExecutionState& state_;
  const std::shared_ptr<RowBitmap> bitmap_;
  const RowFetch fetch_;
  std::atomic<size_t> next_{0};
};

}  // namespace

void BuildBitmapScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::BitmapScanNode&>(base);
  ExecutionState& state = builder.state();
  auto bitmap = std::make_shared<RowBitmap>();
  Pipeline* build = state.MakePipeline();
  build->source = state.Make<BitmapBuild>(*node.children[0], state, bitmap);
  build->sink = state.Make<NoRows>();
  pipeline.dependencies.push_back(build);
  builder.SetSource(pipeline, state.Make<BitmapHeapScan>(node, state, std::move(bitmap)), node, node.parallel_aware);
}

}  // namespace gather::executor

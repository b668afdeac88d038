// Scan of a system view: its rows are computed when the scan starts.
#include "catalog/system_view.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

class SystemViewScan final : public Source {
 public:
  SystemViewScan(const planner::SystemViewScanNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    if (!computed_) {
      catalog::SessionServices* session = state_.context.session;
      if (session == nullptr) ThrowInternal("a system view needs a session");
      const catalog::CatalogRef catalog = session->catalog_view();
      const catalog::SystemViewContext context{*catalog, session->catalog().functions(), *session};
      catalog::RowWriter writer(node_.view->columns);
      node_.view->rows(context, writer);
      chunks_ = writer.Finish();
      computed_ = true;
    }
    out.Clear();
    if (at_ == chunks_.size()) return Progress::kDone;
    const Chunk& chunk = chunks_[at_++];
    for (const uint32_t column : node_.columns) out.Add(column < chunk.columns() ? chunk[column] : SystemColumn(column - chunk.columns(), chunk.rows()));
    out.set_rows(chunk.rows());
    first_row_ += chunk.rows();
    return Progress::kMoreOutput;
  }

 private:
  const planner::SystemViewScanNode& node_;
  ExecutionState& state_;
  // What follows the view's own columns: ctid, then tableoid.
  Vector SystemColumn(size_t number, uint32_t rows) const {
    if (number == 1) return Vector::Constant(Datum::OfOid(node_.view->oid));
    Vector ctid(type_oid::kTid);
    for (uint32_t row = 0; row < rows; ++row) ctid.data<uint64_t>()[row] = first_row_ + row;
    return ctid;
  }

  bool computed_ = false;
  uint64_t first_row_ = 0;
  std::vector<Chunk> chunks_;
  size_t at_ = 0;
};

}  // namespace

void BuildSystemViewScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::SystemViewScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<SystemViewScan>(node, builder.state()), node);
}

}  // namespace gather::executor

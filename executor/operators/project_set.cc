// ProjectSet: set-returning functions in a target list: every input row is repeated for each row of its sets.
#include <algorithm>

#include "executor/operators/set_rows.h"
#include "executor/plan_builder.h"
#include "types/record.h"

namespace gather::executor {

namespace {

struct ProjectSetLocal : Local {
  ExpressionList scalars;
  std::unique_ptr<SetRows> sets;
  std::vector<Vector> scalar_values, set_values;
  uint32_t row = 0;                        // of the present input
  uint32_t held = 0;                       // rows in set_values not yet handed on
  bool bound = false, started = false;
};

class ProjectSet final : public Transform {
 public:
  explicit ProjectSet(const planner::ProjectSetNode& node) : node_(node) {
    for (const sql::ExprRef& target : node.targets) {
      const bool set = target->kind == sql::ExprKind::kSetFunction;
      is_set_.push_back(set);
      if (set) calls_.push_back(target.get()); else scalars_.push_back(target);
    }
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<ProjectSetLocal>();
    local->scalars = ExpressionList(scalars_, participant);
    local->sets = std::make_unique<SetRows>(calls_, participant);
    local->scalar_values.resize(scalars_.size());
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<ProjectSetLocal&>(base);
    if (!local.bound) {
      EvaluationInput input;
      input.chunk = &in;
      input.rows = in.rows();
      local.scalars.NextChunk();
      for (size_t i = 0; i < scalars_.size(); ++i) local.scalars.Evaluate(i, in, local.scalar_values[i]);
      local.sets->Bind(input);
      local.bound = true;
      local.started = false;
      local.row = 0;
    }
    Begin(out);
    while (local.row < in.rows()) {
      if (local.held == 0) {
        if (!local.started) {
          local.sets->Start(local.row);
          local.started = true;
        }
        local.held = local.sets->Next(local.set_values);
        if (local.held == 0) {
          local.started = false;
          ++local.row;
          continue;
        }
      }
      if (out.rows() + local.held > kVectorSize) return Progress::kMoreOutput;
      Emit(local, local.held, out.rows(), out);
      local.held = 0;
    }
    local.bound = false;
    return Progress::kNeedInput;
  }

 private:
  void Begin(Chunk& out) const {
    out.Clear();
    for (const sql::ExprRef& target : node_.targets) out.Add(Vector(target->type));
  }
  void Emit(ProjectSetLocal& local, uint32_t rows, uint32_t at, Chunk& out) const {
    size_t call = 0, set = 0, scalar = 0;
    for (size_t i = 0; i < is_set_.size(); ++i) {
      if (is_set_[i]) {
        const size_t width = local.sets->width(call++);
        if (node_.targets[i]->type.oid == type_oid::kRecord) {
          AppendRecords({local.set_values.data() + set, width}, rows, at, out[i]);
        } else {
          out[i].Append(local.set_values[set], 0, rows, at);
        }
        set += width;
        continue;
      }
      const Vector& values = local.scalar_values[scalar++];
      Selection repeated;
      for (uint32_t k = 0; k < rows; ++k) repeated.Add(local.row);
      out[i].Append(values.Sliced(repeated, rows), 0, rows, at);
    }
    out.set_rows(at + rows);
  }

  // The columns of a function that returns records, as one value. A set that has ended yields null.
  static void AppendRecords(std::span<const Vector> columns, uint32_t rows, uint32_t at, Vector& out) {
    for (uint32_t row = 0; row < rows; ++row) {
      const bool ended = std::all_of(columns.begin(), columns.end(), [row](const Vector& column) { return column.is_constant() && column.IsNull(row); });
      if (ended) {
        out.SetNull(at + row);
        continue;
      }
      RecordBuilder record;
      for (const Vector& column : columns) record.Add(column, row);
      out.data<StringRef>()[at + row] = out.AddString(record.Finish());
    }
  }

  const planner::ProjectSetNode& node_;
  std::vector<bool> is_set_;
  std::vector<sql::ExprRef> scalars_;
  std::vector<const sql::Expr*> calls_;
};

}  // namespace

void BuildProjectSet(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::ProjectSetNode&>(base);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<ProjectSet>(node), node);
}

}  // namespace gather::executor

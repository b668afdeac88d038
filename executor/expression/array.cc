// ARRAY[…], subscripts, slices, ROW(…).
#include <algorithm>
#include <optional>

#include "executor/expression/nodes.h"
#include "types/array.h"
#include "types/record.h"

namespace gather::executor {

namespace {

class NaryNode : public Evaluator {
 public:
  NaryNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type) {
    for (const sql::ExprRef& child : expr.children) {
      children_.push_back(child == nullptr ? nullptr : compiler.Compile(child));
      constant_ = constant_ && (children_.back() == nullptr || children_.back()->constant());
    }
    values_.resize(children_.size());
  }
  bool constant() const override { return constant_; }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    bool one = true;
    for (size_t i = 0; i < children_.size(); ++i) {
      if (children_[i] == nullptr) continue;
      children_[i]->Evaluate(input, values_[i]);
      one = one && values_[i].is_constant();
    }
    const uint32_t rows = one ? 1 : input.rows;
    PrepareResult(out, type_, physical_, rows);
    for (uint32_t i = 0; i < rows; ++i) {
      if (Write(i, out)) continue;
      if (physical_ == PhysicalType::kString) out.data<StringRef>()[i] = StringRef();
      out.SetNull(i);
    }
    if (one) out.SetKind(VectorKind::kConstant);
    for (Vector& value : values_) value = Vector();
  }

 protected:
  // Value of row `row`; false: null.
  virtual bool Write(RowIndex row, Vector& out) = 0;

  // children[which] as an array index; nullopt: null.
  std::optional<int64_t> IndexAt(size_t which, RowIndex row) const {
    const VectorView view = values_[which].View();
    if (!view.valid(row)) return std::nullopt;
    switch (values_[which].physical()) {
      case PhysicalType::kInt16: return view.get<int16_t>(row);
      case PhysicalType::kInt64: return view.get<int64_t>(row);
      default: return view.get<int32_t>(row);
    }
  }

  std::vector<EvaluatorPtr> children_;
  std::vector<Vector> values_;

 private:
  bool constant_ = true;
};

class ArrayNode final : public NaryNode {
 public:
  ArrayNode(const sql::Expr& expr, Compiler& compiler) : NaryNode(expr, compiler), nested_(expr.any), element_(GetType(expr.type.oid).element) {}

 private:
  bool Write(RowIndex row, Vector& out) override {
    ArrayBuilder builder(element_);
    if (!nested_) {
      for (const Vector& value : values_) {
        if (value.IsNull(row)) builder.AddNull(); else builder.Add(value, row);
      }
      out.data<StringRef>()[row] = out.AddString(builder.Finish());
      return true;
    }
    std::optional<std::vector<ArrayDimension>> inner;
    uint32_t nulls = 0;
    for (const Vector& value : values_) {
      const VectorView view = value.View();
      if (!view.valid(row)) {
        ++nulls;
        continue;
      }
      ArrayReader reader(view.get<StringRef>(row).view());
      const bool alike = !inner.has_value() ||
                         std::equal(inner->begin(), inner->end(), reader.dimensions().begin(), reader.dimensions().end(),
                                    [](const ArrayDimension& a, const ArrayDimension& b) { return a.length == b.length; });
      if (!alike) throw SqlError(sqlstate::kArraySubscriptError, "multidimensional arrays must have array expressions with matching dimensions");
      inner = reader.dimensions();
      ArrayReader::Element element;
      while (reader.Next(&element)) {
        if (element.is_null) builder.AddNull(); else builder.Add(element.bytes);
      }
    }
    if (nulls != 0 && inner.has_value() && !inner->empty()) {
      throw SqlError(sqlstate::kArraySubscriptError, "multidimensional arrays must have array expressions with matching dimensions");
    }
    std::vector<ArrayDimension> dimensions;
    if (inner.has_value() && !inner->empty()) {
      dimensions.push_back({static_cast<int32_t>(values_.size()), 1});
      dimensions.insert(dimensions.end(), inner->begin(), inner->end());
    }
    out.data<StringRef>()[row] = out.AddString(builder.Finish(dimensions));
    return true;
  }

  const bool nested_;
  const Oid element_;
};

class SubscriptNode final : public NaryNode {
 public:
  using NaryNode::NaryNode;

 private:
  bool Write(RowIndex row, Vector& out) override {
    const VectorView view = values_[0].View();
    if (!view.valid(row)) return false;
    ArrayReader reader(view.get<StringRef>(row).view());
    const std::vector<ArrayDimension>& dimensions = reader.dimensions();
    if (dimensions.size() + 1 != values_.size()) return false;
    int64_t at = 0;
    for (size_t i = 0; i < dimensions.size(); ++i) {
      const std::optional<int64_t> index = IndexAt(i + 1, row);
      if (!index.has_value()) return false;
      const int64_t offset = *index - dimensions[i].lower_bound;
      if (offset < 0 || offset >= dimensions[i].length) return false;
      at = at * dimensions[i].length + offset;
    }
    ArrayReader::Element element;
    for (int64_t i = 0; i <= at; ++i) {
      if (!reader.Next(&element)) return false;
    }
    if (element.is_null) return false;
    out.Set(row, ArrayElementDatum(reader.element_type(), element));
    return true;
  }
};

class FieldSelectNode final : public NaryNode {
 public:
  FieldSelectNode(const sql::Expr& expr, Compiler& compiler) : NaryNode(expr, compiler), index_(expr.index) {}

 private:
  bool Write(RowIndex row, Vector& out) override {
    const VectorView view = values_[0].View();
    if (!view.valid(row)) return false;
    RecordReader reader(view.get<StringRef>(row).view());
    RecordReader::Field field{};
    for (uint32_t i = 0; i <= index_; ++i) {
      if (!reader.Next(&field)) return false;
    }
    if (field.is_null) return false;
    out.Set(row, ArrayElementDatum(field.type, {false, field.bytes}));
    return true;
  }

  const uint32_t index_;
};

class SliceNode final : public NaryNode {
 public:
  SliceNode(const sql::Expr& expr, Compiler& compiler) : NaryNode(expr, compiler), element_(GetType(expr.type.oid).element) {}

 private:
  bool Write(RowIndex row, Vector& out) override {
    const VectorView view = values_[0].View();
    if (!view.valid(row)) return false;
    ArrayReader reader(view.get<StringRef>(row).view());
    ArrayBuilder builder(element_);
    const std::vector<ArrayDimension>& dimensions = reader.dimensions();
    if (dimensions.empty()) {
      out.data<StringRef>()[row] = out.AddString(builder.Finish());
      return true;
    }
    // One dimension is cut; further ones stay whole (and start at 1, as PostgreSQL's slices do).
    int64_t from = dimensions[0].lower_bound, to = from + dimensions[0].length - 1;
    const int64_t first = from;
    for (size_t bound = 1; bound < children_.size() && bound <= 2; ++bound) {
      if (children_[bound] == nullptr) continue;
      const std::optional<int64_t> index = IndexAt(bound, row);
      if (!index.has_value()) return false;
      if (bound == 1) from = std::max(from, *index); else to = std::min(to, *index);
    }
    int64_t inner = 1;
    for (size_t i = 1; i < dimensions.size(); ++i) inner *= dimensions[i].length;
    int64_t at = 0;
    ArrayReader::Element element;
    while (reader.Next(&element)) {
      const int64_t index = first + at / inner;
      ++at;
      if (index < from || index > to) continue;
      if (element.is_null) builder.AddNull(); else builder.Add(element.bytes);
    }
    std::vector<ArrayDimension> cut;
    if (from <= to) {
      cut.push_back({static_cast<int32_t>(to - from + 1), 1});
      for (size_t i = 1; i < dimensions.size(); ++i) cut.push_back({dimensions[i].length, 1});
    }
    out.data<StringRef>()[row] = out.AddString(builder.Finish(cut));
    return true;
  }

  const Oid element_;
};

class RowNode final : public NaryNode {
 public:
  using NaryNode::NaryNode;

 private:
  bool Write(RowIndex row, Vector& out) override {
    RecordBuilder builder;
    for (const Vector& value : values_) builder.Add(value, row);
    out.data<StringRef>()[row] = out.AddString(builder.Finish());
    return true;
  }
};

}  // namespace

EvaluatorPtr MakeArrayNode(const sql::Expr& expr, Compiler& compiler) {
  switch (expr.kind) {
    case sql::ExprKind::kArray: return std::make_unique<ArrayNode>(expr, compiler);
    case sql::ExprKind::kSubscript: return std::make_unique<SubscriptNode>(expr, compiler);
    case sql::ExprKind::kFieldSelect: return std::make_unique<FieldSelectNode>(expr, compiler);
    case sql::ExprKind::kSlice: return std::make_unique<SliceNode>(expr, compiler);
    default: return std::make_unique<RowNode>(expr, compiler);
  }
}

}  // namespace gather::executor

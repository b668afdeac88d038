// x op ANY/ALL (array) and x [NOT] IN (list): by a hash set when the list is constant and the operator is an equality, else one
// vectorised call per element.
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <string>

#include "executor/expression/nodes.h"
#include "types/array.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

// Below this many elements comparing with each is cheaper than hashing.
constexpr size_t kFewElements = 4;

constexpr uint8_t kNull = 2;

void WriteTruth(const std::vector<uint8_t>& truth, uint32_t rows, Vector& out) {
  PrepareResult(out, type_oid::kBool, PhysicalType::kBool, rows);
  uint8_t* values = out.data<uint8_t>();
  for (uint32_t i = 0; i < rows; ++i) {
    values[i] = truth[i] == 1;
    if (truth[i] == kNull) out.SetNull(i);
  }
}

bool IsInteger(PhysicalType type) {
  return type == PhysicalType::kInt16 || type == PhysicalType::kInt32 || type == PhysicalType::kInt64 || type == PhysicalType::kUInt32;
}

int64_t IntegerAt(const VectorView& view, PhysicalType type, RowIndex row) {
  switch (type) {
    case PhysicalType::kInt16: return view.get<int16_t>(row);
    case PhysicalType::kInt32: return view.get<int32_t>(row);
    case PhysicalType::kUInt32: return view.get<uint32_t>(row);
    default: return view.get<int64_t>(row);
  }
}

// The distinct non-null values of a list, for lookups by vectors of the same type (or another integer type).
class ValueSet {
 public:
  void Add(const Vector& values, uint32_t rows) {
    integers_ = values.type().oid != type_oid::kNumeric && IsInteger(values.physical());
    text_ = values.type().oid == type_oid::kText || values.type().oid == type_oid::kVarchar || values.type().oid == type_oid::kName ||
            values.type().oid == type_oid::kBytea;
    const VectorView view = values.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) {
        has_null_ = true;
      } else if (integers_) {
        numbers_.insert(IntegerAt(view, values.physical(), i));
      } else {
        strings_.insert(std::string(Key(values, view, i)));
      }
    }
  }
  bool has_null() const { return has_null_; }
  // matches[i] of non-null rows; nulls are skipped.
  void Find(const Vector& values, uint32_t rows, std::vector<uint8_t>& matches) {
    const VectorView view = values.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) continue;
      matches[i] = integers_ ? numbers_.contains(IntegerAt(view, values.physical(), i)) : strings_.contains(Key(values, view, i));
    }
  }

 private:
  // Equal values have equal sort keys, whatever their representation.
  std::string_view Key(const Vector& values, const VectorView& view, RowIndex row) {
    if (text_) return view.get<StringRef>(row).view();
    key_.clear();
    AppendSortKey(values, row, {}, key_);
    return key_;
  }
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  };
  bool integers_ = false, text_ = false, has_null_ = false;
  boost::unordered_flat_set<int64_t> numbers_;
  boost::unordered_flat_set<std::string, Hash, Equal> strings_;
  std::string key_;
};

bool IsEquality(const sql::Expr& expr, std::string_view name) {
  return expr.op != nullptr && expr.op->name == name && expr.op->hashes;
}

// Both element types mean the same values: one type, or integers of any width.
bool SameFamily(SqlType a, SqlType b) {
  if (a.oid == b.oid) return true;
  return IsInteger(GetType(a.oid).physical) && IsInteger(GetType(b.oid).physical) && a.oid != type_oid::kDate && b.oid != type_oid::kDate &&
         GetType(a.oid).category == 'N' && GetType(b.oid).category == 'N';
}

// x op ANY/ALL (array)
class ScalarArrayNode final : public Evaluator {
 public:
  ScalarArrayNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(type_oid::kBool), any_(expr.any), element_type_(GetType(expr.children[1]->type.oid).element),
        call_(*expr.function, type_oid::kBool, {expr.children[0]->type, SqlType(element_type_)}, compiler.participant()) {
    left_ = compiler.Compile(expr.children[0]);
    array_ = compiler.Compile(expr.children[1]);
    // x = ANY (set): member; x <> ALL (set): not a member.
    hashable_ = array_->constant() && SameFamily(expr.children[0]->type, element_type_) && expr.op != nullptr &&
                ((any_ && expr.op->name == "=") || (!any_ && expr.op->name == "<>"));
  }
  bool constant() const override { return left_->constant() && array_->constant() && call_.foldable(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    Vector left, arrays;
    left_->Evaluate(input, left);
    array_->Evaluate(input, arrays);
    const VectorView array = arrays.View();
    const uint8_t start = any_ ? 0 : 1;
    truth_.assign(input.rows, start);
    if (arrays.is_constant()) {
      if (!array.valid(0)) {
        PrepareResult(out, type_oid::kBool, PhysicalType::kBool, 1);
        out.SetConstantNull();
        return;
      }
      const std::string_view payload = array.get<StringRef>(0).view();
      if (!elements_known_) {
        elements_ = ArrayElements(payload);
        count_ = ArrayReader(payload).size();
        elements_known_ = array_->constant();
        if (hashable_ && count_ > kFewElements) {
          set_ = std::make_unique<ValueSet>();
          set_->Add(elements_, count_);
        }
      }
      if (set_ != nullptr) {
        Member(left, input.rows);
      } else {
        for (uint32_t element = 0; element < count_; ++element) {
          Vector arguments[2] = {left, ElementAt(elements_, element)};
          call_.Run(arguments, input.rows, value_);
          Combine(value_, input.rows);
        }
      }
      WriteTruth(truth_, input.rows, out);
      return;
    }
    // An array of its own for every row: all its elements at once against the row's value.
    for (uint32_t i = 0; i < input.rows; ++i) {
      if (!array.valid(i)) {
        truth_[i] = kNull;
        continue;
      }
      const std::string_view payload = array.get<StringRef>(i).view();
      const uint32_t count = ArrayReader(payload).size();
      if (count == 0) continue;
      Vector arguments[2] = {ElementAt(left, i), ArrayElements(payload)};
      call_.Run(arguments, count, value_);
      const VectorView view = value_.View();
      for (uint32_t element = 0; element < count && truth_[i] != (any_ ? 1 : 0); ++element) {
        const uint8_t truth = !view.valid(element) ? kNull : view.get<uint8_t>(element);
        if (truth == kNull || truth == (any_ ? 1 : 0)) truth_[i] = truth;
      }
    }
    WriteTruth(truth_, input.rows, out);
  }

 private:
  static Vector ElementAt(const Vector& values, RowIndex row) {
    if (values.is_constant()) return values;
    return Vector::Constant(values.Get(row));
  }
  void Combine(const Vector& value, uint32_t rows) {
    const uint8_t decides = any_ ? 1 : 0;
    const VectorView view = value.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (truth_[i] == decides) continue;
      const uint8_t truth = !view.valid(i) ? kNull : view.get<uint8_t>(i);
      if (truth == kNull || truth == decides) truth_[i] = truth;
    }
  }
  void Member(const Vector& left, uint32_t rows) {
    std::vector<uint8_t>& member = truth_;
    std::fill(member.begin(), member.end(), 0);
    set_->Find(left, rows, member);
    const VectorView view = left.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i) || (member[i] == 0 && set_->has_null())) {
        member[i] = kNull;
      } else if (!any_) {
        member[i] = member[i] == 0;
      }
    }
  }

  const bool any_;
  const Oid element_type_;
  FunctionCall call_;
  EvaluatorPtr left_, array_;
  bool hashable_ = false, elements_known_ = false;
  Vector elements_;
  uint32_t count_ = 0;
  std::unique_ptr<ValueSet> set_;
  std::vector<uint8_t> truth_;
  Vector value_;
};

// x [NOT] IN (a, b, …) by an equality.
class InListNode final : public Evaluator {
 public:
  InListNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(type_oid::kBool), negated_(expr.negated),
        call_(*expr.function, type_oid::kBool, {expr.children[0]->type, expr.children[1]->type}, compiler.participant()) {
    left_ = compiler.Compile(expr.children[0]);
    all_constant_ = true;
    bool family = true;
    for (size_t i = 1; i < expr.children.size(); ++i) {
      items_.push_back(compiler.Compile(expr.children[i]));
      all_constant_ = all_constant_ && items_.back()->constant();
      family = family && expr.children[i]->type.oid == expr.children[1]->type.oid && SameFamily(expr.children[0]->type, expr.children[i]->type);
    }
    hashable_ = all_constant_ && family && items_.size() > kFewElements && IsEquality(expr, "=");
  }
  bool constant() const override { return left_->constant() && all_constant_ && call_.foldable(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    Vector left;
    left_->Evaluate(input, left);
    truth_.assign(input.rows, 0);
    if (hashable_) {
      if (set_ == nullptr) {
        set_ = std::make_unique<ValueSet>();
        for (const EvaluatorPtr& item : items_) {
          EvaluationInput one;
          one.rows = 1;
          item->Evaluate(one, value_);
          set_->Add(value_, 1);
        }
      }
      set_->Find(left, input.rows, truth_);
      const VectorView view = left.View();
      for (uint32_t i = 0; i < input.rows; ++i) {
        if (!view.valid(i) || (truth_[i] == 0 && set_->has_null())) truth_[i] = kNull;
      }
    } else {
      // Items are evaluated only for rows not decided yet, as in OR.
      Selection open;
      std::vector<uint32_t> positions;
      EvaluationInput now = input;
      Vector now_left = left;
      for (const EvaluatorPtr& item : items_) {
        Vector arguments[2];
        arguments[0] = now_left;
        item->Evaluate(now, arguments[1]);
        call_.Run(arguments, now.rows, value_);
        const VectorView view = value_.View();
        bool decided = false;
        for (uint32_t i = 0; i < now.rows; ++i) {
          uint8_t& truth = truth_[positions.empty() ? i : positions[i]];
          const uint8_t is = !view.valid(i) ? kNull : view.get<uint8_t>(i);
          if (is == 1) {
            truth = 1;
            decided = true;
          } else if (is == kNull && truth == 0) {
            truth = kNull;
          }
        }
        if (!decided || item->constant()) continue;
        open.Renew();
        Selection left_rows;
        positions.clear();
        for (uint32_t i = 0; i < input.rows; ++i) {
          if (truth_[i] == 1) continue;
          open.Add(input.row(i));
          left_rows.Add(i);
          positions.push_back(i);
        }
        if (positions.empty()) break;
        now = input.Narrowed(open);
        now_left = left.Sliced(left_rows, left_rows.size());
      }
    }
    if (negated_) {
      for (uint8_t& truth : truth_) {
        if (truth != kNull) truth = truth == 0;
      }
    }
    WriteTruth(truth_, input.rows, out);
  }

 private:
  const bool negated_;
  FunctionCall call_;
  EvaluatorPtr left_;
  std::vector<EvaluatorPtr> items_;
  bool all_constant_ = false, hashable_ = false;
  std::unique_ptr<ValueSet> set_;
  std::vector<uint8_t> truth_;
  Vector value_;
};

}  // namespace

EvaluatorPtr MakeListNode(const sql::Expr& expr, Compiler& compiler) {
  if (expr.kind == sql::ExprKind::kScalarArray) return std::make_unique<ScalarArrayNode>(expr, compiler);
  return std::make_unique<InListNode>(expr, compiler);
}

}  // namespace gather::executor

#include "tests/unit/catalog/call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "catalog/function.h"
#include "types/error.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {
const IoSettings& Io() {
  static const IoSettings settings;
  return settings;
}

uint32_t Rows(const std::vector<Argument>& arguments) {
  size_t rows = 1;
  for (const Argument& argument : arguments) rows = std::max(rows, argument.rows.size());
  return static_cast<uint32_t>(rows);
}

bool Accepts(Oid declared, Oid actual) {
  switch (declared) {
    case type_oid::kAny:
    case type_oid::kAnyelement:
    case type_oid::kAnycompatible: return true;
    case type_oid::kAnynonarray: return !IsArrayType(actual);
    case type_oid::kAnyarray:
    case type_oid::kAnycompatibleArray: return IsArrayType(actual);
    default: return false;
  }
}

const FunctionInfo* Find(std::string_view name, const std::vector<Argument>& arguments) {
  std::vector<Oid> types;
  for (const Argument& argument : arguments) types.push_back(argument.type.oid);
  const FunctionInfo* found = Registry().FindFunction(name, types);
  if (found != nullptr) return found;
  for (const FunctionInfo* candidate : Registry().Functions(name)) {
    if (candidate->arguments.size() != types.size()) continue;
    bool fits = true;
    for (size_t i = 0; i < types.size(); ++i) fits &= candidate->arguments[i] == types[i] || Accepts(candidate->arguments[i], types[i]);
    if (fits) found = candidate;
  }
  return found;
}

// The second half of the values upside down behind a selection that restores the order.
Vector AsDictionary(const Vector& flat, uint32_t rows) {
  Vector turned(flat.type(), flat.physical(), std::max(rows, 1u));
  turned.set_shape(flat.shape());
  Selection selection(std::max(rows, 1u));
  for (uint32_t i = 0; i < rows; ++i) {
    turned.Append(flat, rows - 1 - i, 1, i);
    selection.Add(rows - 1 - i);
  }
  turned.Slice(selection, rows);
  return turned;
}

Oid ResultType(const FunctionInfo& function, const std::vector<Argument>& arguments) {
  const auto element = [&](bool array) -> Oid {
    for (size_t i = 0; i < function.arguments.size(); ++i) {
      const Oid declared = function.arguments[i], actual = arguments[i].type.oid;
      if (declared == type_oid::kAnyarray || declared == type_oid::kAnycompatibleArray) return array ? actual : GetType(actual).element;
    }
    for (size_t i = 0; i < function.arguments.size(); ++i) {
      const Oid declared = function.arguments[i], actual = arguments[i].type.oid;
      if (declared == type_oid::kAnyelement || declared == type_oid::kAnynonarray || declared == type_oid::kAnycompatible) return array ? GetType(actual).array : actual;
    }
    return kInvalidOid;
  };
  switch (function.result) {
    case type_oid::kAnyarray:
    case type_oid::kAnycompatibleArray: return element(true);
    case type_oid::kAnyelement:
    case type_oid::kAnycompatible: return element(false);
    default: return function.result;
  }
}
}  // namespace

const FunctionRegistry& Registry() {
  static const FunctionRegistry registry;
  return registry;
}

Vector ParseVector(SqlType type, const std::vector<const char*>& rows) {
  Vector vector(type, std::max<uint32_t>(static_cast<uint32_t>(rows.size()), 1));
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == nullptr) vector.SetNull(i); else GetType(type.oid).text_in(rows[i], type, Io(), vector, i);
  }
  if (type.oid == type_oid::kNumeric && type.typmod >= 0) return ToScaledNumeric(vector, type.typmod, static_cast<uint32_t>(rows.size()));
  return vector;
}

std::string ShowVector(const Vector& vector, uint32_t rows) {
  std::string out;
  for (uint32_t i = 0; i < rows; ++i) {
    if (i > 0) out += '|';
    if (vector.IsNull(i)) out += "NULL"; else GetType(vector.type().oid).text_out(vector, i, Io(), out);
  }
  return out;
}

std::string Call(std::string_view name, const std::vector<Argument>& arguments, Shape shape, SqlType result_type) {
  const FunctionInfo* function = Find(name, arguments);
  if (function == nullptr) return "no such function";
  const uint32_t rows = Rows(arguments);
  std::vector<Vector> vectors;
  std::vector<SqlType> types;
  bool constant = true;
  for (const Argument& argument : arguments) {
    Vector vector = ParseVector(argument.type, argument.rows);
    if (argument.rows.size() == 1) vector.SetKind(VectorKind::kConstant);
    else if (shape == Shape::kDictionary) vector = AsDictionary(vector, rows);
    constant &= vector.is_constant();
    vectors.push_back(std::move(vector));
    types.push_back(argument.type);
  }
  Vector result(result_type.oid != kInvalidOid ? result_type : SqlType(ResultType(*function, arguments)), rows);
  uint32_t valid = rows;
  if (function->strict) {
    for (uint32_t i = 0; i < rows; ++i) {
      bool null = false;
      for (const Vector& vector : vectors) null |= vector.IsNull(i);
      if (null) {
        result.SetNull(i);
        --valid;
      }
    }
  }
  FunctionContext context;
  context.io = &Io();
  context.function = function;
  context.result_type = result.type();
  context.argument_types = types;
  try {
    if (valid > 0) function->kernel(context, vectors, rows, result);
    return ShowVector(result, rows);
  } catch (const SqlError& error) {
    return "ERROR " + std::string(error.state().view()) + " " + error.message();
  }
}

std::string CallAllShapes(std::string_view name, const std::vector<Argument>& arguments) {
  const std::string flat = Call(name, arguments, Shape::kFlat);
  EXPECT_EQ(Call(name, arguments, Shape::kDictionary), flat) << name;
  return flat;
}

namespace {
class States {
 public:
  explicit States(const AggregateKernels& kernels) : kernels_(kernels) {}
  ~States() {
    for (auto& state : states_) {
      void* pointer = state.get();
      if (kernels_.destroy != nullptr) kernels_.destroy(&pointer, 1);
    }
  }
  void* Add() {
    states_.emplace_back(static_cast<unsigned char*>(::operator new[](std::max(kernels_.state_size, 16u), std::align_val_t(16))), Free);
    kernels_.initialize(states_.back().get());
    return states_.back().get();
  }

 private:
  static void Free(unsigned char* memory) { ::operator delete[](memory, std::align_val_t(16)); }
  const AggregateKernels& kernels_;
  std::vector<std::unique_ptr<unsigned char, void (*)(unsigned char*)>> states_;
};
}  // namespace

std::string Aggregate(std::string_view name, const std::vector<Argument>& arguments) {
  const FunctionInfo* function = Find(name, arguments);
  if (function == nullptr || function->aggregate == nullptr) return "no such aggregate";
  const AggregateKernels& kernels = *function->aggregate;
  std::vector<SqlType> types;
  for (const Argument& argument : arguments) types.push_back(argument.type);
  const uint32_t rows = arguments.empty() ? 3 : Rows(arguments);
  FunctionContext context;
  context.io = &Io();
  context.function = function;
  context.result_type = ResultType(*function, arguments);
  context.argument_types = types;
  std::vector<Vector> all;
  for (const Argument& argument : arguments) all.push_back(ParseVector(argument.type, argument.rows));

  const auto run = [&](uint32_t chunk, bool scatter, bool partial) -> std::string {
    States states(kernels);
    void* total = states.Add();
    try {
      for (uint32_t first = 0; first < rows; first += chunk) {
        Selection selection(kVectorSize);
        for (uint32_t i = first; i < std::min(rows, first + chunk); ++i) {
          bool skip = false;
          for (const Vector& vector : all) skip |= function->strict && vector.IsNull(i);
          if (!skip) selection.Add(i);
        }
        if (selection.size() == 0) continue;
        std::vector<Vector> slices;
        for (const Vector& vector : all) slices.push_back(vector.Sliced(selection, selection.size()));
        void* into = partial ? states.Add() : total;
        if (scatter) {
          std::vector<void*> targets(selection.size(), into);
          kernels.update(context, slices, selection.size(), targets.data());
        } else {
          kernels.update_one(context, slices, selection.size(), into);
        }
        if (partial) kernels.combine(context, &into, &total, 1);
      }
      Vector result(context.result_type, 1);
      kernels.finalize(context, &total, 1, result);
      return ShowVector(result, 1);
    } catch (const SqlError& error) {
      return "ERROR " + std::string(error.state().view()) + " " + error.message();
    }
  };
  const std::string answer = run(rows, false, false);
  EXPECT_EQ(run(rows, true, false), answer) << name << ": update and update_one differ";
  EXPECT_EQ(run(1, false, false), answer) << name << ": chunks differ";
  EXPECT_EQ(run(2, true, true), answer) << name << ": partial states differ";
  EXPECT_EQ(run(1, false, true), answer) << name << ": partial states differ";
  return answer;
}

}  // namespace gather::catalog

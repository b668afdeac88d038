#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>

#include "catalog/function.h"
#include "catalog/function_tables.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
// Functions that PostgreSQL does not have get OIDs from here up, in table order.
constexpr Oid kFirstOwnFunctionOid = 8000;

using TableFunction = FunctionTable (*)();
constexpr TableFunction kTables[] = {
    IntegerFunctions, FloatFunctions,   NumericFunctions, BooleanFunctions,  ByteaFunctions,  ArrayFunctions,  AggregateFunctions,  RecordFunctions, HashFunctions, WindowFunctions,
    StringFunctions,  PatternFunctions, FormatFunctions,  DateTimeFunctions, SeriesFunctions, SystemFunctions,
};

template <class Row>
void MoveRows(std::vector<Row>& from, std::vector<Row>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

uint64_t CastKey(Oid source, Oid target) { return uint64_t{source} << 32 | target; }
}  // namespace

struct FunctionRegistry::Index {
  boost::unordered_flat_map<std::string_view, std::vector<const FunctionInfo*>> functions_by_name;
  boost::unordered_flat_map<std::string_view, std::vector<const OperatorInfo*>> operators_by_name;
  boost::unordered_flat_map<Oid, const FunctionInfo*> functions_by_oid;
  boost::unordered_flat_map<Oid, const OperatorInfo*> operators_by_oid;
  boost::unordered_flat_map<const OperatorInfo*, const FunctionInfo*> function_of;
  boost::unordered_flat_map<uint64_t, const CastInfo*> casts;
};

FunctionRegistry::FunctionRegistry() : index_(std::make_unique<Index>()) {
  for (TableFunction table : kTables) {
    FunctionTable rows = table();
    MoveRows(rows.functions, functions_);
    MoveRows(rows.operators, operators_);
    MoveRows(rows.casts, casts_);
  }
  Oid next = kFirstOwnFunctionOid;
  for (FunctionInfo& function : functions_) {
    if (function.oid == 0) function.oid = next++;
    index_->functions_by_name[function.name].push_back(&function);
    if (!index_->functions_by_oid.emplace(function.oid, &function).second) {
      ThrowInternal(Format("two functions have OID %u: %s", function.oid, std::string(function.name).c_str()));
    }
  }
  for (OperatorInfo& op : operators_) {
    if (op.oid == 0) op.oid = next++;
    index_->operators_by_name[op.name].push_back(&op);
    if (!index_->operators_by_oid.emplace(op.oid, &op).second) {
      ThrowInternal(Format("two operators have OID %u: %s", op.oid, std::string(op.name).c_str()));
    }
    const Oid arguments[2] = {op.left, op.right};
    const size_t first = op.left == kInvalidOid ? 1 : 0;
    index_->function_of[&op] = FindFunction(op.function, std::span<const Oid>(arguments + first, 2 - first));
  }
  for (const CastInfo& cast : casts_) index_->casts[CastKey(cast.source, cast.target)] = &cast;
}

FunctionRegistry::~FunctionRegistry() = default;

std::span<const FunctionInfo* const> FunctionRegistry::Functions(std::string_view name) const {
  const auto found = index_->functions_by_name.find(name);
  if (found == index_->functions_by_name.end()) return {};
  return found->second;
}

std::span<const OperatorInfo* const> FunctionRegistry::Operators(std::string_view name) const {
  const auto found = index_->operators_by_name.find(name);
  if (found == index_->operators_by_name.end()) return {};
  return found->second;
}

const FunctionInfo* FunctionRegistry::FindFunction(Oid oid) const {
  const auto found = index_->functions_by_oid.find(oid);
  return found == index_->functions_by_oid.end() ? nullptr : found->second;
}

const OperatorInfo* FunctionRegistry::FindOperator(Oid oid) const {
  const auto found = index_->operators_by_oid.find(oid);
  return found == index_->operators_by_oid.end() ? nullptr : found->second;
}

const OperatorInfo* FunctionRegistry::FindOperator(std::string_view name, Oid left, Oid right) const {
  for (const OperatorInfo* op : Operators(name)) {
    if (op->left == left && op->right == right) return op;
  }
  return nullptr;
}

const FunctionInfo* FunctionRegistry::FindFunction(std::string_view name, std::span<const Oid> arguments) const {
  for (const FunctionInfo* function : Functions(name)) {
    if (std::equal(function->arguments.begin(), function->arguments.end(), arguments.begin(), arguments.end())) return function;
  }
  return nullptr;
}

const FunctionInfo* FunctionRegistry::FunctionOf(const OperatorInfo& op) const {
  const auto found = index_->function_of.find(&op);
  return found == index_->function_of.end() ? nullptr : found->second;
}

const CastInfo* FunctionRegistry::FindCast(Oid source, Oid target) const {
  const auto found = index_->casts.find(CastKey(source, target));
  return found == index_->casts.end() ? nullptr : found->second;
}

}  // namespace gather::catalog

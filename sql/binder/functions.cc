// Function calls (parse_func.c): candidates, named and defaulted arguments, VARIADIC, set-returning functions.
#include <algorithm>

#include "sql/binder/calls.h"

namespace gather::sql {

using namespace type_oid;
using catalog::FunctionInfo;
using catalog::FunctionKind;

ExprRef Binder::BindFuncCall(const ast::FuncCall& call, Scope& scope) {
  CallParts parts;
  parts.name = call.name;
  parts.call = &call;
  parts.location = call.location;
  parts.last_srf = scope.last_srf;
  for (const ast::Node* arg : call.args) {
    if (const auto* named = ast::TryAs<ast::NamedArgExpr>(arg)) {
      if (std::find(parts.argument_names.begin(), parts.argument_names.end(), named->name) != parts.argument_names.end()) {
        throw SqlError(sqlstate::kSyntaxError, Format("argument name \"%s\" used more than once", std::string(named->name).c_str())).At(named->location);
      }
      parts.arguments.push_back(BindExpression(named->arg, scope));
      parts.argument_names.emplace_back(named->name);
      continue;
    }
    ExprRef argument = BindExpression(arg, scope);
    if (!parts.argument_names.empty()) {
      throw SqlError(sqlstate::kSyntaxError, "positional argument cannot follow named argument").At(LocationOf(*argument));
    }
    parts.arguments.push_back(std::move(argument));
  }
  if (call.agg_within_group) {
    for (const ast::SortBy* sort : call.agg_order) parts.arguments.push_back(BindExpression(sort->node, scope, ExprPlace::kOrderBy));
  }
  if (call.agg_filter != nullptr) parts.filter = CoerceToBoolean(BindExpression(call.agg_filter, scope, ExprPlace::kFilter), "FILTER");
  for (const ExprRef& argument : parts.arguments) parts.types.push_back(argument->type.oid);
  return CallFunction(parts, scope);
}

ExprRef Binder::BuiltinCall(std::string_view name, std::vector<ExprRef> arguments, Scope& scope, int location) {
  CallParts parts;
  const ast::Text text = name;
  parts.name = {&text, 1};
  parts.location = location;
  parts.last_srf = scope.last_srf;
  parts.arguments = std::move(arguments);
  for (const ExprRef& argument : parts.arguments) parts.types.push_back(argument->type.oid);
  return CallFunction(parts, scope);
}

namespace {

// Named notation: the declared position of every argument, then of the defaults; false when the names do not fit.
bool MatchNames(const FunctionInfo& function, size_t given, const std::vector<std::string>& names, std::vector<size_t>* positions) {
  const size_t declared = function.arguments.size();
  const size_t positional = given - names.size();
  std::vector<bool> used(declared, false);
  for (size_t i = 0; i < positional; ++i) {
    if (i >= declared) return false;
    used[i] = true;
    positions->push_back(i);
  }
  for (const std::string& name : names) {
    size_t at = declared;
    for (size_t i = 0; i < declared && i < function.argument_names.size(); ++i) {
      if (function.argument_names[i] == name) at = i;
    }
    if (at == declared || used[at]) return false;
    used[at] = true;
    positions->push_back(at);
  }
  for (size_t i = 0; i < declared; ++i) {
    if (used[i]) continue;
    if (i + function.defaults.size() < declared) return false;
    positions->push_back(i);
  }
  return true;
}

// Two candidates that the call cannot tell apart: the one without VARIADIC wins, else it is ambiguous.
void AddCandidate(std::vector<Candidate>& candidates, Candidate added) {
  const size_t compared = added.arguments.size() - added.defaults;
  for (Candidate& earlier : candidates) {
    if (earlier.arguments.size() - earlier.defaults != compared) continue;
    if (!std::equal(added.arguments.begin(), added.arguments.begin() + static_cast<ptrdiff_t>(compared), earlier.arguments.begin())) continue;
    if (added.variadic > 0 && earlier.variadic == 0) return;
    if (added.variadic == 0 && earlier.variadic > 0) {
      earlier = std::move(added);
    } else if (added.defaults != earlier.defaults) {
      if (added.defaults < earlier.defaults) earlier = std::move(added);
    } else {
      earlier.ambiguous = true;
    }
    return;
  }
  candidates.push_back(std::move(added));
}

}  // namespace

std::vector<Candidate> Binder::FunctionCandidates(const CallParts& parts) {
  std::vector<Candidate> candidates;
  bool in_information_schema = false;
  if (parts.name.size() > 1) {
    const std::string_view schema = parts.name[parts.name.size() - 2];
    if (catalog_.FindSchema(schema) == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", std::string(schema).c_str())).At(parts.location);
    }
    in_information_schema = schema == "information_schema";
    if (schema != "pg_catalog" && !in_information_schema) return candidates;
  }
  const size_t given = parts.types.size();
  const bool expand = !parts.variadic();
  for (const FunctionInfo* function : functions_.Functions(parts.name.back())) {
    if (function->in_information_schema != in_information_schema) continue;
    const size_t declared = function->arguments.size();
    Candidate candidate;
    candidate.function = function;
    bool variadic = false;
    if (!parts.argument_names.empty()) {
      if (function->variadic != kInvalidOid && expand) continue;
      if (declared < given || declared - given > function->defaults.size()) continue;
      if (!MatchNames(*function, given, parts.argument_names, &candidate.positions)) continue;
    } else {
      variadic = function->variadic != kInvalidOid && expand && declared <= given;
      if (declared > given && declared - given > function->defaults.size()) continue;
      if (declared < given && !variadic) continue;
    }
    candidate.defaults = declared > given ? declared - given : 0;
    if (!candidate.positions.empty()) {
      for (const size_t position : candidate.positions) candidate.arguments.push_back(function->arguments[position]);
    } else {
      candidate.arguments = function->arguments;
    }
    if (variadic) {
      candidate.variadic = given - declared + 1;
      candidate.arguments.resize(given);
      std::fill(candidate.arguments.begin() + static_cast<ptrdiff_t>(declared) - 1, candidate.arguments.end(), function->variadic);
    }
    AddCandidate(candidates, std::move(candidate));
  }
  return candidates;
}

ExprRef Binder::BindArgumentDefault(std::string_view sql_text, Oid type) {
  const std::vector<ParsedStatement> parsed = Parse("SELECT " + std::string(sql_text));
  const auto& select = ast::As<ast::SelectStmt>(*parsed.at(0).node);
  Query scratch;
  Scope scope;
  scope.query = &scratch;
  ExprRef value = BindExpression(select.target_list[0]->value, scope, ExprPlace::kOther);
  ExprRef coerced = CoerceToTarget(std::move(value), type, CoercionContext::kAssignment, CastForm::kImplicit);
  if (coerced == nullptr) ThrowInternal("the default of an argument does not fit its type");
  return coerced;
}

void Binder::CheckSrfPlacement(const Expr* last_srf, Scope& scope, int location) {
  const char* message = nullptr;
  bool keyword = false;
  switch (scope.place) {
    case ExprPlace::kOther: case ExprPlace::kCallArgument: break;
    case ExprPlace::kJoinOn: case ExprPlace::kJoinUsing: message = "set-returning functions are not allowed in JOIN conditions"; break;
    case ExprPlace::kFromFunction:
      if (scope.last_srf != last_srf) {
        throw SqlError(sqlstate::kFeatureNotSupported, "set-returning functions must appear at top level of FROM").At(LocationOf(*scope.last_srf));
      }
      break;
    case ExprPlace::kWindowPartition: case ExprPlace::kWindowOrder: case ExprPlace::kSelectTarget: case ExprPlace::kInsertTarget:
    case ExprPlace::kGroupBy: case ExprPlace::kOrderBy: case ExprPlace::kDistinctOn: case ExprPlace::kValuesSingle: scope.has_set_functions = true; break;
    case ExprPlace::kWindowRange: case ExprPlace::kWindowRows: case ExprPlace::kWindowGroups:
      message = "set-returning functions are not allowed in window definitions";
      break;
    case ExprPlace::kCheckConstraint: message = "set-returning functions are not allowed in check constraints"; break;
    case ExprPlace::kColumnDefault: message = "set-returning functions are not allowed in DEFAULT expressions"; break;
    case ExprPlace::kIndexExpression: message = "set-returning functions are not allowed in index expressions"; break;
    case ExprPlace::kIndexPredicate: message = "set-returning functions are not allowed in index predicates"; break;
    case ExprPlace::kAlterTransform: message = "set-returning functions are not allowed in transform expressions"; break;
    case ExprPlace::kExecuteParameter: message = "set-returning functions are not allowed in EXECUTE parameters"; break;
    case ExprPlace::kCopyWhere: message = "set-returning functions are not allowed in COPY FROM WHERE conditions"; break;
    case ExprPlace::kGeneratedColumn: message = "set-returning functions are not allowed in column generation expressions"; break;
    case ExprPlace::kMergeWhen: message = "set-returning functions are not allowed in MERGE WHEN conditions"; break;
    default: keyword = true; break;
  }
  if (message != nullptr) throw SqlError(sqlstate::kFeatureNotSupported, message).At(location);
  if (keyword) {
    throw SqlError(sqlstate::kFeatureNotSupported, Format("set-returning functions are not allowed in %s", PlaceName(scope.place))).At(location);
  }
}

namespace {

[[noreturn]] void ThrowNotAggregate(const std::string& what, const std::string& name, int location) {
  throw SqlError(sqlstate::kWrongObjectType, what + " specified, but " + name + " is not an aggregate function").At(location);
}

}  // namespace

ExprRef Binder::CallFunction(CallParts& parts, Scope& scope) {
  constexpr size_t kMaxArguments = 100;
  if (parts.arguments.size() > kMaxArguments) {
    throw SqlError(SqlState{"54023"}, "cannot pass more than 100 arguments to a function").At(parts.location);
  }
  const std::vector<Candidate> candidates = FunctionCandidates(parts);
  const Candidate* chosen = nullptr;
  for (const Candidate& candidate : candidates) {
    if (candidate.arguments.size() >= parts.types.size() && std::equal(parts.types.begin(), parts.types.end(), candidate.arguments.begin())) {
      chosen = &candidate;
      break;
    }
  }
  Choice choice = chosen == nullptr ? Choice::kNone : chosen->ambiguous ? Choice::kMany : Choice::kOne;
  if (chosen == nullptr) {
    // typename(value) may be a cast.
    const bool unqualified = parts.name.size() == 1 || (parts.name.size() == 2 && parts.name[0] == "pg_catalog");
    const TypeInfo* type = parts.types.size() == 1 && parts.argument_names.empty() && unqualified && parts.call != nullptr ? FindType(parts.name.back()) : nullptr;
    if (type != nullptr && type->kind != 'p') {
      const ExprRef& argument = parts.arguments[0];
      bool coercion = argument->type.oid == kUnknown && argument->kind == ExprKind::kConstant;
      if (!coercion) {
        const CoercionPath path = rules_.FindPathway(type->oid, argument->type.oid, CoercionContext::kExplicit).path;
        coercion = path == CoercionPath::kRelabel || (path == CoercionPath::kIo && !(argument->type.oid == kRecord && type->category == 'S'));
      }
      if (coercion && !parts.star() && !parts.distinct() && parts.over() == nullptr && parts.filter == nullptr) {
        return CoerceType(argument, type->oid, CoercionContext::kExplicit, CastForm::kCall, parts.location);
      }
    }
    choice = ChooseCandidate(rules_, parts.types, candidates, &chosen);
  }
  if (choice == Choice::kMany) {
    throw SqlError(sqlstate::kAmbiguousFunction, "function " + parts.Signature() + " is not unique")
        .Hint("Could not choose a best candidate function. You might need to add explicit type casts.")
        .At(parts.location);
  }
  if (choice == Choice::kNone) {
    const bool misplaced = parts.call != nullptr && parts.call->agg_order.size() > 1 && !parts.within_group();
    throw SqlError(sqlstate::kUndefinedFunction, "function " + parts.Signature() + " does not exist")
        .Hint(misplaced ? "No aggregate function matches the given name and argument types. Perhaps you misplaced ORDER BY; ORDER BY must appear "
                          "after all regular arguments of the aggregate."
                        : "No function matches the given name and argument types. You might need to add explicit type casts.")
        .At(parts.location);
  }

  const FunctionInfo& function = *chosen->function;
  if (function.kind == FunctionKind::kProcedure) {
    throw SqlError(sqlstate::kWrongObjectType, parts.Signature() + " is a procedure").Hint("To call a procedure, use CALL.").At(parts.location);
  }
  if (function.kind == FunctionKind::kScalar) {
    const std::string name = parts.Name();
    if (parts.star()) throw SqlError(sqlstate::kWrongObjectType, name + "(*) specified, but " + name + " is not an aggregate function").At(parts.location);
    if (parts.distinct()) ThrowNotAggregate("DISTINCT", name, parts.location);
    if (parts.within_group()) ThrowNotAggregate("WITHIN GROUP", name, parts.location);
    if (parts.call != nullptr && !parts.call->agg_order.empty()) ThrowNotAggregate("ORDER BY", name, parts.location);
    if (parts.filter != nullptr) ThrowNotAggregate("FILTER", name, parts.location);
    if (parts.over() != nullptr) {
      throw SqlError(sqlstate::kWrongObjectType, "OVER specified, but " + name + " is not a window function nor an aggregate function").At(parts.location);
    }
  }

  // Defaults join the arguments, polymorphic types are settled, arguments cast.
  Candidate resolved = *chosen;
  const size_t given = parts.arguments.size();
  for (size_t i = given; i < resolved.arguments.size(); ++i) {
    const size_t position = resolved.positions.empty() ? i : resolved.positions[i];
    const std::string_view text = function.defaults[position + function.defaults.size() - function.arguments.size()];
    ExprRef value = BindArgumentDefault(text, function.arguments[position]);
    parts.types.push_back(value->type.oid);
    parts.arguments.push_back(std::move(value));
  }
  Oid result = function.result;
  try {
    result = rules_.ResolvePolymorphic(parts.types, resolved.arguments, function.result);
  } catch (SqlError& error) {
    error.SetOffsetIfUnset(parts.location);
    throw;
  }
  for (size_t i = 0; i < parts.arguments.size(); ++i) {
    ExprRef& argument = parts.arguments[i];
    if (resolved.arguments[i] == kAny) {
      // A literal handed to "any" stays of type unknown; a parameter must become something.
      if (argument->kind == ExprKind::kParameter) argument = ResolveUnknown(std::move(argument));
      continue;
    }
    argument = CoerceType(std::move(argument), resolved.arguments[i], CoercionContext::kImplicit, CastForm::kImplicit);
  }
  bool variadic_array = parts.variadic() && function.variadic != kInvalidOid;
  if (resolved.variadic > 0 && function.variadic != kAny) {
    const size_t fixed = parts.arguments.size() - resolved.variadic;
    ExprPtr array = NewExpr(ExprKind::kArray, TypeRules::ArrayType(parts.arguments[fixed]->type.oid), LocationOf(*parts.arguments[fixed]));
    array->children.assign(parts.arguments.begin() + static_cast<ptrdiff_t>(fixed), parts.arguments.end());
    parts.arguments.resize(fixed);
    parts.arguments.push_back(array);
    variadic_array = true;
  }
  if (function.variadic == kAny && parts.variadic() && TypeRules::ElementType(parts.types.back()) == kInvalidOid) {
    throw SqlError(sqlstate::kDatatypeMismatch, "VARIADIC argument must be an array").At(LocationOf(*parts.arguments.back()));
  }
  if (!resolved.positions.empty()) {
    std::vector<ExprRef> ordered(parts.arguments.size());
    for (size_t i = 0; i < parts.arguments.size(); ++i) ordered[resolved.positions[i]] = std::move(parts.arguments[i]);
    parts.arguments = std::move(ordered);
  }
  if (function.returns_set) CheckSrfPlacement(parts.last_srf, scope, parts.location);

  if (function.kind == FunctionKind::kAggregate && parts.over() == nullptr) return MakeAggregate(parts, resolved, result, scope);
  if (function.kind != FunctionKind::kScalar) return MakeWindow(parts, resolved, result, scope);

  ExprPtr expr = NewExpr(function.returns_set ? ExprKind::kSetFunction : ExprKind::kFunction, result, parts.location);
  expr->function = &function;
  expr->any = variadic_array;
  expr->sql_syntax = parts.call != nullptr && parts.call->form == ast::CallForm::kSqlSyntax;
  expr->children = std::move(parts.arguments);
  if (function.returns_set) {
    scope.last_srf = expr.get();
    set_functions_.push_back(expr);
  }
  return expr;
}

}  // namespace gather::sql

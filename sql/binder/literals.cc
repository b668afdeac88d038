// Constants, parameters and the CURRENT_… keywords.
#include <charconv>

#include "sql/binder/binder.h"
#include "types/numeric.h"

namespace gather::sql {

using namespace type_oid;

ExprRef Binder::BindConstant(const ast::AConst& constant) {
  using Kind = ast::AConst::Kind;
  switch (constant.kind) {
    case Kind::kNull: return NullConstant(kUnknown, constant.location);
    case Kind::kInteger: return MakeConstant(Datum::Int4(constant.integer), constant.location);
    case Kind::kBoolean: return MakeConstant(Datum::Bool(constant.boolean), constant.location);
    case Kind::kString: return MakeConstant(Datum::String(kUnknown, constant.text), constant.location);
    case Kind::kFloat: {
      // Integers too large for int4 come as text too; so does -2147483648, which the grammar negates after reading its digits.
      int64_t value = 0;
      const char* end = constant.text.data() + constant.text.size();
      const auto [rest, error] = std::from_chars(constant.text.data(), end, value);
      if (error == std::errc() && rest == end) {
        const auto narrow = static_cast<int32_t>(value);
        return MakeConstant(narrow == value ? Datum::Int4(narrow) : Datum::Int8(value), constant.location);
      }
      return MakeConstant(Datum::String(kNumeric, ParseNumeric(constant.text, -1)), constant.location);
    }
    case Kind::kBitString: throw SqlError(sqlstate::kFeatureNotSupported, "type bit is not supported").At(constant.location);
  }
  ThrowInternal("unexpected constant");
}

ExprRef Binder::InputConstant(const Expr& unknown, SqlType target) {
  const TypeInfo& type = GetType(target.oid);
  // Lengths are enforced by a cast on top; only interval needs its fields to be read at all.
  const SqlType input(target.oid, target.oid == kInterval ? target.typmod : -1);
  ExprPtr constant = NewExpr(ExprKind::kConstant, input, unknown.location);
  if (unknown.constant.is_null) {
    constant->constant = Datum::Null(input);
    return constant;
  }
  if (type.physical == PhysicalType::kString && (target.oid == kText || target.oid == kVarchar)) {
    constant->constant = Datum::String(input, unknown.constant.bytes);
    return constant;
  }
  if (type.text_in == nullptr) {
    throw SqlError(sqlstate::kFeatureNotSupported, "cannot accept a value of type " + FormatType(SqlType(target.oid))).At(unknown.location);
  }
  try {
    Vector value(input, 1);
    type.text_in(unknown.constant.bytes, input, *context_.io, value, 0);
    constant->constant = value.Get(0);
  } catch (SqlError& error) {
    error.SetOffsetIfUnset(unknown.location);
    throw;
  }
  return constant;
}

ExprRef Binder::BindParameter(const ast::ParamRef& parameter) {
  constexpr int kMaxParameters = 65535;
  const auto number = static_cast<size_t>(parameter.number);
  const bool known = number >= 1 && number <= context_.parameter_types.size();
  if (!known && (!context_.variable_parameters || parameter.number < 1 || parameter.number > kMaxParameters)) {
    throw SqlError(sqlstate::kUndefinedParameter, Format("there is no parameter $%d", parameter.number)).At(parameter.location);
  }
  if (!known) context_.parameter_types.resize(number, kInvalidOid);
  Oid& type = context_.parameter_types[number - 1];
  // A driver may declare "unknown": as good as undeclared.
  if (type == kUnknown) type = kInvalidOid;
  ExprPtr expr = NewExpr(ExprKind::kParameter, SqlType(type == kInvalidOid ? kUnknown : type), parameter.location);
  expr->index = static_cast<uint32_t>(number - 1);
  return expr;
}

ExprRef Binder::CoerceParameter(const ExprRef& parameter, SqlType target, int location) {
  Oid& type = context_.parameter_types[parameter->index];
  if (type == kInvalidOid) {
    type = target.oid;
  } else if (type != target.oid) {
    throw SqlError(sqlstate::kAmbiguousParameter, Format("inconsistent types deduced for parameter $%u", parameter->index + 1))
        .Detail(FormatType(SqlType(type)) + " versus " + FormatType(SqlType(target.oid)))
        .At(parameter->location);
  }
  ExprPtr typed = NewExpr(ExprKind::kParameter, SqlType(target.oid), parameter->location);
  typed->index = parameter->index;
  if (location >= 0 && (typed->location < 0 || location < typed->location)) typed->location = location;
  return typed;
}

void Binder::FinishParameters() {
  for (size_t i = 0; i < context_.parameter_types.size(); ++i) {
    if (context_.parameter_types[i] == kInvalidOid) {
      throw SqlError(sqlstate::kIndeterminateDatatype, Format("could not determine data type of parameter $%zu", i + 1));
    }
  }
}

namespace {

struct Keyword {
  const char* shown;
  const char* function;
  Oid cast;                                            // the function's result is cast to it; 0: not
};

Keyword KeywordOf(ast::SqlValueFunctionKind kind) {
  using Kind = ast::SqlValueFunctionKind;
  switch (kind) {
    case Kind::kCurrentDate: return {"CURRENT_DATE", "now", kDate};
    case Kind::kCurrentTime: case Kind::kCurrentTimeN: return {"CURRENT_TIME", "now", kTimetz};
    case Kind::kCurrentTimestamp: case Kind::kCurrentTimestampN: return {"CURRENT_TIMESTAMP", "now", 0};
    case Kind::kLocaltime: case Kind::kLocaltimeN: return {"LOCALTIME", "now", kTime};
    case Kind::kLocaltimestamp: case Kind::kLocaltimestampN: return {"LOCALTIMESTAMP", "now", kTimestamp};
    case Kind::kCurrentRole: return {"CURRENT_ROLE", "current_user", 0};
    case Kind::kCurrentUser: return {"CURRENT_USER", "current_user", 0};
    case Kind::kUser: return {"USER", "current_user", 0};
    case Kind::kSessionUser: return {"SESSION_USER", "session_user", 0};
    case Kind::kCurrentCatalog: return {"CURRENT_CATALOG", "current_database", 0};
    case Kind::kCurrentSchema: return {"CURRENT_SCHEMA", "current_schema", 0};
  }
  ThrowInternal("unexpected SQL value function");
}

}  // namespace

ExprRef Binder::BindSqlValueFunction(const ast::SqlValueFunction& function) {
  const Keyword keyword = KeywordOf(function.kind);
  const catalog::FunctionInfo* info = functions_.FindFunction(keyword.function, std::span<const Oid>());
  if (info == nullptr) ThrowInternal(Format("function %s() is missing", keyword.function));
  ExprPtr call = NewExpr(ExprKind::kFunction, info->result, function.location);
  call->function = info;
  ExprRef expr = call;
  if (keyword.cast != kInvalidOid) {
    expr = CoerceType(expr, keyword.cast, CoercionContext::kExplicit, CastForm::kExplicit, function.location);
  }
  std::string shown = keyword.shown;
  if (function.typmod >= 0) {
    expr = CoerceTypmod(expr, SqlType(expr->type.oid, function.typmod), CoercionContext::kExplicit, CastForm::kExplicit, function.location, false);
    shown += Format("(%d)", function.typmod);
  }
  auto named = std::make_shared<Expr>(*expr);
  named->sql_syntax = true;
  named->name = std::move(shown);
  return named;
}

}  // namespace gather::sql

// Functions in FROM: ROWS FROM, WITH ORDINALITY, column definition lists.
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

bool IsPlainUnnest(const ast::FuncCall& call) {
  const bool named = call.name.size() == 1 && call.name[0] == "unnest";
  return named && call.args.size() > 1 && call.agg_order.empty() && call.agg_filter == nullptr && call.over == nullptr && !call.agg_star &&
         !call.agg_distinct && !call.variadic;
}

// The name of the one output column of a function that returns a plain value.
std::string ScalarColumnName(const Expr& call, const std::string& function_name, const ast::Alias* alias, bool only) {
  if (call.function != nullptr && call.function->out_columns.size() == 1 && call.function->argument_names.size() > call.function->arguments.size()) {
    return std::string(call.function->argument_names[call.function->arguments.size()]);
  }
  return only && alias != nullptr ? std::string(alias->name) : function_name;
}

}  // namespace

Binder::FromResult Binder::BindRangeFunction(const ast::RangeFunction& node, Scope& scope) {
  const bool saved = scope.lateral_active;
  scope.lateral_active = true;
  const PlaceScope place(scope, ExprPlace::kFromFunction);

  Relation relation;
  relation.kind = RelationKind::kFunction;
  relation.with_ordinality = node.ordinality;
  std::vector<std::string> function_names;
  std::vector<ast::List<ast::ColumnDef>> definitions;
  for (const ast::RangeFunctionItem* item : node.functions) {
    const auto add = [&](ExprRef call) {
      relation.functions.push_back(std::move(call));
      function_names.push_back(FigureColumnName(item->function));
      definitions.push_back(item->columns.empty() ? node.columns : item->columns);
    };
    const auto* call = ast::TryAs<ast::FuncCall>(item->function);
    if (call != nullptr && IsPlainUnnest(*call) && item->columns.empty()) {
      for (const ast::Node* arg : call->args) add(BuiltinCall("unnest", {BindExpression(arg, scope)}, scope, call->location));
      continue;
    }
    const Expr* before = scope.last_srf;
    ExprRef bound = BindExpression(item->function, scope);
    if (scope.last_srf != before && scope.last_srf != bound.get()) {
      throw SqlError(sqlstate::kFeatureNotSupported, "set-returning functions must appear at top level of FROM").At(LocationOf(*scope.last_srf));
    }
    add(ResolveUnknown(std::move(bound)));
  }
  scope.lateral_active = saved;
  relation.lateral = node.lateral;
  for (const ExprRef& call : relation.functions) relation.lateral = relation.lateral || UsesLevel(call, scope.level);

  const bool single = relation.functions.size() == 1;
  relation.alias = node.alias != nullptr ? std::string(node.alias->name) : function_names[0];
  bool scalar = single;
  for (size_t i = 0; i < relation.functions.size(); ++i) {
    const Expr& call = *relation.functions[i];
    const bool record = call.type.oid == kRecord;
    const std::vector<Oid>* columns = call.function != nullptr && (record || call.function->out_columns.size() > 1) ? &call.function->out_columns : nullptr;
    if (!definitions[i].empty()) {
      if (columns != nullptr && !columns->empty()) {
        throw SqlError(sqlstate::kSyntaxError, "a column definition list is redundant for a function with OUT parameters").At(definitions[i][0]->location);
      }
      if (!record) {
        throw SqlError(sqlstate::kSyntaxError, "a column definition list is only allowed for functions returning \"record\"").At(definitions[i][0]->location);
      }
      for (const ast::ColumnDef* column : definitions[i]) {
        relation.column_names.emplace_back(column->name);
        relation.column_types.push_back(ResolveType(*column->type_name));
      }
      scalar = false;
    } else if (columns != nullptr && !columns->empty()) {
      for (size_t c = 0; c < columns->size(); ++c) {
        const size_t name = call.function->arguments.size() + c;
        relation.column_names.push_back(name < call.function->argument_names.size() ? std::string(call.function->argument_names[name])
                                                                                     : Format("column%zu", c + 1));
        relation.column_types.push_back(OutColumnType(call, c));
      }
      scalar = false;
    } else if (record) {
      throw SqlError(sqlstate::kSyntaxError, "a column definition list is required for functions returning \"record\"").At(LocationOf(call));
    } else {
      relation.column_names.push_back(ScalarColumnName(call, function_names[i], node.alias, single));
      relation.column_types.push_back(call.type);
    }
  }
  if (node.ordinality) {
    relation.column_names.emplace_back("ordinality");
    relation.column_types.emplace_back(kInt8);
    scalar = false;
  }
  relation.id = NewRelId(scope);
  FromResult result = AddRelation(std::move(relation), node.alias, scope);
  result.names[0]->scalar_function = scalar;
  return result;
}

}  // namespace gather::sql

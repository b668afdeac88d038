#include <algorithm>

#include "sql/deparse/deparser.h"
#include "types/error.h"
#include "types/quote.h"
#include "types/stack_depth.h"

namespace gather::sql {

namespace {

constexpr int kIndentStandard = 8, kIndentJoin = 4, kIndentVar = 4, kIndentLimit = 40;

// SELECT * FROM (VALUES …) as the grammar makes of a bare VALUES.
const Relation* SimpleValues(const Query& query) {
  if (query.relations.size() != 1 || query.relations[0].kind != RelationKind::kValues || query.from.size() != 1 || query.where != nullptr ||
      query.has_aggregates || query.distinct || !query.distinct_on.empty()) {
    return nullptr;
  }
  const Relation& values = query.relations[0];
  if (query.targets.size() != values.column_names.size() || values.alias != "*VALUES*") return nullptr;
  for (size_t i = 0; i < query.targets.size(); ++i) {
    const Target& target = query.targets[i];
    if (target.junk || target.expression->kind != ExprKind::kColumn || target.expression->index != i || target.name != values.column_names[i]) return nullptr;
  }
  return &values;
}

}  // namespace

void Deparser::Keyword(const char* word, int indent_before, int indent_after, int indent_plus) {
  if (!pretty_indent_) {
    text_ += word;
    return;
  }
  indent_ += indent_before;
  while (!text_.empty() && text_.back() == ' ') text_.pop_back();
  text_ += '\n';
  int amount = std::max(indent_, 0) + indent_plus;
  if (indent_ >= kIndentLimit) amount = (kIndentLimit + (indent_ - kIndentLimit) / (kIndentStandard / 2)) % kIndentLimit + indent_plus;
  text_.append(static_cast<size_t>(amount), ' ');
  text_ += word;
  indent_ = std::max(indent_ + indent_after, 0);
}

std::string Deparser::RelationName(const catalog::RelationEntry& relation) const {
  // Bare when the search path finds it and no WITH item hides it.
  const bool hidden = std::any_of(ctes_.begin(), ctes_.end(), [&](const Cte* cte) { return cte->name == relation.name; });
  const catalog::RelationRef found = context_.catalog->FindRelation(context_.search_path, relation.name);
  if (!hidden && found != nullptr && found->oid == relation.oid) return QuoteIdentifier(relation.name);
  const catalog::SchemaEntry* schema = context_.catalog->FindSchema(relation.schema);
  return (schema == nullptr ? std::string() : QuoteIdentifier(schema->name) + ".") + QuoteIdentifier(relation.name);
}

const Relation* Deparser::FindRelation(RelId id) const {
  for (const Query* level : levels_) {
    if (const Relation* relation = level->FindRelation(id)) return relation;
  }
  return nullptr;
}

void Deparser::NameRelations(const Query& query, std::vector<std::string>* added) {
  for (const Relation& relation : query.relations) {
    std::string name = relation.alias;
    for (int i = 1; std::find(used_names_.begin(), used_names_.end(), name) != used_names_.end(); ++i) name = relation.alias + "_" + std::to_string(i);
    used_names_.push_back(name);
    added->push_back(name);
    names_[relation.id.value] = name;
  }
}

void Deparser::WholeQuery(const Query& query, bool column_names_visible, const std::vector<std::string>* names) {
  CheckStackDepth();
  const int saved_indent = indent_;
  const size_t saved_names = used_names_.size(), saved_ctes = ctes_.size();
  std::vector<std::string> added;
  NameRelations(query, &added);
  levels_.push_back(&query);
  for (const Cte& cte : query.ctes) ctes_.push_back(&cte);
  With(query);
  const bool set_operation = query.set_operation != SetOperation::kNone;
  if (set_operation) {
    SetOperationOf(query, column_names_visible, names);
  } else {
    BasicSelect(query, column_names_visible, names);
  }
  if (!query.order_by.empty()) {
    Keyword(" ORDER BY ", -kIndentStandard, kIndentStandard, 1);
    for (size_t i = 0; i < query.order_by.size(); ++i) {
      if (i > 0) text_ += ", ";
      const SortClause& clause = query.order_by[i];
      SortTarget(query, query.targets[clause.target].expression, clause.target, set_operation);
      SortOrderOf(clause.order);
    }
  }
  if (query.offset != nullptr) {
    Keyword(" OFFSET ", -kIndentStandard, kIndentStandard, 0);
    Expression(*query.offset, false);
  }
  if (query.limit != nullptr) {
    if (query.with_ties) {
      Keyword(" FETCH FIRST ", -kIndentStandard, kIndentStandard, 0);
      text_ += '(';
      Expression(*query.limit, false);
      text_ += ") ROWS WITH TIES";
    } else {
      Keyword(" LIMIT ", -kIndentStandard, kIndentStandard, 0);
      Expression(*query.limit, false);
    }
  }
  for (const RowLock& lock : query.locks) {
    constexpr const char* kStrengths[] = {" FOR KEY SHARE", " FOR SHARE", " FOR NO KEY UPDATE", " FOR UPDATE"};
    Keyword(kStrengths[static_cast<size_t>(lock.strength)], -kIndentStandard, kIndentStandard, 0);
    text_ += " OF " + QuoteIdentifier(names_[lock.relation.value]);
    if (lock.wait == RowLock::Wait::kError) text_ += " NOWAIT";
    if (lock.wait == RowLock::Wait::kSkip) text_ += " SKIP LOCKED";
  }
  levels_.pop_back();
  used_names_.resize(saved_names);
  ctes_.resize(saved_ctes);
  indent_ = saved_indent;
}

void Deparser::With(const Query& query) {
  if (query.ctes.empty()) return;
  if (pretty_indent_) {
    indent_ += kIndentStandard;
    text_ += ' ';
  }
  const bool recursive = std::any_of(query.ctes.begin(), query.ctes.end(), [](const Cte& cte) { return cte.recursive; });
  const char* separator = recursive ? "WITH RECURSIVE " : "WITH ";
  for (const Cte& cte : query.ctes) {
    text_ += separator + QuoteIdentifier(cte.name);
    for (size_t i = 0; i < cte.column_names.size(); ++i) text_ += (i == 0 ? "(" : ", ") + QuoteIdentifier(cte.column_names[i]);
    if (!cte.column_names.empty()) text_ += ')';
    text_ += " AS ";
    if (cte.materialized.has_value()) text_ += *cte.materialized ? "MATERIALIZED " : "NOT MATERIALIZED ";
    text_ += '(';
    if (pretty_indent_) Keyword("", 0, 0, 0);
    WholeQuery(*cte.query, true);
    if (pretty_indent_) Keyword("", 0, 0, 0);
    text_ += ')';
    separator = ", ";
  }
  if (pretty_indent_) {
    indent_ -= kIndentStandard;
    Keyword("", 0, 0, 0);
  } else {
    text_ += ' ';
  }
}

void Deparser::Values(const Relation& relation) {
  text_ += "VALUES ";
  for (size_t row = 0; row < relation.rows.size(); ++row) {
    text_ += row == 0 ? "(" : ", (";
    for (size_t i = 0; i < relation.rows[row].size(); ++i) {
      if (i > 0) text_ += ',';
      Expression(*relation.rows[row][i], false);
    }
    text_ += ')';
  }
}

void Deparser::SortTarget(const Query& query, const ExprRef& expr, uint32_t target, bool force_number) {
  if (force_number) {
    int number = 0;
    for (uint32_t i = 0; i <= target; ++i) number += !query.targets[i].junk;
    text_ += std::to_string(number);
  } else if (expr->kind == ExprKind::kConstant) {
    Constant(*expr, 1);
  } else if (expr->kind == ExprKind::kColumn) {
    Expression(*expr, true);
  } else {
    const bool call = (expr->kind == ExprKind::kFunction && expr->op == nullptr) || expr->kind == ExprKind::kSetFunction || expr->kind == ExprKind::kAggregate ||
                      expr->kind == ExprKind::kWindow;
    const bool parentheses = pretty_paren_ || call;
    if (parentheses) text_ += '(';
    Expression(*expr, true);
    if (parentheses) text_ += ')';
  }
}

void Deparser::Targets(const std::vector<Target>& targets, bool column_names_visible, const std::vector<std::string>* names) {
  const char* separator = " ";
  int number = 0;
  for (const Target& target : targets) {
    if (target.junk) continue;
    text_ += separator;
    separator = ", ";
    ++number;
    // Printed apart first: where the line breaks depends on what comes.
    std::string before = std::move(text_);
    text_.clear();
    Expression(*target.expression, true);
    const Expr& expr = *target.expression;
    const bool column = expr.kind == ExprKind::kColumn;
    const std::string& shown = names != nullptr && static_cast<size_t>(number) <= names->size() ? (*names)[static_cast<size_t>(number) - 1] : target.name;
    const bool same = column ? expr.name == shown : !column_names_visible && shown == "?column?";
    if (!same) text_ += " AS " + QuoteIdentifier(shown);
    std::string printed = std::move(text_);
    text_ = std::move(before);
    if (pretty_indent_) {
      if (!printed.empty() && printed[0] == '\n') {
        while (!text_.empty() && text_.back() == ' ') text_.pop_back();
      } else if (number > 1) {
        Keyword("", -kIndentStandard, kIndentStandard, kIndentVar);
      }
    }
    text_ += printed;
  }
}

void Deparser::BasicSelect(const Query& query, bool column_names_visible, const std::vector<std::string>* names) {
  if (pretty_indent_) {
    indent_ += kIndentStandard;
    text_ += ' ';
  }
  if (const Relation* values = SimpleValues(query)) return Values(*values);
  text_ += "SELECT";
  if (!query.distinct_on.empty()) {
    text_ += " DISTINCT ON (";
    for (size_t i = 0; i < query.distinct_on.size(); ++i) {
      if (i > 0) text_ += ", ";
      SortTarget(query, query.targets[query.distinct_on[i]].expression, query.distinct_on[i], false);
    }
    text_ += ')';
  } else if (query.distinct) {
    text_ += " DISTINCT";
  }
  Targets(query.targets, column_names_visible, names);
  From(query);
  if (query.where != nullptr) {
    Keyword(" WHERE ", -kIndentStandard, kIndentStandard, 1);
    Expression(*query.where, false);
  }
  if (!query.group_by.empty() || !query.grouping_sets.empty()) {
    Keyword(" GROUP BY ", -kIndentStandard, kIndentStandard, 1);
    const auto list = [&](const std::vector<uint32_t>& columns) {
      for (size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) text_ += ", ";
        SortTarget(query, query.group_by[columns[i]], 0, false);
      }
    };
    if (query.grouping_sets.empty()) {
      for (size_t i = 0; i < query.group_by.size(); ++i) {
        if (i > 0) text_ += ", ";
        SortTarget(query, query.group_by[i], 0, false);
      }
    } else {
      text_ += "GROUPING SETS (";
      for (size_t i = 0; i < query.grouping_sets.size(); ++i) {
        if (i > 0) text_ += ", ";
        text_ += '(';
        list(query.grouping_sets[i]);
        text_ += ')';
      }
      text_ += ')';
    }
  }
  if (query.having != nullptr) {
    Keyword(" HAVING ", -kIndentStandard, kIndentStandard, 0);
    Expression(*query.having, false);
  }
}

void Deparser::From(const Query& query) {
  bool first = true;
  for (const auto& item : query.from) {
    if (first) {
      Keyword(" FROM ", -kIndentStandard, kIndentStandard, 2);
      first = false;
    } else {
      text_ += ", ";
      if (pretty_indent_) Keyword("", -kIndentStandard, kIndentStandard, kIndentVar);
    }
    Item(*item, query);
  }
}

void Deparser::Item(const FromItem& item, const Query& query) {
  CheckStackDepth();
  if (!item.is_join) {
    const Relation* relation = query.FindRelation(item.relation);
    if (relation != nullptr) RelationItem(*relation);
    return;
  }
  const bool right_parentheses = pretty_paren_ && item.right->is_join;
  Open();
  Item(*item.left, query);
  const char* word = item.type == JoinType::kLeft ? " LEFT JOIN " : item.type == JoinType::kRight ? " RIGHT JOIN " : item.type == JoinType::kFull ? " FULL JOIN "
                     : item.condition != nullptr ? " JOIN " : " CROSS JOIN ";
  Keyword(word, -kIndentStandard, kIndentStandard, kIndentJoin);
  if (right_parentheses) text_ += '(';
  Item(*item.right, query);
  if (right_parentheses) text_ += ')';
  if (!item.using_columns.empty()) {
    text_ += " USING (";
    for (size_t i = 0; i < item.using_columns.size(); ++i) text_ += (i == 0 ? "" : ", ") + QuoteIdentifier(item.using_columns[i]);
    text_ += ')';
  } else if (item.condition != nullptr) {
    text_ += " ON ";
    Open();
    Expression(*item.condition, false);
    Close();
  } else if (item.type != JoinType::kInner) {
    text_ += " ON TRUE";
  }
  Close();
}

void Deparser::RelationItem(const Relation& relation) {
  const std::string& name = names_[relation.id.value];
  std::vector<std::string> own;                        // column names it has by itself
  bool alias = false, columns = false;
  switch (relation.kind) {
    case RelationKind::kTable: case RelationKind::kSystemView:
      text_ += RelationName(*relation.table);
      alias = name != relation.table->name;
      for (const catalog::ColumnEntry& column : relation.table->columns) own.push_back(column.name);
      break;
    case RelationKind::kSubquery:
      if (relation.table != nullptr) {
        // A view: by its name, not its query.
        text_ += RelationName(*relation.table);
        alias = name != relation.table->name;
        for (const catalog::ColumnEntry& column : relation.table->columns) {
          if (!column.dropped) own.push_back(column.name);
        }
        break;
      }
      if (relation.lateral) text_ += "LATERAL ";
      text_ += '(';
      WholeQuery(*relation.subquery, true);
      text_ += ')';
      alias = true;
      for (const Target& target : relation.subquery->targets) {
        if (!target.junk) own.push_back(target.name);
      }
      break;
    case RelationKind::kValues:
      text_ += '(';
      Values(relation);
      text_ += ')';
      alias = true;
      for (size_t i = 0; i < relation.column_names.size(); ++i) own.push_back(Format("column%zu", i + 1));
      break;
    case RelationKind::kFunction:
      if (relation.functions.size() == 1) {
        Expression(*relation.functions[0], true);
      } else {
        text_ += "ROWS FROM(";
        List(relation.functions, true);
        text_ += ')';
      }
      if (relation.with_ordinality) text_ += " WITH ORDINALITY";
      alias = columns = true;
      break;
    case RelationKind::kCte: {
      std::string cte_name;
      for (const Cte* cte : ctes_) {
        if (cte->number != relation.cte) continue;
        cte_name = cte->name;
        if (cte->query != nullptr) {
          for (const Target& target : cte->query->targets) {
            if (!target.junk) own.push_back(target.name);
          }
        }
        for (size_t i = 0; i < cte->column_names.size() && i < own.size(); ++i) own[i] = cte->column_names[i];
      }
      text_ += QuoteIdentifier(cte_name);
      alias = name != cte_name;
      break;
    }
  }
  const size_t shown = own.empty() ? relation.column_names.size() : std::min(own.size(), relation.column_names.size());
  for (size_t i = 0; i < shown && !columns; ++i) columns = !own.empty() && own[i] != relation.column_names[i];
  if (alias || columns) text_ += " " + QuoteIdentifier(name);
  if (!columns) return;
  const bool record = relation.kind == RelationKind::kFunction && relation.functions.size() == 1 && relation.functions[0]->type.oid == type_oid::kRecord &&
                      (relation.functions[0]->function == nullptr || relation.functions[0]->function->out_columns.empty());
  const bool table = relation.kind == RelationKind::kTable || relation.kind == RelationKind::kSystemView;
  if (record) text_ += " AS ";
  const char* separator = "(";
  for (size_t i = 0; i < shown; ++i) {
    if (table && relation.table->columns[i].dropped) continue;
    text_ += separator + QuoteIdentifier(relation.column_names[i]);
    if (record) text_ += " " + FormatType(relation.column_types[i]);
    separator = ", ";
  }
  text_ += ')';
}

void Deparser::SetOperand(const Query& query, bool column_names_visible, const std::vector<std::string>* names) {
  const bool parentheses = !query.ctes.empty() || !query.order_by.empty() || !query.locks.empty() || query.offset != nullptr || query.limit != nullptr;
  const bool nested = query.set_operation != SetOperation::kNone;
  if (nested && !parentheses) return SetOperationOf(query, column_names_visible, names);
  if (parentheses) text_ += '(';
  WholeQuery(query, column_names_visible, names);
  if (parentheses) text_ += ')';
}

void Deparser::SetOperationOf(const Query& query, bool column_names_visible, const std::vector<std::string>* names) {
  CheckStackDepth();
  const auto bare = [](const Query& operand) {
    return operand.set_operation != SetOperation::kNone && operand.ctes.empty() && operand.order_by.empty() && operand.locks.empty() &&
           operand.offset == nullptr && operand.limit == nullptr;
  };
  const Query& left = *query.left;
  const bool left_parentheses = bare(left) && !(left.set_operation == query.set_operation && left.all == query.all);
  int indent = 0;
  if (left_parentheses) {
    text_ += '(';
    indent = kIndentStandard;
    Keyword("", indent, 0, 0);
  }
  SetOperand(left, column_names_visible, names);
  if (left_parentheses) {
    Keyword(") ", -indent, 0, 0);
  } else if (pretty_indent_) {
    Keyword("", -indent, 0, 0);
  } else {
    text_ += ' ';
  }
  text_ += query.set_operation == SetOperation::kUnion ? "UNION " : query.set_operation == SetOperation::kIntersect ? "INTERSECT " : "EXCEPT ";
  if (query.all) text_ += "ALL ";
  const bool right_parentheses = bare(*query.right);
  indent = right_parentheses ? kIndentStandard : 0;
  if (right_parentheses) text_ += '(';
  Keyword("", indent, 0, 0);
  SetOperand(*query.right, false, names);
  if (pretty_indent_) indent_ -= indent;
  if (right_parentheses) Keyword(")", 0, 0, 0);
}

std::string PrintQuery(const Query& query, const BindContext& context, bool pretty) {
  Deparser deparser(context, {}, pretty, true);
  std::vector<std::string> names;
  for (const Target& target : query.targets) {
    if (!target.junk) names.push_back(target.name);
  }
  deparser.WholeQuery(query, true, &names);
  return deparser.TakeText();
}

std::string DeparseQuery(const Query& query, const BindContext& context, bool pretty) {
  BindContext qualified = context;
  qualified.search_path = {catalog::kPgCatalogSchema};
  return PrintQuery(query, qualified, pretty);
}

std::string PrintStoredQuery(std::string_view sql_text, BindContext& context, bool pretty) {
  const std::vector<ParsedStatement> parsed = Parse(sql_text);
  if (parsed.size() != 1) ThrowInternal("stored query is damaged");
  return PrintQuery(*Bind(parsed[0], context).query, context, pretty);
}

}  // namespace gather::sql

#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

void FactorOr(const ExprRef& condition, std::vector<ExprRef>* out) {
  if (condition->kind != ExprKind::kOr || condition->children.size() > 100 || IsVolatile(condition)) {
    out->push_back(condition);
    return;
  }
  std::vector<std::vector<ExprRef>> arms;
  for (const ExprRef& child : condition->children) arms.push_back(Conjuncts(child));
  std::vector<ExprRef> common;
  for (const ExprRef& term : arms[0]) {
    const bool everywhere = std::all_of(arms.begin() + 1, arms.end(), [&term](const std::vector<ExprRef>& arm) {
      return std::any_of(arm.begin(), arm.end(), [&term](const ExprRef& other) { return sql::SameExpr(term, other); });
    });
    if (everywhere) common.push_back(term);
  }
  for (auto& arm : arms) {
    std::erase_if(arm, [&common](const ExprRef& term) {
      return std::any_of(common.begin(), common.end(), [&term](const ExprRef& other) { return sql::SameExpr(term, other); });
    });
  }
  out->insert(out->end(), common.begin(), common.end());
  // An arm with nothing left is implied by the common factors.
  if (std::any_of(arms.begin(), arms.end(), [](const auto& arm) { return arm.empty(); })) return;
  std::vector<ExprRef> rest;
  for (const auto& arm : arms) rest.push_back(sql::MakeAnd(arm));
  const ExprRef remaining = common.empty() ? condition : MakeOr(rest);
  out->push_back(remaining);

  const RelSet relations = RelationsOf(remaining);
  if (relations.size() < 2) return;
  for (uint32_t id : relations.ids()) {
    const RelSet own{RelId(id)};
    std::vector<ExprRef> restrictions;
    for (const auto& arm : arms) {
      std::vector<ExprRef> terms;
      for (const ExprRef& term : arm) {
        if (RelationsOf(term) == own) terms.push_back(term);
      }
      if (terms.empty()) break;
      restrictions.push_back(sql::MakeAnd(terms));
    }
    if (restrictions.size() == arms.size()) out->push_back(MakeOr(restrictions));
  }
}

}  // namespace gather::planner

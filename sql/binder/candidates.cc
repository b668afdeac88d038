#include "sql/binder/candidates.h"

#include <algorithm>

namespace gather::sql {

namespace {

using List = std::vector<const Candidate*>;

// Keeps the candidates with the highest score.
template <class Score>
void KeepBest(List& list, const Score& score) {
  int best = -1;
  List kept;
  for (const Candidate* candidate : list) {
    const int value = score(*candidate);
    if (value > best) {
      best = value;
      kept.clear();
    }
    if (value == best) kept.push_back(candidate);
  }
  list = std::move(kept);
}

struct Slot {
  char category = 0;
  bool has_preferred = false;
};

// A category for an unknown argument: string wins, otherwise all candidates must agree.
bool ResolveSlot(const List& list, size_t argument, Slot* slot) {
  bool conflict = false;
  for (const Candidate* candidate : list) {
    const Oid type = candidate->arguments[argument];
    const char category = TypeRules::Category(type);
    const bool preferred = TypeRules::IsPreferred(type);
    if (slot->category == 0) {
      *slot = {category, preferred};
    } else if (category == slot->category) {
      slot->has_preferred |= preferred;
    } else if (category == 'S') {
      *slot = {category, preferred};
    } else {
      conflict = true;
    }
  }
  return !conflict || slot->category == 'S';
}

// Step by step over all unknown arguments; false when some category stays open.
bool NarrowByCategory(List& list, std::span<const Oid> inputs) {
  std::vector<Slot> slots(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == type_oid::kUnknown && !ResolveSlot(list, i, &slots[i])) return false;
  }
  List kept;
  for (const Candidate* candidate : list) {
    bool keep = true;
    for (size_t i = 0; i < inputs.size() && keep; ++i) {
      if (inputs[i] != type_oid::kUnknown) continue;
      const Oid type = candidate->arguments[i];
      keep = TypeRules::Category(type) == slots[i].category && (!slots[i].has_preferred || TypeRules::IsPreferred(type));
    }
    if (keep) kept.push_back(candidate);
  }
  if (!kept.empty()) list = std::move(kept);
  return true;
}

// All known arguments of one type: the unknown ones may be of it too.
const Candidate* AssumeKnownType(const TypeRules& rules, const List& list, std::span<const Oid> inputs) {
  Oid known = type_oid::kUnknown;
  for (const Oid input : inputs) {
    if (input == type_oid::kUnknown) continue;
    if (known != type_oid::kUnknown && known != input) return nullptr;
    known = input;
  }
  if (known == type_oid::kUnknown) return nullptr;
  const std::vector<Oid> assumed(inputs.size(), known);
  const Candidate* only = nullptr;
  for (const Candidate* candidate : list) {
    if (!rules.CanCoerce(assumed, std::span(candidate->arguments).first(inputs.size()), CoercionContext::kImplicit)) continue;
    if (only != nullptr) return nullptr;
    only = candidate;
  }
  return only;
}

}  // namespace

Choice ChooseCandidate(const TypeRules& rules, std::span<const Oid> inputs, const std::vector<Candidate>& candidates, const Candidate** chosen) {
  List list;
  for (const Candidate& candidate : candidates) {
    if (rules.CanCoerce(inputs, std::span(candidate.arguments).first(inputs.size()), CoercionContext::kImplicit)) list.push_back(&candidate);
  }
  if (list.empty()) return Choice::kNone;
  const auto one = [&] {
    *chosen = list[0];
    return list[0]->ambiguous ? Choice::kMany : Choice::kOne;
  };
  if (list.size() == 1) return one();

  const auto exact = [&](const Candidate& candidate) {
    int matches = 0;
    for (size_t i = 0; i < inputs.size(); ++i) matches += inputs[i] != type_oid::kUnknown && candidate.arguments[i] == inputs[i];
    return matches;
  };
  KeepBest(list, exact);
  if (list.size() == 1) return one();

  const auto exact_or_preferred = [&](const Candidate& candidate) {
    int matches = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == type_oid::kUnknown) continue;
      const Oid type = candidate.arguments[i];
      matches += type == inputs[i] || (TypeRules::Category(type) == TypeRules::Category(inputs[i]) && TypeRules::IsPreferred(type));
    }
    return matches;
  };
  KeepBest(list, exact_or_preferred);
  if (list.size() == 1) return one();

  if (std::find(inputs.begin(), inputs.end(), type_oid::kUnknown) == inputs.end()) return Choice::kMany;
  if (NarrowByCategory(list, inputs) && list.size() == 1) return one();
  if (const Candidate* only = AssumeKnownType(rules, list, inputs)) {
    *chosen = only;
    return only->ambiguous ? Choice::kMany : Choice::kOne;
  }
  return Choice::kMany;
}

}  // namespace gather::sql

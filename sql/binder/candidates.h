// Choice among overloaded functions and operators (manual, sections 10.2 and 10.3; PostgreSQL's func_match_argtypes and func_select_candidate).
#pragma once

#include <vector>

#include "sql/binder/type_rules.h"

namespace gather::sql {

struct Candidate {
  const catalog::FunctionInfo* function = nullptr;     // or
  const catalog::OperatorInfo* op = nullptr;
  std::vector<Oid> arguments;                          // in the order of the call: named arguments reordered, VARIADIC expanded, defaults last
  size_t defaults = 0;                                 // of the last arguments
  size_t variadic = 0;                                 // how many trailing arguments were expanded from VARIADIC
  std::vector<size_t> positions;                       // named notation: declared position of each argument (then of the defaults)
  bool ambiguous = false;                              // stands for several equally good functions
};

enum class Choice : uint8_t { kNone, kOne, kMany };

// Drops the candidates that `inputs` cannot be coerced to implicitly, then chooses the best of the rest into `chosen`.
Choice ChooseCandidate(const TypeRules& rules, std::span<const Oid> inputs, const std::vector<Candidate>& candidates, const Candidate** chosen);

}  // namespace gather::sql

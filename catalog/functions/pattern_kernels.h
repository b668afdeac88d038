// Kernels of LIKE, ILIKE, SIMILAR TO and regular expressions, listed in pattern.cc. Strict unless said otherwise. A constant pattern is
// compiled once a call.
#pragma once

#include "catalog/functions/kernel.h"

namespace gather::catalog {

// pattern_like.cc
GATHER_KERNEL(Like);
GATHER_KERNEL(NotLike);
GATHER_KERNEL(ILike);
GATHER_KERNEL(NotILike);
GATHER_KERNEL(LikeEscape);
GATHER_KERNEL(SimilarToEscape);
GATHER_KERNEL(SimilarEscape);        // not strict

// pattern_regex.cc
GATHER_KERNEL(RegexMatches);         // ~
GATHER_KERNEL(RegexNotMatches);      // !~
GATHER_KERNEL(RegexMatchesAnyCase);  // ~*
GATHER_KERNEL(RegexNotMatchesAnyCase);
GATHER_KERNEL(RegexpLike);
GATHER_KERNEL(SubstringRegex);       // substring(text from pattern)
GATHER_KERNEL(SubstringSimilar);     // substring(text similar pattern escape e)
GATHER_KERNEL(RegexpReplace);
GATHER_KERNEL(RegexpReplaceExtended);
GATHER_KERNEL(RegexpCount);
GATHER_KERNEL(RegexpInstr);
GATHER_KERNEL(RegexpSubstr);
GATHER_KERNEL(RegexpMatch);
GATHER_KERNEL(RegexpSplitToArray);
std::unique_ptr<SetSource> RegexpMatchesSet(FunctionContext& context, std::span<const Vector> arguments);
std::unique_ptr<SetSource> RegexpSplitToTable(FunctionContext& context, std::span<const Vector> arguments);

}  // namespace gather::catalog

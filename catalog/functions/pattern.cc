#include "catalog/functions/pattern_kernels.h"
#include "catalog/functions/rows.h"

namespace gather::catalog {
namespace {

using namespace type_oid;  // NOLINT: a table full of them

// LIKE, ILIKE, SIMILAR TO and regular expressions.
constexpr FunctionRow kFunctions[] = {
    {.oid = 1660, .name = "bpchariclike", .arguments = {kBpchar, kText}, .result = kBool, .kernel = ILike, .doc = "implementation of ~~* operator"},
    {.oid = 1661, .name = "bpcharicnlike", .arguments = {kBpchar, kText}, .result = kBool, .kernel = NotILike, .doc = "implementation of !~~* operator"},
    {.oid = 1656, .name = "bpcharicregexeq", .arguments = {kBpchar, kText}, .result = kBool, .kernel = RegexMatchesAnyCase, .doc = "implementation of ~* operator"},
    {.oid = 1657, .name = "bpcharicregexne", .arguments = {kBpchar, kText}, .result = kBool, .kernel = RegexNotMatchesAnyCase, .doc = "implementation of !~* operator"},
    {.oid = 1631, .name = "bpcharlike", .arguments = {kBpchar, kText}, .result = kBool, .kernel = Like, .doc = "implementation of ~~ operator"},
    {.oid = 1632, .name = "bpcharnlike", .arguments = {kBpchar, kText}, .result = kBool, .kernel = NotLike, .doc = "implementation of !~~ operator"},
    {.oid = 1658, .name = "bpcharregexeq", .arguments = {kBpchar, kText}, .result = kBool, .kernel = RegexMatches, .doc = "implementation of ~ operator"},
    {.oid = 1659, .name = "bpcharregexne", .arguments = {kBpchar, kText}, .result = kBool, .kernel = RegexNotMatches, .doc = "implementation of !~ operator"},
    {.oid = 1569, .name = "like", .arguments = {kText, kText}, .result = kBool, .kernel = Like, .doc = "matches LIKE expression"},
    {.oid = 1571, .name = "like", .arguments = {kName, kText}, .result = kBool, .kernel = Like, .doc = "matches LIKE expression"},
    {.oid = 1637, .name = "like_escape", .arguments = {kText, kText}, .result = kText, .kernel = LikeEscape, .doc = "convert LIKE pattern to use backslash escapes"},
    {.oid = 1635, .name = "nameiclike", .arguments = {kName, kText}, .result = kBool, .kernel = ILike, .doc = "implementation of ~~* operator"},
    {.oid = 1636, .name = "nameicnlike", .arguments = {kName, kText}, .result = kBool, .kernel = NotILike, .doc = "implementation of !~~* operator"},
    {.oid = 1240, .name = "nameicregexeq", .arguments = {kName, kText}, .result = kBool, .kernel = RegexMatchesAnyCase, .doc = "implementation of ~* operator"},
    {.oid = 1241, .name = "nameicregexne", .arguments = {kName, kText}, .result = kBool, .kernel = RegexNotMatchesAnyCase, .doc = "implementation of !~* operator"},
    {.oid = 858, .name = "namelike", .arguments = {kName, kText}, .result = kBool, .kernel = Like, .doc = "implementation of ~~ operator"},
    {.oid = 859, .name = "namenlike", .arguments = {kName, kText}, .result = kBool, .kernel = NotLike, .doc = "implementation of !~~ operator"},
    {.oid = 79, .name = "nameregexeq", .arguments = {kName, kText}, .result = kBool, .kernel = RegexMatches, .doc = "implementation of ~ operator"},
    {.oid = 1252, .name = "nameregexne", .arguments = {kName, kText}, .result = kBool, .kernel = RegexNotMatches, .doc = "implementation of !~ operator"},
    {.oid = 1570, .name = "notlike", .arguments = {kText, kText}, .result = kBool, .kernel = NotLike, .doc = "does not match LIKE expression"},
    {.oid = 1572, .name = "notlike", .arguments = {kName, kText}, .result = kBool, .kernel = NotLike, .doc = "does not match LIKE expression"},
    {.oid = 6254, .name = "regexp_count", .arguments = {kText, kText}, .result = kInt4, .kernel = RegexpCount, .doc = "count regexp matches"},
    {.oid = 6255, .name = "regexp_count", .arguments = {kText, kText, kInt4}, .result = kInt4, .kernel = RegexpCount, .doc = "count regexp matches"},
    {.oid = 6256, .name = "regexp_count", .arguments = {kText, kText, kInt4, kText}, .result = kInt4, .kernel = RegexpCount, .doc = "count regexp matches"},
    {.oid = 6257, .name = "regexp_instr", .arguments = {kText, kText}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6258, .name = "regexp_instr", .arguments = {kText, kText, kInt4}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6259, .name = "regexp_instr", .arguments = {kText, kText, kInt4, kInt4}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6260, .name = "regexp_instr", .arguments = {kText, kText, kInt4, kInt4, kInt4}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6261, .name = "regexp_instr", .arguments = {kText, kText, kInt4, kInt4, kInt4, kText}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6262, .name = "regexp_instr", .arguments = {kText, kText, kInt4, kInt4, kInt4, kText, kInt4}, .result = kInt4, .kernel = RegexpInstr, .doc = "position of regexp match"},
    {.oid = 6263, .name = "regexp_like", .arguments = {kText, kText}, .result = kBool, .kernel = RegexpLike, .doc = "test for regexp match"},
    {.oid = 6264, .name = "regexp_like", .arguments = {kText, kText, kText}, .result = kBool, .kernel = RegexpLike, .doc = "test for regexp match"},
    {.oid = 3396, .name = "regexp_match", .arguments = {kText, kText}, .result = kTextArray, .kernel = RegexpMatch, .doc = "find first match for regexp"},
    {.oid = 3397, .name = "regexp_match", .arguments = {kText, kText, kText}, .result = kTextArray, .kernel = RegexpMatch, .doc = "find first match for regexp"},
    {.oid = 2763, .name = "regexp_matches", .arguments = {kText, kText}, .result = kTextArray, .doc = "find match(es) for regexp", .set_kernel = RegexpMatchesSet},
    {.oid = 2764, .name = "regexp_matches", .arguments = {kText, kText, kText}, .result = kTextArray, .doc = "find match(es) for regexp", .set_kernel = RegexpMatchesSet},
    {.oid = 2284, .name = "regexp_replace", .arguments = {kText, kText, kText}, .result = kText, .kernel = RegexpReplace, .doc = "replace text using regexp"},
    {.oid = 2285, .name = "regexp_replace", .arguments = {kText, kText, kText, kText}, .result = kText, .kernel = RegexpReplace, .doc = "replace text using regexp"},
    {.oid = 6251, .name = "regexp_replace", .arguments = {kText, kText, kText, kInt4, kInt4, kText}, .result = kText, .kernel = RegexpReplaceExtended, .doc = "replace text using regexp"},
    {.oid = 6252, .name = "regexp_replace", .arguments = {kText, kText, kText, kInt4, kInt4}, .result = kText, .kernel = RegexpReplaceExtended, .doc = "replace text using regexp"},
    {.oid = 6253, .name = "regexp_replace", .arguments = {kText, kText, kText, kInt4}, .result = kText, .kernel = RegexpReplaceExtended, .doc = "replace text using regexp"},
    {.oid = 2767, .name = "regexp_split_to_array", .arguments = {kText, kText}, .result = kTextArray, .kernel = RegexpSplitToArray, .doc = "split string by pattern"},
    {.oid = 2768, .name = "regexp_split_to_array", .arguments = {kText, kText, kText}, .result = kTextArray, .kernel = RegexpSplitToArray, .doc = "split string by pattern"},
    {.oid = 2765, .name = "regexp_split_to_table", .arguments = {kText, kText}, .result = kText, .doc = "split string by pattern", .set_kernel = RegexpSplitToTable},
    {.oid = 2766, .name = "regexp_split_to_table", .arguments = {kText, kText, kText}, .result = kText, .doc = "split string by pattern", .set_kernel = RegexpSplitToTable},
    {.oid = 6265, .name = "regexp_substr", .arguments = {kText, kText}, .result = kText, .kernel = RegexpSubstr, .doc = "extract substring that matches regexp"},
    {.oid = 6266, .name = "regexp_substr", .arguments = {kText, kText, kInt4}, .result = kText, .kernel = RegexpSubstr, .doc = "extract substring that matches regexp"},
    {.oid = 6267, .name = "regexp_substr", .arguments = {kText, kText, kInt4, kInt4}, .result = kText, .kernel = RegexpSubstr, .doc = "extract substring that matches regexp"},
    {.oid = 6268, .name = "regexp_substr", .arguments = {kText, kText, kInt4, kInt4, kText}, .result = kText, .kernel = RegexpSubstr, .doc = "extract substring that matches regexp"},
    {.oid = 6269, .name = "regexp_substr", .arguments = {kText, kText, kInt4, kInt4, kText, kInt4}, .result = kText, .kernel = RegexpSubstr, .doc = "extract substring that matches regexp"},
    {.oid = 1623, .name = "similar_escape", .arguments = {kText, kText}, .result = kText, .kernel = SimilarEscape, .doc = "convert SQL regexp pattern to POSIX style", .strict = false},
    {.oid = 1986, .name = "similar_to_escape", .arguments = {kText, kText}, .result = kText, .kernel = SimilarToEscape, .doc = "convert SQL regexp pattern to POSIX style"},
    {.oid = 1987, .name = "similar_to_escape", .arguments = {kText}, .result = kText, .kernel = SimilarToEscape, .doc = "convert SQL regexp pattern to POSIX style"},
    {.oid = 2073, .name = "substring", .arguments = {kText, kText}, .result = kText, .kernel = SubstringRegex, .doc = "extract text matching regular expression"},
    {.oid = 2074, .name = "substring", .arguments = {kText, kText, kText}, .result = kText, .kernel = SubstringSimilar, .doc = "extract text matching SQL regular expression"},
    {.oid = 1633, .name = "texticlike", .arguments = {kText, kText}, .result = kBool, .kernel = ILike, .doc = "implementation of ~~* operator"},
    {.oid = 1634, .name = "texticnlike", .arguments = {kText, kText}, .result = kBool, .kernel = NotILike, .doc = "implementation of !~~* operator"},
    {.oid = 1238, .name = "texticregexeq", .arguments = {kText, kText}, .result = kBool, .kernel = RegexMatchesAnyCase, .doc = "implementation of ~* operator"},
    {.oid = 1239, .name = "texticregexne", .arguments = {kText, kText}, .result = kBool, .kernel = RegexNotMatchesAnyCase, .doc = "implementation of !~* operator"},
    {.oid = 850, .name = "textlike", .arguments = {kText, kText}, .result = kBool, .kernel = Like, .doc = "implementation of ~~ operator"},
    {.oid = 851, .name = "textnlike", .arguments = {kText, kText}, .result = kBool, .kernel = NotLike, .doc = "implementation of !~~ operator"},
    {.oid = 1254, .name = "textregexeq", .arguments = {kText, kText}, .result = kBool, .kernel = RegexMatches, .doc = "implementation of ~ operator"},
    {.oid = 1256, .name = "textregexne", .arguments = {kText, kText}, .result = kBool, .kernel = RegexNotMatches, .doc = "implementation of !~ operator"},
};

constexpr OperatorInfo kOperators[] = {
    {.oid = 640, .name = "!~", .left = kName, .right = kText, .result = kBool, .function = "nameregexne", .negator = "~"},
    {.oid = 642, .name = "!~", .left = kText, .right = kText, .result = kBool, .function = "textregexne", .negator = "~"},
    {.oid = 1056, .name = "!~", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharregexne", .negator = "~"},
    {.oid = 1227, .name = "!~*", .left = kName, .right = kText, .result = kBool, .function = "nameicregexne", .negator = "~*"},
    {.oid = 1229, .name = "!~*", .left = kText, .right = kText, .result = kBool, .function = "texticregexne", .negator = "~*"},
    {.oid = 1235, .name = "!~*", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharicregexne", .negator = "~*"},
    {.oid = 1208, .name = "!~~", .left = kName, .right = kText, .result = kBool, .function = "namenlike", .negator = "~~"},
    {.oid = 1210, .name = "!~~", .left = kText, .right = kText, .result = kBool, .function = "textnlike", .negator = "~~"},
    {.oid = 1212, .name = "!~~", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharnlike", .negator = "~~"},
    {.oid = 1626, .name = "!~~*", .left = kName, .right = kText, .result = kBool, .function = "nameicnlike", .negator = "~~*"},
    {.oid = 1628, .name = "!~~*", .left = kText, .right = kText, .result = kBool, .function = "texticnlike", .negator = "~~*"},
    {.oid = 1630, .name = "!~~*", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharicnlike", .negator = "~~*"},
    {.oid = 639, .name = "~", .left = kName, .right = kText, .result = kBool, .function = "nameregexeq", .negator = "!~"},
    {.oid = 641, .name = "~", .left = kText, .right = kText, .result = kBool, .function = "textregexeq", .negator = "!~"},
    {.oid = 1055, .name = "~", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharregexeq", .negator = "!~"},
    {.oid = 1226, .name = "~*", .left = kName, .right = kText, .result = kBool, .function = "nameicregexeq", .negator = "!~*"},
    {.oid = 1228, .name = "~*", .left = kText, .right = kText, .result = kBool, .function = "texticregexeq", .negator = "!~*"},
    {.oid = 1234, .name = "~*", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharicregexeq", .negator = "!~*"},
    {.oid = 1207, .name = "~~", .left = kName, .right = kText, .result = kBool, .function = "namelike", .negator = "!~~"},
    {.oid = 1209, .name = "~~", .left = kText, .right = kText, .result = kBool, .function = "textlike", .negator = "!~~"},
    {.oid = 1211, .name = "~~", .left = kBpchar, .right = kText, .result = kBool, .function = "bpcharlike", .negator = "!~~"},
    {.oid = 1625, .name = "~~*", .left = kName, .right = kText, .result = kBool, .function = "nameiclike", .negator = "!~~*"},
    {.oid = 1627, .name = "~~*", .left = kText, .right = kText, .result = kBool, .function = "texticlike", .negator = "!~~*"},
    {.oid = 1629, .name = "~~*", .left = kBpchar, .right = kText, .result = kBool, .function = "bpchariclike", .negator = "!~~*"},
};

}  // namespace

FunctionTable PatternFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  return table;
}

}  // namespace gather::catalog

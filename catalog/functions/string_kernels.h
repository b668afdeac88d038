// Kernels over text, varchar, bpchar, name and "char", listed in string.cc. Strict unless said otherwise.
//
// Collation is C: strings compare as bytes. Case follows Unicode's simple mappings, as PostgreSQL does in a C.UTF-8 database.
#pragma once

#include "catalog/functions/kernel.h"

namespace gather::catalog {

// string_compare.cc
GATHER_KERNEL(TextEqual);
GATHER_KERNEL(TextNotEqual);
GATHER_KERNEL(TextLess);
GATHER_KERNEL(TextLessOrEqual);
GATHER_KERNEL(TextGreater);
GATHER_KERNEL(TextGreaterOrEqual);
GATHER_KERNEL(TextCompare);       // -1, 0, 1
GATHER_KERNEL(TextLarger);
GATHER_KERNEL(TextSmaller);
GATHER_KERNEL(BpcharEqual);       // trailing blanks do not count
GATHER_KERNEL(BpcharNotEqual);
GATHER_KERNEL(BpcharLess);
GATHER_KERNEL(BpcharLessOrEqual);
GATHER_KERNEL(BpcharGreater);
GATHER_KERNEL(BpcharGreaterOrEqual);
GATHER_KERNEL(BpcharCompare);
GATHER_KERNEL(BpcharLarger);
GATHER_KERNEL(BpcharSmaller);
GATHER_KERNEL(CharEqual);
GATHER_KERNEL(CharNotEqual);
GATHER_KERNEL(CharLess);
GATHER_KERNEL(CharLessOrEqual);
GATHER_KERNEL(CharGreater);
GATHER_KERNEL(CharGreaterOrEqual);
GATHER_KERNEL(StartsWith);

// string_length.cc: lengths, and casts between the text types
GATHER_KERNEL(TextLength);
GATHER_KERNEL(BpcharLength);
GATHER_KERNEL(TextOctetLength);
GATHER_KERNEL(TextBitLength);
GATHER_KERNEL(VarcharCoerce);
GATHER_KERNEL(BpcharCoerce);
GATHER_KERNEL(TextToName);
GATHER_KERNEL(BpcharToName);
GATHER_KERNEL(NameToText);
GATHER_KERNEL(TextToChar);
GATHER_KERNEL(CharToText);
GATHER_KERNEL(CharToBpchar);
GATHER_KERNEL(CharToInt4);
GATHER_KERNEL(Int4ToChar);

// string_edit.cc
GATHER_KERNEL(TextConcat);        // ||
GATHER_KERNEL(AnyTextConcat);     // anynonarray || text
GATHER_KERNEL(TextAnyConcat);
GATHER_KERNEL(NameConcatOid);
GATHER_KERNEL(Lower);
GATHER_KERNEL(Upper);
GATHER_KERNEL(InitCap);
GATHER_KERNEL(Substring);         // (text, start [, length])
GATHER_KERNEL(Overlay);
GATHER_KERNEL(Left);
GATHER_KERNEL(Right);
GATHER_KERNEL(LeftPad);
GATHER_KERNEL(RightPad);
GATHER_KERNEL(TrimBoth);          // (text [, characters])
GATHER_KERNEL(TrimLeft);
GATHER_KERNEL(TrimRight);
GATHER_KERNEL(Repeat);
GATHER_KERNEL(Reverse);
GATHER_KERNEL(Translate);
GATHER_KERNEL(Ascii);
GATHER_KERNEL(Chr);
GATHER_KERNEL(ToHex32);
GATHER_KERNEL(ToHex64);

// string_search.cc
GATHER_KERNEL(Position);
GATHER_KERNEL(Replace);
GATHER_KERNEL(SplitPart);
GATHER_KERNEL(StringToArray);     // not strict
GATHER_KERNEL(ParseIdent);
std::unique_ptr<SetSource> StringToTable(FunctionContext& context, std::span<const Vector> arguments);  // not strict

// string_encode.cc
GATHER_KERNEL(Md5);               // text or bytea
GATHER_KERNEL(Sha224);
GATHER_KERNEL(Sha256);
GATHER_KERNEL(Sha384);
GATHER_KERNEL(Sha512);
GATHER_KERNEL(Encode);
GATHER_KERNEL(Decode);
GATHER_KERNEL(ConvertTo);
GATHER_KERNEL(ConvertFrom);
GATHER_KERNEL(Convert);
GATHER_KERNEL(LengthInEncoding);
GATHER_KERNEL(Normalize);
GATHER_KERNEL(IsNormalized);
GATHER_KERNEL(UniStr);
GATHER_KERNEL(ToAscii);

// format_text.cc: concat, format, quote_*
GATHER_KERNEL(ConcatAny);         // not strict
GATHER_KERNEL(ConcatWithSeparator);  // not strict
GATHER_KERNEL(FormatText);        // not strict
GATHER_KERNEL(QuoteIdent);
GATHER_KERNEL(QuoteLiteralText);
GATHER_KERNEL(QuoteLiteralAny);
GATHER_KERNEL(QuoteNullableText);  // not strict
GATHER_KERNEL(QuoteNullableAny);   // not strict

}  // namespace gather::catalog

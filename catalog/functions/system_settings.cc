// current_setting, set_config, encodings.
#include "catalog/functions/system_kernel.h"
#include "catalog/setting_values.h"

namespace gather::catalog {

namespace {

GATHER_SYSTEM_KERNEL(CurrentSetting) {
  const Settings& settings = SessionOf(context).settings();
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string name = TextAt(arguments[0], row);
    std::string value;
    const bool missing_ok = arguments.size() > 1 && BoolAt(arguments[1], row);
    if (!missing_ok) {
      value = settings.Show(name);
    } else if (!settings.TryShow(name, &value)) {
      return SetNullText(result, row);
    }
    SetText(result, row, value);
  });
}

GATHER_SYSTEM_KERNEL(SetConfig) {
  Settings& settings = SessionOf(context).settings();
  for (uint32_t row = 0; row < rows; row++) {
    if (arguments[0].IsNull(row)) throw SqlError(sqlstate::kNullValueNotAllowed, "SET requires parameter name");
    const std::string name = TextAt(arguments[0], row);
    const bool local = !arguments[2].IsNull(row) && BoolAt(arguments[2], row);
    if (arguments[1].IsNull(row)) {
      settings.Reset(name);
    } else {
      settings.Set(name, TextAt(arguments[1], row), local);
    }
    SetText(result, row, settings.Show(name));
  }
}

struct Encoding {
  int32_t number;
  const char* name;
  int32_t longest;
};
constexpr Encoding kEncodings[] = {
    {0, "SQL_ASCII", 1}, {1, "EUC_JP", 3}, {2, "EUC_CN", 3}, {3, "EUC_KR", 3}, {4, "EUC_TW", 4},
    {5, "EUC_JIS_2004", 3}, {6, "UTF8", 4}, {7, "MULE_INTERNAL", 4}, {8, "LATIN1", 1}, {9, "LATIN2", 1},
    {10, "LATIN3", 1}, {11, "LATIN4", 1}, {12, "LATIN5", 1}, {13, "LATIN6", 1}, {14, "LATIN7", 1}, {15, "LATIN8", 1},
    {16, "LATIN9", 1}, {17, "LATIN10", 1}, {18, "WIN1256", 1}, {19, "WIN1258", 1}, {20, "WIN866", 1},
    {21, "WIN874", 1}, {22, "KOI8R", 1}, {23, "WIN1251", 1}, {24, "WIN1252", 1}, {25, "ISO_8859_5", 1},
    {26, "ISO_8859_6", 1}, {27, "ISO_8859_7", 1}, {28, "ISO_8859_8", 1}, {29, "WIN1250", 1}, {30, "WIN1253", 1},
    {31, "WIN1254", 1}, {32, "WIN1255", 1}, {33, "WIN1257", 1}, {34, "KOI8U", 1}, {35, "SJIS", 2}, {36, "BIG5", 2},
    {37, "GBK", 2}, {38, "UHC", 2}, {39, "GB18030", 4}, {40, "JOHAB", 3}, {41, "SHIFT_JIS_2004", 2},
};

GATHER_SYSTEM_KERNEL(EncodingToChar) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const char* name = "";
    for (const Encoding& encoding : kEncodings) {
      if (encoding.number == At<int32_t>(arguments[0], row)) name = encoding.name;
    }
    SetText(result, row, name);
  });
}

std::string EncodingKey(std::string_view text) {
  std::string key;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return key == "unicode" ? "utf8" : key;
}

GATHER_SYSTEM_KERNEL(CharToEncoding) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string key = EncodingKey(TextAt(arguments[0], row));
    int32_t number = -1;
    for (const Encoding& encoding : kEncodings) {
      if (EncodingKey(encoding.name) == key) number = encoding.number;
    }
    result.data<int32_t>()[row] = number;
  });
}

GATHER_SYSTEM_KERNEL(EncodingMaxLength) {
  ForValidRows(result, rows, [&](uint32_t row) {
    for (const Encoding& encoding : kEncodings) {
      if (encoding.number != At<int32_t>(arguments[0], row)) continue;
      result.data<int32_t>()[row] = encoding.longest;
      return;
    }
    result.SetNull(row);
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {2077, "current_setting", {kText}, kText, CurrentSetting, "SHOW X as a function", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3294, "current_setting", {kText, kBool}, kText, CurrentSetting,
     "SHOW X as a function, optionally no error for missing variable", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2078, "set_config", {kText, kText, kBool}, kText, SetConfig, "SET X as a function", false, Volatility::kVolatile,
     ParallelSafety::kUnsafe},
    {1597, "pg_encoding_to_char", {kInt4}, kName, EncodingToChar, "convert encoding id to encoding name", true,
     Volatility::kStable},
    {1264, "pg_char_to_encoding", {kName}, kInt4, CharToEncoding, "convert encoding name to encoding id", true,
     Volatility::kStable},
    {2319, "pg_encoding_max_length", {kInt4}, kInt4, EncodingMaxLength,
     "maximum octet length of a character in given encoding"},
    // clang-format on
};

}  // namespace

void AddSettingFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog

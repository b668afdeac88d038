// Reading option values as PostgreSQL's src/backend/commands/define.c does.
#include <cctype>
#include <charconv>
#include <cmath>

#include "sql/ast/definitions.h"
#include "types/error.h"

namespace gather::sql::ast {

namespace {

std::string Lower(Text text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

[[noreturn]] void ThrowRequires(const DefElem& option, const char* what) {
  throw SqlError(sqlstate::kSyntaxError, std::string(option.name) + " requires " + what);
}

}  // namespace

std::string DefElemString(const DefElem& option) {
  if (option.arg == nullptr) ThrowRequires(option, "a parameter");
  switch (option.arg->tag) {
    case NodeTag::kInteger: return std::to_string(As<Integer>(option.arg).value);
    case NodeTag::kFloat: return std::string(As<Float>(option.arg).text);
    case NodeTag::kBoolean: return As<Boolean>(option.arg).value ? "true" : "false";
    case NodeTag::kString: return std::string(As<String>(option.arg).text);
    case NodeTag::kTypeName: return NameListToString(As<TypeName>(option.arg).names);
    case NodeTag::kAStar: return "*";
    case NodeTag::kListNode: {
      std::string text;
      for (const Node* item : As<ListNode>(option.arg).items) {
        if (!text.empty()) text += '.';
        if (const auto* name = TryAs<String>(item)) text += name->text;
      }
      return text;
    }
    default: ThrowRequires(option, "a parameter");
  }
}

bool DefElemBoolean(const DefElem& option) {
  if (option.arg == nullptr) return true;
  if (const auto* integer = TryAs<Integer>(option.arg)) {
    if (integer->value == 0) return false;
    if (integer->value == 1) return true;
  } else {
    const std::string text = Lower(DefElemString(option));
    if (text == "true" || text == "on") return true;
    if (text == "false" || text == "off") return false;
  }
  ThrowRequires(option, "a Boolean value");
}

int32_t DefElemInt32(const DefElem& option) {
  if (option.arg == nullptr) ThrowRequires(option, "an integer value");
  if (const auto* integer = TryAs<Integer>(option.arg)) return integer->value;
  ThrowRequires(option, "an integer value");
}

int64_t DefElemInt64(const DefElem& option) {
  if (option.arg == nullptr) ThrowRequires(option, "a numeric value");
  if (const auto* integer = TryAs<Integer>(option.arg)) return integer->value;
  if (const auto* number = TryAs<Float>(option.arg)) {
    int64_t value = 0;
    const char* end = number->text.data() + number->text.size();
    const auto [rest, error] = std::from_chars(number->text.data(), end, value);
    if (error == std::errc::result_out_of_range) {
      throw SqlError(sqlstate::kNumericValueOutOfRange, "value \"" + std::string(number->text) + "\" is out of range for type bigint");
    }
    if (error != std::errc() || rest != end) {
      throw SqlError(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type bigint: \"" + std::string(number->text) + "\"");
    }
    return value;
  }
  ThrowRequires(option, "a numeric value");
}

double DefElemNumeric(const DefElem& option) {
  if (option.arg == nullptr) ThrowRequires(option, "a numeric value");
  if (const auto* integer = TryAs<Integer>(option.arg)) return integer->value;
  if (const auto* number = TryAs<Float>(option.arg)) return std::strtod(std::string(number->text).c_str(), nullptr);
  ThrowRequires(option, "a numeric value");
}

}  // namespace gather::sql::ast

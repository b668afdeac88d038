#include "catalog/name_resolver.h"

#include "catalog/definitions.h"
#include "types/error.h"
#include "types/quote.h"

namespace gather::catalog {

namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// Lower case outside quotes, runs of blanks as one.
std::string Normalised(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (char c : Trimmed(text)) {
    if (c == '"') quoted = !quoted;
    if (!quoted && std::isspace(static_cast<unsigned char>(c))) c = ' ';
    if (!quoted && c == ' ' && (out.ends_with(' ') || out.ends_with('('))) continue;
    out += !quoted && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

struct TypeAlias {
  std::string_view name;
  Oid oid;
};
// Spellings of the grammar that are neither pg_type.typname nor what format_type prints.
constexpr TypeAlias kTypeAliases[] = {
    {"int", type_oid::kInt4}, {"dec", type_oid::kNumeric}, {"decimal", type_oid::kNumeric}, {"float", type_oid::kFloat8},
    {"char", type_oid::kBpchar}, {"nchar", type_oid::kBpchar}, {"national character", type_oid::kBpchar}, {"national char", type_oid::kBpchar},
    {"char varying", type_oid::kVarchar}, {"national character varying", type_oid::kVarchar}, {"time without time zone", type_oid::kTime},
    {"time with time zone", type_oid::kTimetz}, {"timestamp without time zone", type_oid::kTimestamp},
    {"timestamp with time zone", type_oid::kTimestamptz},
};

[[noreturn]] void ThrowNoFunction(const std::string& name) {
  throw SqlError(sqlstate::kUndefinedFunction, Format("function \"%s\" does not exist", name.c_str()));
}

// The unqualified name; pg_catalog is where all functions and operators live.
std::string CatalogOnly(const std::string& name, const char* what) {
  const std::vector<std::string> parts = SplitQualifiedName(name);
  if (parts.size() == 1) return parts[0];
  if (parts.size() == 2 && parts[0] == "pg_catalog") return parts[1];
  throw SqlError(sqlstate::kUndefinedFunction, Format("%s \"%s\" does not exist", what, name.c_str()));
}

}  // namespace

std::vector<std::string> SplitQualifiedName(std::string_view text) {
  const auto fail = [] { throw SqlError(sqlstate::kInvalidName, "invalid name syntax"); };
  std::vector<std::string> parts;
  text = Trimmed(text);
  size_t at = 0;
  while (true) {
    std::string part;
    if (at < text.size() && text[at] == '"') {
      for (at++;; at++) {
        if (at >= text.size()) fail();
        if (text[at] != '"') {
          part += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          part += '"';
          at++;
        } else {
          break;
        }
      }
      at++;
    } else {
      while (at < text.size() && text[at] != '.' && text[at] != '"' && !std::isspace(static_cast<unsigned char>(text[at]))) {
        const char c = text[at++];
        part += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
      if (part.empty()) fail();
    }
    parts.push_back(part.size() > 63 ? part.substr(0, 63) : part);
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) at++;
    if (at == text.size()) return parts;
    if (text[at++] != '.') fail();
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) at++;
  }
}

RelationRef CatalogNames::Relation(const std::string& name) const {
  std::vector<std::string> parts = SplitQualifiedName(name);
  if (parts.size() == 3) parts.erase(parts.begin());
  if (parts.size() > 2) throw SqlError(sqlstate::kSyntaxError, Format("improper relation name (too many dotted names): %s", name.c_str()));
  RelationRef found;
  std::string shown = parts.back();
  if (parts.size() == 1) {
    found = catalog_->FindRelation(search_path_, parts[0]);
  } else {
    const SchemaEntry* schema = catalog_->FindSchema(parts[0]);
    if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", parts[0].c_str()));
    found = catalog_->FindRelation(schema->oid, parts[1]);
    shown = parts[0] + "." + parts[1];
  }
  if (found == nullptr) throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist", shown.c_str()));
  return found;
}

Oid CatalogNames::TypeOid(std::string_view text) const {
  std::string name = Normalised(text);
  const std::string whole(Trimmed(text));
  const auto fail = [&]() -> Oid { throw SqlError(sqlstate::kUndefinedObject, Format("type \"%s\" does not exist", whole.c_str())); };
  if (name.empty()) throw SqlError(sqlstate::kSyntaxError, "invalid type name \"\"");
  bool array = false;
  while (name.ends_with("]")) {
    const size_t open = name.rfind('[');
    if (open == std::string::npos) return fail();
    name = std::string(Trimmed(std::string_view(name).substr(0, open)));
    array = true;
  }
  if (name.ends_with(" array")) name.resize(name.size() - 6), array = true;
  // The modifier may stand in the middle: timestamp(3) with time zone.
  if (const size_t open = name.find('('); open != std::string::npos) {
    const size_t close = name.find(')', open);
    if (close == std::string::npos) return fail();
    name = std::string(Trimmed(name.substr(0, open))) + name.substr(close + 1);
  }
  if (name.starts_with("interval ")) name = "interval";
  const TypeInfo* found = nullptr;
  for (const TypeAlias& alias : kTypeAliases) {
    if (alias.name == name) found = FindType(alias.oid);
  }
  if (found == nullptr) {
    for (const TypeInfo& type : AllTypes()) {
      if (name == type.sql_name) found = &type;
    }
  }
  if (found == nullptr) {
    if (name.find(' ') != std::string::npos && name.find('"') == std::string::npos) return fail();
    const std::vector<std::string> parts = SplitQualifiedName(name);
    if (parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog")) found = FindType(std::string_view(parts.back()));
    if (found == nullptr && parts.size() <= 2) {
      RelationRef relation;
      if (parts.size() == 1) {
        relation = catalog_->FindRelation(search_path_, parts[0]);
      } else {
        const SchemaEntry* schema = catalog_->FindSchema(parts[0]);
        if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", parts[0].c_str()));
        relation = catalog_->FindRelation(schema->oid, parts[1]);
      }
      if (relation != nullptr && relation->row_type != kInvalidOid && !array) return relation->row_type;
    }
  }
  if (found == nullptr) return fail();
  if (!array) return found->oid;
  return found->array != kInvalidOid ? found->array : fail();
}

std::string CatalogNames::Signature(const FunctionInfo& function) {
  std::string text = QuoteIdentifier(function.name) + "(";
  for (size_t i = 0; i < function.arguments.size(); i++) text += (i > 0 ? "," : "") + FormatType(function.arguments[i]);
  return text + ")";
}

std::vector<Oid> CatalogNames::TypeList(std::string_view list, std::string_view whole) const {
  std::vector<Oid> types;
  if (list.empty() || list.back() != ')') throw SqlError(sqlstate::kInvalidTextRepresentation, "expected a right parenthesis");
  list.remove_suffix(1);
  if (Trimmed(list).empty()) return types;
  while (true) {
    int depth = 0;
    size_t comma = 0;
    while (comma < list.size() && (list[comma] != ',' || depth > 0)) {
      depth += list[comma] == '(' ? 1 : list[comma] == ')' ? -1 : 0;
      comma++;
    }
    const std::string_view name = Trimmed(list.substr(0, comma));
    if (name.empty()) throw SqlError(sqlstate::kInvalidTextRepresentation, Format("expected a type name in \"%s\"", std::string(whole).c_str()));
    types.push_back(Normalised(name) == "none" ? kInvalidOid : TypeOid(name));
    if (comma == list.size()) return types;
    list.remove_prefix(comma + 1);
  }
}

Oid CatalogNames::FunctionOid(const std::string& name) const {
  const auto candidates = functions_.Functions(CatalogOnly(name, "function"));
  if (candidates.empty()) ThrowNoFunction(name);
  if (candidates.size() > 1) throw SqlError(sqlstate::kAmbiguousFunction, Format("more than one function named \"%s\"", name.c_str()));
  return candidates[0]->oid;
}

Oid CatalogNames::ProcedureOid(const std::string& signature) const {
  const size_t open = signature.find('(');
  if (open == std::string::npos) throw SqlError(sqlstate::kInvalidTextRepresentation, "expected a left parenthesis");
  const std::string name = CatalogOnly(signature.substr(0, open), "function");
  const std::vector<Oid> arguments = TypeList(Trimmed(std::string_view(signature).substr(open + 1)), signature);
  const FunctionInfo* found = functions_.FindFunction(name, arguments);
  if (found == nullptr) ThrowNoFunction(signature);
  return found->oid;
}

Oid CatalogNames::OperatorOid(const std::string& text) const {
  std::string_view name = Trimmed(text);
  if (name.starts_with("pg_catalog.")) name.remove_prefix(11);
  const auto candidates = functions_.Operators(name);
  if (candidates.empty()) throw SqlError(sqlstate::kUndefinedFunction, Format("operator does not exist: %s", text.c_str()));
  if (candidates.size() > 1) throw SqlError(sqlstate::kAmbiguousFunction, Format("more than one operator named %s", text.c_str()));
  return candidates[0]->oid;
}

Oid CatalogNames::OperatorSignatureOid(const std::string& signature) const {
  const size_t open = signature.find('(');
  if (open == std::string::npos) throw SqlError(sqlstate::kInvalidTextRepresentation, "expected a left parenthesis");
  std::string_view name = Trimmed(std::string_view(signature).substr(0, open));
  if (name.starts_with("pg_catalog.")) name.remove_prefix(11);
  const std::vector<Oid> arguments = TypeList(Trimmed(std::string_view(signature).substr(open + 1)), signature);
  if (arguments.size() == 1) {
    throw SqlError(sqlstate::kUndefinedParameter, "missing argument").Hint("Use NONE to denote the missing argument of a unary operator.");
  }
  if (arguments.size() != 2) throw SqlError(SqlState{"54023"}, "too many arguments").Hint("Provide two argument types for operator.");
  const OperatorInfo* found = functions_.FindOperator(name, arguments[0], arguments[1]);
  if (found == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("operator does not exist: %s", signature.c_str()));
  return found->oid;
}

Oid CatalogNames::SchemaOid(const std::string& text) const {
  const std::vector<std::string> parts = SplitQualifiedName(text);
  if (parts.size() != 1) throw SqlError(sqlstate::kInvalidName, "invalid name syntax");
  const SchemaEntry* schema = catalog_->FindSchema(parts[0]);
  if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", parts[0].c_str()));
  return schema->oid;
}

Oid CatalogNames::RoleOid(const std::string& text) const {
  const std::vector<std::string> parts = SplitQualifiedName(text);
  if (parts.size() != 1) throw SqlError(sqlstate::kInvalidName, "invalid name syntax");
  const RoleEntry* role = catalog_->FindRole(parts[0]);
  if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", parts[0].c_str()));
  return role->oid;
}

uint32_t CatalogNames::OidOf(uint32_t reg_type, const std::string& name) const {
  switch (reg_type) {
    case type_oid::kRegclass: return Relation(name)->oid;
    case type_oid::kRegtype: return TypeOid(name);
    case type_oid::kRegproc: return FunctionOid(name);
    case type_oid::kRegprocedure: return ProcedureOid(name);
    case type_oid::kRegoper: return OperatorOid(name);
    case type_oid::kRegoperator: return OperatorSignatureOid(name);
    case type_oid::kRegnamespace: return SchemaOid(name);
    case type_oid::kRegrole: return RoleOid(name);
    default: ThrowInternal(Format("type %u has no names", reg_type));
  }
}

std::string CatalogNames::NameOf(uint32_t reg_type, uint32_t oid) const {
  switch (reg_type) {
    case type_oid::kRegclass: {
      const RelationRef relation = catalog_->FindRelation(oid);
      return relation == nullptr ? "" : VisibleName(*catalog_, search_path_, *relation);
    }
    case type_oid::kRegtype: {
      if (FindType(oid) != nullptr) return FormatType(oid);
      for (const RelationRef& relation : catalog_->Relations()) {
        if (relation->row_type == oid) return VisibleName(*catalog_, search_path_, *relation);
      }
      return "";
    }
    case type_oid::kRegproc: {
      const FunctionInfo* function = functions_.FindFunction(oid);
      if (function == nullptr) return "";
      return (functions_.Functions(function->name).size() > 1 ? "pg_catalog." : "") + QuoteIdentifier(function->name);
    }
    case type_oid::kRegprocedure: {
      const FunctionInfo* function = functions_.FindFunction(oid);
      return function == nullptr ? "" : Signature(*function);
    }
    case type_oid::kRegoper: {
      const OperatorInfo* op = functions_.FindOperator(oid);
      if (op == nullptr) return "";
      return (functions_.Operators(op->name).size() > 1 ? "pg_catalog." : "") + std::string(op->name);
    }
    case type_oid::kRegoperator: {
      const OperatorInfo* op = functions_.FindOperator(oid);
      if (op == nullptr) return "";
      return std::string(op->name) + "(" + (op->left == kInvalidOid ? "NONE" : FormatType(op->left)) + "," + FormatType(op->right) + ")";
    }
    case type_oid::kRegnamespace: {
      const SchemaEntry* schema = catalog_->FindSchema(oid);
      return schema == nullptr ? "" : QuoteIdentifier(schema->name);
    }
    case type_oid::kRegrole: {
      const RoleEntry* role = catalog_->FindRole(oid);
      return role == nullptr ? "" : QuoteIdentifier(role->name);
    }
    default: return "";
  }
}

}  // namespace gather::catalog

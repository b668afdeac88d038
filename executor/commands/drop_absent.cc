#include "executor/commands/drop_absent.h"

#include <algorithm>

#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;
using ast::ObjectType;

namespace {

constexpr std::string_view kAccessMethods[] = {"heap", "btree", "hash", "gist", "gin", "spgist", "brin"};

struct Kind {
  ObjectType type;
  const char* word;
  SqlState state;
  bool in_schema;                                          // may be named with one
};
constexpr Kind kKinds[] = {
    {ObjectType::kType, "type", sqlstate::kUndefinedObject, true},
    {ObjectType::kDomain, "type", sqlstate::kUndefinedObject, true},
    {ObjectType::kCollation, "collation", sqlstate::kUndefinedObject, true},
    {ObjectType::kConversion, "conversion", sqlstate::kUndefinedObject, true},
    {ObjectType::kTextSearchParser, "text search parser", sqlstate::kUndefinedObject, true},
    {ObjectType::kTextSearchDictionary, "text search dictionary", sqlstate::kUndefinedObject, true},
    {ObjectType::kTextSearchTemplate, "text search template", sqlstate::kUndefinedObject, true},
    {ObjectType::kTextSearchConfiguration, "text search configuration", sqlstate::kUndefinedObject, true},
    {ObjectType::kStatistics, "statistics object", sqlstate::kUndefinedObject, true},
    {ObjectType::kMaterializedView, "materialized view", sqlstate::kUndefinedTable, true},
    {ObjectType::kForeignTable, "foreign table", sqlstate::kUndefinedTable, true},
    {ObjectType::kLanguage, "language", sqlstate::kUndefinedObject, false},
    {ObjectType::kForeignDataWrapper, "foreign-data wrapper", sqlstate::kUndefinedObject, false},
    {ObjectType::kForeignServer, "server", sqlstate::kUndefinedObject, false},
    {ObjectType::kAccessMethod, "access method", sqlstate::kUndefinedObject, false},
    {ObjectType::kExtension, "extension", sqlstate::kUndefinedObject, false},
    {ObjectType::kEventTrigger, "event trigger", sqlstate::kUndefinedObject, false},
    {ObjectType::kPublication, "publication", sqlstate::kUndefinedObject, false},
    {ObjectType::kFunction, "function", sqlstate::kUndefinedFunction, true},
    {ObjectType::kProcedure, "procedure", sqlstate::kUndefinedFunction, true},
    {ObjectType::kRoutine, "routine", sqlstate::kUndefinedFunction, true},
    {ObjectType::kAggregate, "aggregate", sqlstate::kUndefinedFunction, true},
    {ObjectType::kOperator, "operator", sqlstate::kUndefinedFunction, true},
    {ObjectType::kOperatorClass, "operator class", sqlstate::kUndefinedObject, true},
    {ObjectType::kOperatorFamily, "operator family", sqlstate::kUndefinedObject, true},
    {ObjectType::kTrigger, "trigger", sqlstate::kUndefinedObject, true},
    {ObjectType::kRule, "rule", sqlstate::kUndefinedObject, true},
    {ObjectType::kPolicy, "policy", sqlstate::kUndefinedObject, true},
};

const Kind& KindOf(ObjectType type) {
  static constexpr Kind kOther{ObjectType::kType, "object", sqlstate::kUndefinedObject, true};
  for (const Kind& kind : kKinds) {
    if (kind.type == type) return kind;
  }
  return kOther;
}

std::vector<std::string_view> NameOf(const ast::Node& object) {
  if (const auto* type = ast::TryAs<ast::TypeName>(&object)) return {type->names.begin(), type->names.end()};
  if (const auto* function = ast::TryAs<ast::ObjectWithArgs>(&object)) return {function->name.begin(), function->name.end()};
  if (const auto* text = ast::TryAs<ast::String>(&object)) return {text->text};
  std::vector<std::string_view> parts;
  if (const auto* list = ast::TryAs<ast::ListNode>(&object)) {
    for (const ast::Node* item : list->items) {
      if (const auto* text = ast::TryAs<ast::String>(item)) parts.push_back(text->text);
    }
  }
  return parts;
}

// As PostgreSQL's TypeNameToString: as the parser left it, pg_catalog included.
std::string Spelled(const ast::TypeName& name) {
  std::string text = ast::NameListToString(name.names);
  if (!name.array_bounds.empty()) text += "[]";
  return text;
}

class AbsentObject {
 public:
  AbsentObject(Session& session, const ast::DropStmt& statement, const ast::Node& object)
      : session_(session), missing_ok_(statement.missing_ok), object_(object), kind_(KindOf(statement.type)), name_(NameOf(object)) {}

  void Drop() {
    switch (kind_.type) {
      case ObjectType::kTrigger: case ObjectType::kRule: case ObjectType::kPolicy: return DropOfRelation();
      case ObjectType::kOperatorClass: case ObjectType::kOperatorFamily: return DropOfAccessMethod();
      case ObjectType::kFunction: case ObjectType::kProcedure: case ObjectType::kRoutine: case ObjectType::kAggregate: return DropFunction();
      case ObjectType::kOperator: return DropOperator();
      default: break;
    }
    if (kind_.in_schema && !SchemaExists(name_)) return;
    const std::string name = ast::NameListToString(ast::Names(name_));
    if (kind_.type == ObjectType::kType || kind_.type == ObjectType::kDomain) {
      if (name_.back() != "" && FindType(name_.back()) != nullptr) RefuseBuiltIn("type " + FormatType(FindType(name_.back())->oid));
    }
    std::string what = Format("%s \"%s\"", kind_.word, name.c_str());
    if (kind_.type == ObjectType::kCollation && !missing_ok_) what += " for encoding \"UTF8\"";
    Missing(kind_.state, what + " does not exist");
  }

  void DropCast(const ast::TypeName& source, const ast::TypeName& target) {
    SqlType from, to;
    if (!Resolve(source, &from) || !Resolve(target, &to)) return;
    if (session_.instance().functions.FindCast(from.oid, to.oid) != nullptr) {
      RefuseBuiltIn(Format("cast from %s to %s", FormatType(from.oid).c_str(), FormatType(to.oid).c_str()));
    }
    Missing(sqlstate::kUndefinedObject, Format("cast from type %s to type %s does not exist", FormatType(from.oid).c_str(), FormatType(to.oid).c_str()));
  }

 private:
  void Missing(SqlState state, const std::string& message) { Missing(state, message, message); }
  void Missing(SqlState state, const std::string& message, const std::string& skipped) {
    if (!missing_ok_) throw SqlError(state, message);
    session_.Notice("NOTICE", sqlstate::kSuccessfulCompletion, skipped + ", skipping", {}, {});
  }

  [[noreturn]] void RefuseBuiltIn(const std::string& what) {
    throw SqlError(sqlstate::kDependentObjectsStillExist, Format("cannot drop %s because it is required by the database system", what.c_str()));
  }

  // The schema of a qualified name, if it has one.
  bool SchemaExists(std::span<const std::string_view> name) {
    if (name.size() < 2 || session_.catalog_view()->FindSchema(name[name.size() - 2]) != nullptr) return true;
    Missing(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", std::string(name[name.size() - 2]).c_str()));
    return false;
  }

  bool Resolve(const ast::TypeName& name, SqlType* type) {
    const std::vector<std::string_view> parts(name.names.begin(), name.names.end());
    if (!SchemaExists(parts)) return false;
    try {
      *type = sql::ResolveTypeName(name, *session_.catalog_view());
      return true;
    } catch (const SqlError& error) {
      if (!missing_ok_ || error.state() != sqlstate::kUndefinedObject) throw;
      session_.Notice("NOTICE", sqlstate::kSuccessfulCompletion, error.message() + ", skipping", {}, {});
      return false;
    }
  }

  // [relation name …, own name]
  void DropOfRelation() {
    const std::vector<std::string_view> relation_name(name_.begin(), name_.end() - 1);
    if (!SchemaExists(relation_name)) return;
    const catalog::RelationRef relation = FindRelation(session_, ast::Names(relation_name), true);
    if (relation == nullptr) return Missing(sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist", ast::NameListToString(ast::Names(relation_name)).c_str()));
    const std::string own(name_.back());
    const char* plain = kind_.type == ObjectType::kRule ? "relation" : "table";
    Missing(kind_.state, Format("%s \"%s\" for %s \"%s\" does not exist", kind_.word, own.c_str(), plain, relation->name.c_str()),
            Format("%s \"%s\" for relation \"%s\" does not exist", kind_.word, own.c_str(), ast::NameListToString(ast::Names(relation_name)).c_str()));
  }

  // [access method, name …]
  void DropOfAccessMethod() {
    const std::string method(name_.front());
    if (std::find(std::begin(kAccessMethods), std::end(kAccessMethods), method) == std::end(kAccessMethods)) {
      throw SqlError(sqlstate::kUndefinedObject, Format("access method \"%s\" does not exist", method.c_str()));
    }
    const std::vector<std::string_view> name(name_.begin() + 1, name_.end());
    if (!SchemaExists(name)) return;
    Missing(kind_.state, Format("%s \"%s\" does not exist for access method \"%s\"", kind_.word, ast::NameListToString(ast::Names(name)).c_str(), method.c_str()));
  }

  // False: an argument's type does not exist, which has been told.
  bool ResolveArguments(const ast::ObjectWithArgs& function, std::vector<Oid>* types, std::string* shown, std::string* spelled) {
    for (const ast::Node* argument : function.args) {
      const auto* name = ast::TryAs<ast::TypeName>(argument);
      SqlType type;
      if (name != nullptr && !Resolve(*name, &type)) return false;
      types->push_back(type.oid);
      *shown += (shown->empty() ? "" : ", ") + (name == nullptr ? "NONE" : FormatType(type.oid));
      *spelled += (spelled->empty() ? "" : ",") + (name == nullptr ? "NONE" : Spelled(*name));
    }
    return true;
  }

  void DropFunction() {
    if (!SchemaExists(name_)) return;
    const auto& function = ast::As<ast::ObjectWithArgs>(object_);
    const std::string name = ast::NameListToString(function.name);
    std::vector<Oid> types;
    std::string shown, spelled;
    if (!ResolveArguments(function, &types, &shown, &spelled)) return;
    const bool is_aggregate = kind_.type == ObjectType::kAggregate;
    if (function.args_unspecified) {
      const auto overloads = session_.instance().functions.Functions(name_.back());
      if (overloads.size() > 1) {
        throw SqlError(SqlState{"42725"}, Format("%s name \"%s\" is not unique", kind_.word, name.c_str()))
            .Hint(Format("Specify the argument list to select the %s unambiguously.", kind_.word));
      }
      if (overloads.size() == 1) RefuseBuiltIn("function " + Signature(*overloads[0]));
      return Missing(kind_.state, Format("could not find %s %s named \"%s\"", is_aggregate ? "an" : "a", kind_.word, name.c_str()),
                     Format("%s %s() does not exist", kind_.word, name.c_str()));
    }
    if (const catalog::FunctionInfo* found = session_.instance().functions.FindFunction(name_.back(), types)) RefuseBuiltIn("function " + Signature(*found));
    Missing(kind_.state, Format("%s %s(%s) does not exist", kind_.word, name.c_str(), is_aggregate && types.empty() ? "*" : shown.c_str()),
            Format("%s %s(%s) does not exist", kind_.word, name.c_str(), spelled.c_str()));
  }

  static std::string Signature(const catalog::FunctionInfo& function) {
    std::string text;
    for (const Oid argument : function.arguments) text += (text.empty() ? "" : ",") + FormatType(argument);
    return std::string(function.name) + "(" + text + ")";
  }

  void DropOperator() {
    if (!SchemaExists(name_)) return;
    const auto& function = ast::As<ast::ObjectWithArgs>(object_);
    const std::string name = ast::NameListToString(function.name);
    std::vector<Oid> types;
    std::string shown, spelled;
    if (!ResolveArguments(function, &types, &shown, &spelled)) return;
    if (types.size() != 2) ThrowInternal("operator without two argument types");
    if (session_.instance().functions.FindOperator(name_.back(), types[0], types[1]) != nullptr) {
      RefuseBuiltIn(Format("operator %s(%s,%s)", name.c_str(), types[0] == 0 ? "none" : FormatType(types[0]).c_str(), FormatType(types[1]).c_str()));
    }
    const std::string left = types[0] == kInvalidOid ? "" : FormatType(types[0]) + " ";
    Missing(kind_.state, Format("operator does not exist: %s%s %s", left.c_str(), name.c_str(), types[1] == kInvalidOid ? "" : FormatType(types[1]).c_str()),
            Format("operator %s does not exist", name.c_str()));
  }

  Session& session_;
  const bool missing_ok_;
  const ast::Node& object_;
  const Kind& kind_;
  const std::vector<std::string_view> name_;
};

}  // namespace

void DropAbsent(Session& session, const ast::DropStmt& statement, const ast::Node& object) {
  AbsentObject absent(session, statement, object);
  const auto* list = ast::TryAs<ast::ListNode>(&object);
  if (statement.type == ObjectType::kCast && list != nullptr && list->items.size() == 2) {
    return absent.DropCast(ast::As<ast::TypeName>(list->items[0]), ast::As<ast::TypeName>(list->items[1]));
  }
  if (statement.type == ObjectType::kTransform || NameOf(object).empty()) ThrowNotSupported("this form of DROP is not supported yet");
  absent.Drop();
}

}  // namespace gather::executor

// Scope: the names one query level offers while it is being bound (PostgreSQL's ParseState and ParseNamespaceItem).
//
// Lives on the binder's stack; inner levels point to outer ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sql/ast.h"
#include "sql/query.h"

namespace gather::sql {

// Where an expression stands: decides what it may contain and how errors name the place (PostgreSQL's ParseExprKind).
enum class ExprPlace : uint8_t {
  kOther, kJoinOn, kJoinUsing, kFromSubselect, kFromFunction, kWhere, kHaving, kFilter, kWindowPartition, kWindowOrder, kWindowRange, kWindowRows,
  kWindowGroups, kSelectTarget, kInsertTarget, kUpdateSource, kUpdateTarget, kGroupBy, kOrderBy, kDistinctOn, kLimit, kOffset, kReturning, kValues,
  kValuesSingle, kCheckConstraint, kColumnDefault, kIndexExpression, kIndexPredicate, kAlterTransform, kExecuteParameter, kCallArgument, kCopyWhere,
  kGeneratedColumn, kMergeWhen,
};
const char* PlaceName(ExprPlace place);                // "WHERE", "GROUP BY" …

// A column as FROM shows it.
struct NameColumn {
  std::string name;
  SqlType type;
  uint32_t index = 0;                                  // in `relation`
  RelId relation;
  ExprRef merged;                                      // USING columns of a full join: COALESCE(left, right); null: the plain column
  Oid collation = kInvalidOid;
};

// A named FROM item (table, subquery, function, aliased join), or the nameless columns of a join.
struct NameItem {
  std::string alias;
  std::shared_ptr<const catalog::RelationEntry> table; // base relations: for schema-qualified names and system columns
  RelId relation;                                      // 0: a join
  std::vector<NameColumn> columns;
  bool relation_visible = true;                        // alias.column
  bool columns_visible = true;                         // bare column
  bool lateral_only = false;                           // visible in LATERAL items only
  bool lateral_ok = true;
  bool has_alias = false;
  bool scalar_function = false;                        // a whole-row reference means its only column
  std::string real_name;                               // of a table that has an alias
};

// A WITH item in sight.
struct CteName {
  std::string name;
  uint32_t number = 0;
  std::vector<std::string> column_names;
  std::vector<SqlType> column_types;
  bool in_recursion = false;                           // inside its own recursive term: references are to the working table
  bool not_yet = false;                                // its own or a later query: may not be referenced
  uint32_t references = 0;
  uint32_t self_references = 0;
};

struct Scope {
  Scope* parent = nullptr;
  int level = 0;                                       // 0: outermost
  Query* query = nullptr;                              // being built; relations are added to it
  std::vector<std::shared_ptr<NameItem>> names;        // in sight
  std::vector<std::shared_ptr<NameItem>> all_names;    // every relation of the level, for hints
  std::vector<std::shared_ptr<CteName>> ctes;
  std::vector<const ast::WindowDef*> windows;
  ExprPlace place = ExprPlace::kOther;
  bool lateral_active = false;
  bool has_aggregates = false, has_windows = false, has_set_functions = false;
  const Expr* last_srf = nullptr;                      // latest set-returning call bound at this level
};

// Sets the place for a while.
class PlaceScope {
 public:
  PlaceScope(Scope& scope, ExprPlace place) : scope_(scope), saved_(scope.place) { scope.place = place; }
  ~PlaceScope() { scope_.place = saved_; }
  PlaceScope(const PlaceScope&) = delete;

 private:
  Scope& scope_;
  ExprPlace saved_;
};

}  // namespace gather::sql

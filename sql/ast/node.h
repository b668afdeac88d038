// ast::Node: the root of the parse tree, which mirrors PostgreSQL's raw parse nodes (same names, fields in snake_case).
//
// All nodes of one Parse() and their strings lie in one arena that ParsedStatement::node keeps alive: pointers and string_views into
// the tree are valid as long as that shared_ptr. Nodes are plain immutable data without destructors, so a deep tree costs no stack to
// free. Null pointers and empty names mean "not given" (SQL has no empty names). Thread-safe once built.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gather::sql::ast {

enum class NodeTag : uint8_t {
  // values
  kInteger, kFloat, kBoolean, kString, kBitString, kListNode,
  // expressions
  kColumnRef, kAStar, kParamRef, kAConst, kAExpr, kBoolExpr, kNullTest, kBooleanTest, kTypeCast, kTypeName, kCollateClause, kFuncCall,
  kNamedArgExpr, kAIndices, kAIndirection, kAArrayExpr, kRowExpr, kCaseExpr, kCaseWhen, kCoalesceExpr, kMinMaxExpr, kSqlValueFunction,
  kSubLink, kGroupingFunc, kSetToDefault, kCurrentOfExpr, kMultiAssignRef, kXmlExpr,
  // queries
  kResTarget, kSortBy, kWindowDef, kGroupingSet, kRangeVar, kAlias, kRangeSubselect, kRangeFunction, kRangeFunctionItem, kRangeTableSample,
  kJoinExpr, kLockingClause, kWithClause, kCommonTableExpr, kIntoClause, kInferClause, kOnConflictClause, kMergeWhenClause,
  kSelectStmt, kInsertStmt, kUpdateStmt, kDeleteStmt, kMergeStmt,
  // definitions
  kColumnDef, kConstraint, kTableLikeClause, kIndexElem, kDefElem, kRoleSpec, kPartitionSpec, kPartitionElem, kPartitionBoundSpec, kPartitionCmd,
  kObjectWithArgs, kFunctionParameter, kAccessPriv,
  kCreateStmt, kAlterTableStmt, kAlterTableCmd, kDropStmt, kTruncateStmt, kIndexStmt, kCreateSchemaStmt, kViewStmt, kCreateSeqStmt,
  kAlterSeqStmt, kCreateTableAsStmt, kRefreshMatViewStmt, kRenameStmt, kAlterObjectSchemaStmt, kAlterOwnerStmt, kCommentStmt,
  kCreateFunctionStmt, kCreateDomainStmt, kCreateEnumStmt, kCompositeTypeStmt, kDefineStmt, kCreateExtensionStmt, kCreateTrigStmt,
  kCreateRoleStmt, kAlterRoleStmt, kAlterRoleSetStmt, kDropRoleStmt, kGrantStmt, kGrantRoleStmt, kCreatedbStmt, kDropdbStmt,
  kAlterDatabaseStmt, kAlterDatabaseSetStmt, kImportForeignSchemaStmt,
  // commands
  kTransactionStmt, kVariableSetStmt, kVariableShowStmt, kAlterSystemStmt, kDiscardStmt, kPrepareStmt, kExecuteStmt, kDeallocateStmt, kExplainStmt,
  kCopyStmt, kDeclareCursorStmt, kFetchStmt, kClosePortalStmt, kVacuumStmt, kVacuumRelation, kCheckPointStmt, kReindexStmt, kClusterStmt,
  kLockStmt, kConstraintsSetStmt, kNotifyStmt, kListenStmt, kUnlistenStmt, kDoStmt, kCallStmt, kLoadStmt, kReassignOwnedStmt, kDropOwnedStmt,
  kOtherStmt,
};

struct Node {
  NodeTag tag;
  int location = -1;                                   // byte offset within the text given to Parse; -1: unknown
};

using Text = std::string_view;
using NodeList = std::span<const Node* const>;
template <class T> using List = std::span<const T* const>;
using Names = std::span<const Text>;                   // a possibly qualified name, or a list of plain names

template <NodeTag kNodeTag>
struct NodeOf : Node {
  static constexpr NodeTag kTag = kNodeTag;
  NodeOf() : Node{kNodeTag} {}
};

// `node` as T; null when it is null or another kind.
template <class T> const T* TryAs(const Node* node) {
  return node != nullptr && node->tag == T::kTag ? static_cast<const T*>(node) : nullptr;
}
template <class T> bool Is(const Node* node) { return node != nullptr && node->tag == T::kTag; }
// The caller knows its kind.
template <class T> const T& As(const Node& node) { return static_cast<const T&>(node); }
template <class T> const T& As(const Node* node) { return static_cast<const T&>(*node); }

// ---- values, as options and names carry them
struct Integer : NodeOf<NodeTag::kInteger> { int32_t value = 0; };
struct Float : NodeOf<NodeTag::kFloat> { Text text; };               // numbers beyond int4 too
struct Boolean : NodeOf<NodeTag::kBoolean> { bool value = false; };
struct String : NodeOf<NodeTag::kString> { Text text; };
struct BitString : NodeOf<NodeTag::kBitString> { Text text; };       // b0101 or xFF
struct ListNode : NodeOf<NodeTag::kListNode> { NodeList items; };

// The catalog.schema.name form of a qualified name as messages print it: a.b.c
std::string NameListToString(Names names);

}  // namespace gather::sql::ast

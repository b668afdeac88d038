// SqlError: the one exception type of the server, and the helpers that raise it.
//
// Every error a client can see is a SqlError with PostgreSQL's SQLSTATE, wording (lower case, no full stop), and where PostgreSQL
// gives them detail, hint and position. Raised anywhere; caught at two places only: the task border of the worker pool (first
// error wins, the leader rethrows) and the session's error funnel. Assertions are for bugs, never for input.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace gather {

// A five-character SQLSTATE. Constants below carry PostgreSQL's condition names (appendix A of its manual).
struct SqlState {
  char code[6];
  constexpr std::string_view view() const { return {code, 5}; }
  constexpr bool operator==(const SqlState& other) const { return view() == other.view(); }
};

namespace sqlstate {
inline constexpr SqlState kSuccessfulCompletion{"00000"};
inline constexpr SqlState kWarning{"01000"};
inline constexpr SqlState kConnectionException{"08000"};
inline constexpr SqlState kConnectionFailure{"08006"};
inline constexpr SqlState kProtocolViolation{"08P01"};
inline constexpr SqlState kFeatureNotSupported{"0A000"};
inline constexpr SqlState kCardinalityViolation{"21000"};
inline constexpr SqlState kStringDataRightTruncation{"22001"};
inline constexpr SqlState kNumericValueOutOfRange{"22003"};
inline constexpr SqlState kNullValueNotAllowed{"22004"};
inline constexpr SqlState kInvalidDatetimeFormat{"22007"};
inline constexpr SqlState kDatetimeFieldOverflow{"22008"};
inline constexpr SqlState kInvalidTimeZoneDisplacement{"22009"};
inline constexpr SqlState kSubstringError{"22011"};
inline constexpr SqlState kDivisionByZero{"22012"};
inline constexpr SqlState kInvalidArgumentForLogarithm{"2201E"};
inline constexpr SqlState kInvalidArgumentForPowerFunction{"2201F"};
inline constexpr SqlState kIntervalFieldOverflow{"22015"};
inline constexpr SqlState kInvalidRowCountInLimitClause{"2201W"};
inline constexpr SqlState kInvalidRowCountInResultOffsetClause{"2201X"};
inline constexpr SqlState kInvalidEscapeCharacter{"22019"};
inline constexpr SqlState kCharacterNotInRepertoire{"22021"};
inline constexpr SqlState kInvalidParameterValue{"22023"};
inline constexpr SqlState kInvalidEscapeSequence{"22025"};
inline constexpr SqlState kInvalidRegularExpression{"2201B"};
inline constexpr SqlState kArraySubscriptError{"2202E"};
inline constexpr SqlState kInvalidTextRepresentation{"22P02"};
inline constexpr SqlState kInvalidBinaryRepresentation{"22P03"};
inline constexpr SqlState kBadCopyFileFormat{"22P04"};
inline constexpr SqlState kUntranslatableCharacter{"22P05"};
inline constexpr SqlState kNotNullViolation{"23502"};
inline constexpr SqlState kForeignKeyViolation{"23503"};
inline constexpr SqlState kUniqueViolation{"23505"};
inline constexpr SqlState kCheckViolation{"23514"};
inline constexpr SqlState kInvalidCursorState{"24000"};
inline constexpr SqlState kActiveSqlTransaction{"25001"};
inline constexpr SqlState kReadOnlySqlTransaction{"25006"};
inline constexpr SqlState kNoActiveSqlTransaction{"25P01"};
inline constexpr SqlState kInFailedSqlTransaction{"25P02"};
inline constexpr SqlState kInvalidSqlStatementName{"26000"};
inline constexpr SqlState kInvalidAuthorizationSpecification{"28000"};
inline constexpr SqlState kDependentObjectsStillExist{"2BP01"};
inline constexpr SqlState kInvalidCursorName{"34000"};
inline constexpr SqlState kSavepointException{"3B000"};
inline constexpr SqlState kInvalidSavepointSpecification{"3B001"};
inline constexpr SqlState kInvalidCatalogName{"3D000"};
inline constexpr SqlState kInvalidSchemaName{"3F000"};
inline constexpr SqlState kSerializationFailure{"40001"};
inline constexpr SqlState kDeadlockDetected{"40P01"};
inline constexpr SqlState kSyntaxError{"42601"};
inline constexpr SqlState kInvalidName{"42602"};
inline constexpr SqlState kInvalidColumnDefinition{"42611"};
inline constexpr SqlState kNameTooLong{"42622"};
inline constexpr SqlState kReservedName{"42939"};
inline constexpr SqlState kInsufficientPrivilege{"42501"};
inline constexpr SqlState kDuplicateColumn{"42701"};
inline constexpr SqlState kAmbiguousColumn{"42702"};
inline constexpr SqlState kUndefinedColumn{"42703"};
inline constexpr SqlState kUndefinedObject{"42704"};
inline constexpr SqlState kDuplicateObject{"42710"};
inline constexpr SqlState kDuplicateAlias{"42712"};
inline constexpr SqlState kDuplicateFunction{"42723"};
inline constexpr SqlState kAmbiguousFunction{"42725"};
inline constexpr SqlState kGroupingError{"42803"};
inline constexpr SqlState kDatatypeMismatch{"42804"};
inline constexpr SqlState kWrongObjectType{"42809"};
inline constexpr SqlState kInvalidForeignKey{"42830"};
inline constexpr SqlState kCannotCoerce{"42846"};
inline constexpr SqlState kUndefinedFunction{"42883"};
inline constexpr SqlState kGeneratedAlways{"428C9"};
inline constexpr SqlState kUndefinedTable{"42P01"};
inline constexpr SqlState kUndefinedParameter{"42P02"};
inline constexpr SqlState kDuplicateCursor{"42P03"};
inline constexpr SqlState kDuplicateDatabase{"42P04"};
inline constexpr SqlState kDuplicatePreparedStatement{"42P05"};
inline constexpr SqlState kDuplicateSchema{"42P06"};
inline constexpr SqlState kDuplicateTable{"42P07"};
inline constexpr SqlState kAmbiguousParameter{"42P08"};
inline constexpr SqlState kAmbiguousAlias{"42P09"};
inline constexpr SqlState kInvalidColumnReference{"42P10"};
inline constexpr SqlState kInvalidTableDefinition{"42P16"};
inline constexpr SqlState kIndeterminateDatatype{"42P18"};
inline constexpr SqlState kInvalidRecursion{"42P19"};
inline constexpr SqlState kWindowingError{"42P20"};
inline constexpr SqlState kCollationMismatch{"42P21"};
inline constexpr SqlState kIndeterminateCollation{"42P22"};
inline constexpr SqlState kDiskFull{"53100"};
inline constexpr SqlState kOutOfMemory{"53200"};
inline constexpr SqlState kTooManyConnections{"53300"};
inline constexpr SqlState kProgramLimitExceeded{"54000"};
inline constexpr SqlState kStatementTooComplex{"54001"};
inline constexpr SqlState kTooManyColumns{"54011"};
inline constexpr SqlState kObjectNotInPrerequisiteState{"55000"};
inline constexpr SqlState kObjectInUse{"55006"};
inline constexpr SqlState kCantChangeRuntimeParam{"55P02"};
inline constexpr SqlState kLockNotAvailable{"55P03"};
inline constexpr SqlState kQueryCanceled{"57014"};
inline constexpr SqlState kAdminShutdown{"57P01"};
inline constexpr SqlState kCannotConnectNow{"57P03"};
inline constexpr SqlState kIoError{"58030"};
inline constexpr SqlState kDataCorrupted{"XX001"};
inline constexpr SqlState kInternalError{"XX000"};
}  // namespace sqlstate

class SqlError : public std::exception {
 public:
  SqlError(SqlState state, std::string message) : state_(state), message_(std::move(message)) {}

  // Chained by the thrower: throw SqlError(...).Detail(...).Hint(...).
  SqlError&& Detail(std::string text) && { detail_ = std::move(text); return std::move(*this); }
  SqlError&& Hint(std::string text) && { hint_ = std::move(text); return std::move(*this); }
  // `offset` is a 0-based byte offset into the statement text (as parse nodes carry); the funnel turns it into characters.
  SqlError&& At(int offset) && { offset_ = offset; return std::move(*this); }
  SqlError&& Context(std::string text) && { context_ = std::move(text); return std::move(*this); }
  SqlError&& Severity(std::string text) && { severity_ = std::move(text); return std::move(*this); }
  // Names reported in their own fields (s, t, c, d, n) for constraint violations.
  SqlError&& Table(std::string schema, std::string table) && {
    schema_ = std::move(schema); table_ = std::move(table); return std::move(*this);
  }
  SqlError&& Column(std::string name) && { column_ = std::move(name); return std::move(*this); }
  SqlError&& Constraint(std::string name) && { constraint_ = std::move(name); return std::move(*this); }

  const char* what() const noexcept override { return message_.c_str(); }
  SqlState state() const { return state_; }
  const std::string& message() const { return message_; }
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  const std::string& context() const { return context_; }
  const std::string& severity() const { return severity_; }
  const std::string& schema() const { return schema_; }
  const std::string& table() const { return table_; }
  const std::string& column() const { return column_; }
  const std::string& constraint() const { return constraint_; }
  int offset() const { return offset_; }
  // For a catcher that knows the place the thrower did not: keeps an offset that is already set.
  void SetOffsetIfUnset(int offset) { if (offset_ < 0) offset_ = offset; }

 private:
  SqlState state_;
  std::string message_, detail_, hint_, context_, severity_ = "ERROR", schema_, table_, column_, constraint_;
  int offset_ = -1;
};

// printf-style text for messages: Format("relation \"%s\" does not exist", name.c_str()).
std::string Format(const char* format, ...) __attribute__((format(printf, 1, 2)));

// An internal invariant that failed: SQLSTATE XX000, the server lives on.
[[noreturn]] void ThrowInternal(const std::string& message);
[[noreturn]] void ThrowNotSupported(const std::string& message);  // 0A000

}  // namespace gather

// Functions, operators, casts and aggregates: the registry. One row each; pg_proc, pg_operator, pg_cast, pg_aggregate, the binder's
// candidate lists, the planner's parallel check and the docs page all come from these rows.
//
// Rows live in catalog/functions/*.cc, grouped by subject; each file exports one table that function_table.cc lists. The registry is
// built once at start and immutable: thread-safe. OIDs are PostgreSQL's where the function exists there (oid 0: assigned at start from
// 8000 up, in table order).
//
// Kernel contract (scalar): `arguments` are vectors of any kind with `rows` rows; `result` has been Reset (flat, owned, all valid).
//   strict: before the call the framework has put the AND of the arguments' validity into result.validity(); the kernel must not
//   raise for a null row and may write anything there; it may null out further rows. If all arguments are constant the framework
//   calls with rows = 1 and makes the result constant. If every row is null it does not call.
//   non-strict: the kernel sees nulls and sets validity itself.
// A kernel never sees rows that the statement does not evaluate (CASE, AND, OR branches are sliced before).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/interrupt.h"
#include "types/io_settings.h"
#include "types/type.h"
#include "types/vector.h"

namespace gather::catalog {

enum class Volatility : char { kImmutable = 'i', kStable = 's', kVolatile = 'v' };
enum class ParallelSafety : char { kSafe = 's', kRestricted = 'r', kUnsafe = 'u' };
enum class FunctionKind : char { kScalar = 'f', kAggregate = 'a', kWindow = 'w', kProcedure = 'p' };

struct FunctionInfo;

// What session-dependent functions (current_user, nextval, current_setting, pg_get_indexdef, pg_sleep …) may ask. The executor
// implements it; null members' functions raise. Calls may come from the leader only unless the function is parallel safe.
class SessionServices;  // catalog/session_services.h

struct FunctionContext {
  const IoSettings* io = nullptr;
  const InterruptFlag* interrupt = nullptr;
  SessionServices* session = nullptr;
  const FunctionInfo* function = nullptr;     // the row being called
  SqlType result_type;                        // resolved (polymorphic, typmod)
  std::span<const SqlType> argument_types;    // resolved
};

using ScalarKernel = void (*)(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);

// Set-returning functions (generate_series, unnest, regexp_split_to_table, system functions): called once per argument row.
class SetSource {
 public:
  virtual ~SetSource() = default;
  // Up to kVectorSize further rows of the set into `out` (its vectors are Reset); 0 at the end.
  virtual uint32_t Next(FunctionContext& context, std::span<Vector> out) = 0;
};
// `arguments` are single-row constants.
using SetKernel = std::unique_ptr<SetSource> (*)(FunctionContext& context, std::span<const Vector> arguments);

// Aggregates. A state is `state_size` bytes, 16-byte aligned, in memory the operator owns; a state may hold pointers to heap memory it
// frees in `destroy` (null when there is nothing to free). Update gets vectors without null rows filtered only if `strict` (the operator
// removes rows with a null argument before calling). Partial aggregation = Update in workers, Combine in the leader or partitions, then Finalize.
struct AggregateKernels {
  uint32_t state_size = 0;
  void (*initialize)(void* state) = nullptr;
  // Row i updates states[i].
  void (*update)(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void** states) = nullptr;
  // All rows update one state (no GROUP BY): the fast path.
  void (*update_one)(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void* state) = nullptr;
  // targets[i] absorbs sources[i]; sources may be left gutted but destroyable.
  void (*combine)(FunctionContext& context, void** sources, void** targets, uint32_t count) = nullptr;
  // Row i of result (Reset, flat) = value of states[i].
  void (*finalize)(FunctionContext& context, void** states, uint32_t count, Vector& result) = nullptr;
  void (*destroy)(void** states, uint32_t count) = nullptr;
  bool order_sensitive = false;               // array_agg, string_agg: input order matters; not combined out of order
  // As update_one, and copies what the state was before row i to copies[i], and what it is after all to copies[rows]; these are initialized. Null:
  // states are not copied.
  void (*update_running)(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void* state, void** copies) = nullptr;
};

struct ArgumentDefault;

struct FunctionInfo {
  Oid oid = 0;
  std::string_view name;
  std::vector<Oid> arguments;                 // may be polymorphic pseudo-types
  Oid result = kInvalidOid;
  ScalarKernel kernel = nullptr;              // scalar functions
  Volatility volatility = Volatility::kImmutable;
  bool strict = true;
  ParallelSafety parallel = ParallelSafety::kSafe;
  std::string_view doc = {};
  FunctionKind kind = FunctionKind::kScalar;
  Oid variadic = kInvalidOid;                 // element type of the last (array) argument, or kAny
  bool returns_set = false;
  SetKernel set_kernel = nullptr;
  const AggregateKernels* aggregate = nullptr;
  std::vector<std::string_view> argument_names = {};       // IN names first, then OUT names
  std::vector<Oid> out_columns = {};                       // OUT/TABLE columns of a record-returning function
  std::vector<std::string_view> defaults = {};             // SQL text of the defaults of the last arguments
  bool in_information_schema = false;                      // all others live in pg_catalog
  // Result of a constant-foldable check the binder applies to typmods, e.g. the length coercion functions; usually -1.
};

struct OperatorInfo {
  Oid oid = 0;
  std::string_view name;                      // "+"
  Oid left = kInvalidOid;                     // 0: prefix operator
  Oid right = kInvalidOid;
  Oid result = kInvalidOid;
  std::string_view function;                  // pg_proc name of the function with those argument types: "int4pl"
  std::string_view commutator = {};           // operator name with arguments swapped
  std::string_view negator = {};
  bool merges = false;                        // = usable for merge join (btree equality)
  bool hashes = false;                        // = usable for hash join and hashed grouping
};

enum class CastContext : char { kImplicit = 'i', kAssignment = 'a', kExplicit = 'e' };
enum class CastMethod : char { kFunction = 'f', kBinary = 'b', kInOut = 'i' };

struct CastInfo {
  Oid source = kInvalidOid;
  Oid target = kInvalidOid;
  CastContext context = CastContext::kExplicit;
  CastMethod method = CastMethod::kFunction;
  std::string_view function = {};             // name of the function (source [, int4 typmod [, bool explicit]]) → target
};

// Immutable index over the tables. One per process, built by main.
class FunctionRegistry {
 public:
  FunctionRegistry();
  FunctionRegistry(const FunctionRegistry&) = delete;

  // All overloads of a name (lower case, unqualified: everything lives in pg_catalog); empty span when unknown.
  std::span<const FunctionInfo* const> Functions(std::string_view name) const;
  std::span<const OperatorInfo* const> Operators(std::string_view name) const;
  const FunctionInfo* FindFunction(Oid oid) const;
  const OperatorInfo* FindOperator(Oid oid) const;
  const OperatorInfo* FindOperator(std::string_view name, Oid left, Oid right) const;  // exact
  const FunctionInfo* FindFunction(std::string_view name, std::span<const Oid> arguments) const;  // exact
  const FunctionInfo* FunctionOf(const OperatorInfo& op) const;
  const CastInfo* FindCast(Oid source, Oid target) const;
  std::span<const FunctionInfo> functions() const { return functions_; }
  std::span<const OperatorInfo> operators() const { return operators_; }
  std::span<const CastInfo> casts() const { return casts_; }

 private:
  struct Index;
  std::vector<FunctionInfo> functions_;
  std::vector<OperatorInfo> operators_;
  std::vector<CastInfo> casts_;
  std::unique_ptr<Index> index_;

 public:
  ~FunctionRegistry();
};

}  // namespace gather::catalog

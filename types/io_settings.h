// The session settings that text input and output depend on. Immutable while a statement runs; cheap to copy.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace gather {

class TimeZone;  // types/timezone.h

enum class DateStyle : uint8_t { kIso, kPostgres, kSql, kGerman };
enum class DateOrder : uint8_t { kMdy, kDmy, kYmd };
enum class IntervalStyle : uint8_t { kPostgres, kPostgresVerbose, kSqlStandard, kIso8601 };
enum class ByteaOutput : uint8_t { kHex, kEscape };

// Resolves the names behind regclass, regtype … for text I/O; the catalog implements it.
class NameResolver {
 public:
  virtual ~NameResolver() = default;
  // "schema.table" (or bare when visible); empty when there is no such object.
  virtual std::string NameOf(uint32_t reg_type, uint32_t oid) const = 0;
  // OID of a possibly qualified, possibly quoted name; throws 42P01 / 42704 / 42883.
  virtual uint32_t OidOf(uint32_t reg_type, const std::string& name) const = 0;
};

struct IoSettings {
  DateStyle date_style = DateStyle::kIso;
  DateOrder date_order = DateOrder::kMdy;
  IntervalStyle interval_style = IntervalStyle::kPostgres;
  ByteaOutput bytea_output = ByteaOutput::kHex;
  int extra_float_digits = 1;
  std::shared_ptr<const TimeZone> time_zone;      // null: UTC
  const NameResolver* names = nullptr;            // null: reg* types print numbers
  // Microseconds since 2000-01-01 UTC of the transaction's start: 'now', 'today' and kin.
  int64_t transaction_start = 0;
};

}  // namespace gather

// System views: pg_catalog and information_schema relations whose rows are computed. One struct of columns and one function that
// yields rows; files in catalog/system_views/, one per view or small family, listed in catalog/system_views/table.cc.
//
// information_schema views, pg_indexes, pg_tables … that PostgreSQL defines in SQL are ordinary views with SQL text (kind kView in the
// bootstrap catalog), not rows here.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/session_services.h"
#include "types/chunk.h"

namespace gather::catalog {

struct SystemViewColumn {
  std::string_view name;
  SqlType type;
  bool not_null = false;
};

// Writes rows one by one into chunks.
class RowWriter {
 public:
  explicit RowWriter(std::span<const SystemViewColumn> columns);
  // Values of one row, in column order; the number of calls must match. Texts are copied.
  RowWriter& Add(const Datum& value);
  RowWriter& Text(std::string_view value);               // for name, text, regproc-as-text columns
  RowWriter& Bool(bool value);
  RowWriter& Int2(int16_t value);
  RowWriter& Int4(int32_t value);
  RowWriter& Int8(int64_t value);
  RowWriter& OfOid(Oid value);
  RowWriter& Float4(float value);
  RowWriter& Float8(double value);
  RowWriter& Char(char value);                           // "char"
  RowWriter& Timestamptz(int64_t micros);                // 0: null
  RowWriter& Null();
  RowWriter& Nulls(int count);
  // Arrays; empty ones are empty arrays, not nulls.
  RowWriter& Texts(std::span<const std::string> values);             // text[], name[]
  RowWriter& Oids(std::span<const Oid> values);                      // oid[], regtype[]; oidvector (from 0)
  RowWriter& Int2s(std::span<const int16_t> values);                 // int2[]; int2vector (from 0)
  RowWriter& Chars(std::string_view values);                         // "char"[]
  std::vector<Chunk> Finish();

 private:
  Vector& NextColumn();
  std::vector<SystemViewColumn> columns_;
  std::vector<Chunk> chunks_;
  size_t column_ = 0;
};

struct SystemViewContext {
  const CatalogSnapshot& catalog;
  const FunctionRegistry& functions;
  SessionServices& session;
};

struct SystemViewInfo {
  Oid oid;                                               // PostgreSQL's, where it has one (pg_class 1259 …)
  std::string_view schema;                               // "pg_catalog"
  std::string_view name;
  char shown_kind;                                       // relkind it claims: r or v
  std::vector<SystemViewColumn> columns;
  void (*rows)(const SystemViewContext& context, RowWriter& out);
  std::string_view doc;
};

std::span<const SystemViewInfo> AllSystemViews();

}  // namespace gather::catalog

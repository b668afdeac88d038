// CatalogNames: names of relations, types, functions, operators, schemas and roles, and the way back: text I/O of regclass, regtype
// and kin, to_regclass …, and messages. Over one pinned catalog and search path; immutable, so that workers may share it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "types/io_settings.h"

namespace gather::catalog {

class CatalogNames final : public NameResolver {
 public:
  // `search_path` as SessionServices::SearchPath gives it. The registry outlives this.
  CatalogNames(CatalogRef catalog, const FunctionRegistry& functions, std::vector<Oid> search_path)
      : catalog_(std::move(catalog)), functions_(functions), search_path_(std::move(search_path)) {}

  std::string NameOf(uint32_t reg_type, uint32_t oid) const override;
  uint32_t OidOf(uint32_t reg_type, const std::string& name) const override;

  // A type as SQL writes it: "integer", "varchar(10)", "public.t", "text[]". 42704.
  Oid TypeOid(std::string_view name) const;
  RelationRef Relation(const std::string& name) const;  // 42P01
  // "abs(integer)": regprocedure's form.
  static std::string Signature(const FunctionInfo& function);

 private:
  Oid FunctionOid(const std::string& name) const;
  Oid ProcedureOid(const std::string& signature) const;
  Oid OperatorOid(const std::string& name) const;
  Oid OperatorSignatureOid(const std::string& signature) const;
  Oid SchemaOid(const std::string& name) const;
  Oid RoleOid(const std::string& name) const;
  std::vector<Oid> TypeList(std::string_view list, std::string_view whole) const;

  const CatalogRef catalog_;
  const FunctionRegistry& functions_;
  const std::vector<Oid> search_path_;
};

// "a.\"B\"" → {a, B}, unquoted parts in lower case. 42602 "invalid name syntax".
std::vector<std::string> SplitQualifiedName(std::string_view text);

}  // namespace gather::catalog

// What a CatalogSnapshot is made of. Immutable once published; a transaction builds its private one by copying and changing.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "catalog/persistent_map.h"

namespace gather::catalog {

struct OidHash {
  uint64_t operator()(Oid oid) const { return (uint64_t{oid} + 1) * 0x9E3779B97F4A7C15ull; }
};

struct RelationNameView {
  Oid schema;
  std::string_view name;
};
struct RelationName {
  Oid schema;
  std::string name;
  operator RelationNameView() const { return {schema, name}; }  // NOLINT: a view of it
};
inline bool operator<(const RelationNameView& a, const RelationNameView& b) { return a.schema != b.schema ? a.schema < b.schema : a.name < b.name; }
struct RelationNameHash {
  uint64_t operator()(const RelationName& key) const { return std::hash<std::string>()(key.name) * 0x9E3779B97F4A7C15ull + OidHash()(key.schema); }
};

struct TextHash {
  uint64_t operator()(const std::string& key) const { return std::hash<std::string>()(key); }
};

using SchemaRef = std::shared_ptr<const SchemaEntry>;
using RoleRef = std::shared_ptr<const RoleEntry>;
using DatabaseRef = std::shared_ptr<const DatabaseEntry>;

struct CatalogSnapshot::State {
  uint64_t version = 1;
  PersistentMap<Oid, SchemaRef, OidHash> schemas;
  PersistentMap<Oid, RelationRef, OidHash> relations;
  PersistentMap<RelationName, RelationRef, RelationNameHash> relation_names;
  PersistentMap<Oid, RoleRef, OidHash> roles;
  PersistentMap<Oid, DatabaseRef, OidHash> databases;
  PersistentMap<std::string, SchemaRef, TextHash> schema_names;
  PersistentMap<std::string, RoleRef, TextHash> role_names;

  void PutRelation(RelationRef relation);
  void EraseRelation(Oid oid);
  void PutSchema(SchemaRef schema);
  void EraseSchema(Oid oid);
  void PutRole(RoleRef role);
  void EraseRole(Oid oid);
};

}  // namespace gather::catalog

// SQL text of catalog objects: what pg_get_indexdef, pg_get_constraintdef, pg_get_viewdef print and pg_indexes, pg_views show.
// `session`: whose search path the names in stored expressions are shown for.
#pragma once

#include <span>
#include <string>

#include "catalog/catalog.h"
#include "catalog/session_services.h"

namespace gather::catalog {

// schema.name, quoted as needed.
std::string QualifiedName(const CatalogSnapshot& catalog, const RelationEntry& relation);
// Bare when the search path finds it.
std::string VisibleName(const CatalogSnapshot& catalog, std::span<const Oid> search_path, const RelationEntry& relation);
bool IsVisible(const CatalogSnapshot& catalog, std::span<const Oid> search_path, const RelationEntry& relation);

// CREATE [UNIQUE] INDEX … ON table USING btree (…) …; `table_name` as it shall appear.
std::string IndexDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, const std::string& table_name, bool pretty, SessionServices& session);
// Key column or included column `position` (from 1): its name or expression; empty beyond the last.
std::string IndexColumnDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, int position, bool pretty, SessionServices& session);
// CHECK (…), PRIMARY KEY (a, b), UNIQUE (c).
std::string ForeignKeyDefinition(const CatalogSnapshot& catalog, const RelationEntry& table, const ForeignKey& key, const std::string& referenced_name);
std::string CheckDefinition(const RelationEntry& table, const CheckConstraint& check, bool pretty, SessionServices& session);
std::string KeyConstraintDefinition(const CatalogSnapshot& catalog, const RelationEntry& index);
std::string ViewDefinition(const RelationEntry& view, bool pretty, SessionServices& session);
// Without one pair of parentheses around the whole.
std::string WithoutOuterParentheses(const std::string& expression);

}  // namespace gather::catalog

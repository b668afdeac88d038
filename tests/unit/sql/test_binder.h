// A catalog with a few tables, and short ways to bind statements against it.
#pragma once

#include <gtest/gtest.h>

#include "sql/print.h"
#include "tests/unit/catalog/test_catalog.h"
#include "types/error.h"

namespace gather::sql {

// t (a int4, b text, c numeric(10,2), d timestamp, e varchar(5), f bool), u (a int4 primary key, x text not null, y float8), view v over t.
class TestBinder {
 public:
  TestBinder() {
    using namespace type_oid;
    auto transaction = catalog_.Begin();
    catalog::CatalogTransaction& change = catalog_->Change(*transaction);
    catalog::RelationEntry t = catalog::Table("t");
    t.columns = {catalog::Column(1, "a", kInt4), catalog::Column(2, "b", kText), catalog::Column(3, "c", SqlType(kNumeric, EncodeNumericTypmod(10, 2))),
                 catalog::Column(4, "d", kTimestamp), catalog::Column(5, "e", SqlType(kVarchar, 5 + 4)), catalog::Column(6, "f", kBool)};
    t.columns[5].default_sql = "true";
    const Oid t_oid = change.CreateRelation(std::move(t));
    catalog::RelationEntry u = catalog::Table("u");
    u.columns = {catalog::Column(1, "a", kInt4), catalog::Column(2, "x", kText), catalog::Column(3, "y", kFloat8)};
    u.columns[1].not_null = true;
    const Oid u_oid = change.CreateRelation(std::move(u));
    change.CreateRelation(catalog::PrimaryKey("u_pkey", u_oid));
    change.CreateRelation(catalog::View("v", {t_oid}));
    transaction->Commit();
  }

  BindContext Context() {
    BindContext context;
    context.catalog = catalog_->Current();
    context.functions = &catalog::TestFunctions();
    context.search_path = {catalog::kPgCatalogSchema, catalog::kPublicSchema};
    context.io = &io_;
    context.variable_parameters = true;
    return context;
  }
  BoundStatement Bind(std::string_view text) {
    BindContext context = Context();
    return sql::Bind(Parse(text).at(0), context);
  }
  // The bound query as SQL again: shows casts, resolved names and defaults.
  std::string Text(std::string_view query) {
    BindContext context = Context();
    const BoundStatement bound = sql::Bind(Parse(query).at(0), context);
    Flat flat(*bound.query, context);
    return flat.text;
  }
  // One expression over t, as SQL.
  std::string Expression(std::string_view expression) {
    BindContext context = Context();
    const BoundStatement bound = sql::Bind(Parse("SELECT " + std::string(expression) + " FROM t").at(0), context);
    return PrintExpr(bound.query->targets.at(0).expression, {}, context, false);
  }
  std::string TypeOf(std::string_view expression) { return FormatType(Bind("SELECT " + std::string(expression) + " FROM t").output.at(0).type); }
  // "42703 message [hint] @offset", or "" when it binds.
  std::string Error(std::string_view text) {
    try {
      Bind(text);
    } catch (const SqlError& error) {
      std::string shown = std::string(error.state().view()) + " " + error.message();
      if (!error.hint().empty()) shown += " [" + error.hint() + "]";
      if (error.offset() >= 0) shown += " @" + std::to_string(error.offset());
      return shown;
    }
    return "";
  }

 private:
  // PrintQuery with all white space as one blank.
  struct Flat {
    Flat(const Query& query, const BindContext& context) {
      for (const char c : PrintQuery(query, context, true)) {
        const bool space = c == ' ' || c == '\n';
        if (space && (text.empty() || text.back() == ' ')) continue;
        text += space ? ' ' : c;
      }
    }
    std::string text;
  };

  catalog::TestCatalog catalog_;
  IoSettings io_;
};

}  // namespace gather::sql

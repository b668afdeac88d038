// libpqxx: parameters, prepared statements, transactions, errors, COPY, cursors, cancel.
#include <chrono>
#include <iostream>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

template <typename A, typename B>
void Equal(const A& wanted, const B& got, const std::string& what) {
  if (!(wanted == got)) throw std::logic_error(what + ": another value came back");
}

template <typename Error, typename Action>
void Fails(const std::string& sqlstate, Action action) {
  try {
    action();
  } catch (const Error& error) {
    if (error.sqlstate() != sqlstate) throw std::logic_error(sqlstate + " expected, got " + error.sqlstate());
    return;
  }
  throw std::logic_error("no " + sqlstate);
}

void Values(pqxx::connection& connection) {
  pqxx::nontransaction work(connection);
  const std::vector<std::pair<std::string, std::string>> values = {
      {"bool", "t"}, {"int2", "-32768"}, {"int4", "2147483647"}, {"int8", "-9223372036854775808"}, {"float4", "1.5"},
      {"float8", "0.1"}, {"numeric", "12345678901234567890.0123456789"}, {"numeric(10,2)", "1.50"}, {"text", "Grüße, 世界 ' \\"},
      {"varchar(5)", "abc"}, {"char(3)", "a  "}, {"bytea", "\\x0001ff"}, {"date", "2024-02-29"}, {"time", "23:59:59.999999"},
      {"timetz", "01:02:03+05:30"}, {"timestamp", "1999-12-31 23:59:59.123456"}, {"timestamptz", "2024-06-01 12:00:00+00"},
      {"interval", "1 year 2 days 03:04:05"}, {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"oid", "4294967295"},
      {"name", "somebody"}, {"regclass", "pg_class"}, {"regtype", "integer"}, {"int4[]", "{1,NULL,3}"},
      {"text[]", "{a,\"b \\\"c\\\"\",NULL,\"\"}"}, {"numeric[]", "{1.10}"}, {"date[]", "{2000-01-01}"}};
  work.exec("set timezone = 'UTC'");
  for (const auto& [type, value] : values) {
    const pqxx::row row = work.exec_params1("select $1::" + type + ", $2::" + type + " is null", value, nullptr);
    Equal(value, row[0].as<std::string>(), type);
    Equal(true, row[1].as<bool>(), type);
  }
  Equal(42, work.exec_params1("select $1::int + $2::bigint", 40, 2L)[0].as<int>(), "numbers");
  const pqxx::binarystring bytes(std::string("\0\1\xff", 3));
  Equal(3, work.exec_params1("select length($1::bytea)", bytes)[0].as<int>(), "a binary parameter");
}

void Transactions(pqxx::connection& connection) {
  {
    pqxx::work work(connection);
    work.exec0("create table t (id int primary key, name text)");
    work.commit();
  }
  connection.prepare("insert", "insert into t values ($1, $2)");
  {
    pqxx::work work(connection);
    for (int i = 0; i < 100; ++i) work.exec_prepared0("insert", i, "n" + std::to_string(i));
    pqxx::subtransaction nested(work);
    Equal(100u, nested.exec("delete from t").affected_rows(), "delete");
    nested.abort();
    work.commit();
  }
  {
    pqxx::work work(connection);
    Equal(100, work.exec1("select count(*) from t")[0].as<int>(), "count");
    Fails<pqxx::unique_violation>("23505", [&] { work.exec_prepared0("insert", 1, nullptr); });
  }
  pqxx::nontransaction work(connection);
  Fails<pqxx::sql_error>("22012", [&] { work.exec("select 1/0"); });
  Fails<pqxx::syntax_error>("42601", [&] { work.exec("selec"); });
  Fails<pqxx::undefined_table>("42P01", [&] { work.exec("select * from nowhere"); });
}

void CopyAndCursor(pqxx::connection& connection) {
  pqxx::work work(connection);
  pqxx::stream_to in(work, "t", std::vector<std::string>{"id", "name"});
  for (int i = 1000; i < 2000; ++i) in << std::make_tuple(i, "c " + std::to_string(i));
  in.complete();
  pqxx::stream_from out(work, "t", std::vector<std::string>{"id", "name"});
  std::string line;
  int rows = 0;
  while (out.get_raw_line(line)) ++rows;
  Equal(1100, rows, "COPY");
  pqxx::stateless_cursor<pqxx::cursor_base::read_only, pqxx::cursor_base::owned> cursor(work, "select id from t order by id", "c", false);
  Equal(1999, cursor.retrieve(1099, 1100)[0][0].as<int>(), "cursor");
  work.commit();
}

void Cancel(pqxx::connection& connection) {
  pqxx::nontransaction work(connection);
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    connection.cancel_query();
  });
  try {
    work.exec("select count(*) from generate_series(1, 100000000000)");
    canceller.join();
    throw std::logic_error("it was not cancelled");
  } catch (const pqxx::sql_error& error) {
    canceller.join();
    Equal("57014", error.sqlstate(), "cancel");
  }
}

}  // namespace

int main() {
  try {
    pqxx::connection connection;
    Values(connection);
    Transactions(connection);
    CopyAndCursor(connection);
    Cancel(connection);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}

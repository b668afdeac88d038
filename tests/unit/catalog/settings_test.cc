// Settings: units, ranges, words, transactions and reports as PostgreSQL has them.
#include "catalog/settings.h"

#include <gtest/gtest.h>

#include <set>

#include "types/error.h"

namespace gather::catalog {
namespace {

Settings Session() { return Settings(std::make_shared<Settings>()); }

std::string ErrorOf(Settings& settings, const char* name, const char* value) {
  try {
    settings.Set(name, value);
  } catch (const SqlError& error) {
    return std::string(error.state().view()) + " " + error.message() + (error.hint().empty() ? "" : " / " + error.hint()) +
           (error.detail().empty() ? "" : " / " + error.detail());
  }
  return "no error";
}

TEST(SettingsTest, EveryDefaultParsesAndShowsAsWritten) {
  const Settings settings = Session();
  const std::set<std::string_view> by_machine = {"maintenance_work_mem", "max_parallel_maintenance_workers", "max_parallel_workers", "max_parallel_workers_per_gather",
                                                 "memory_limit", "shared_buffers", "work_mem"};
  for (const SettingInfo& info : AllSettings()) {
    if (!by_machine.contains(info.name)) {
      EXPECT_EQ(settings.Show(info.name), info.default_value) << info.name;
    }
    EXPECT_FALSE(info.doc.empty()) << info.name;
  }
}

TEST(SettingsTest, NumbersTakeUnitsAndShowTheLargestThatFits) {
  Settings settings = Session();
  settings.Set("work_mem", "1GB");
  EXPECT_EQ(settings.GetInteger("work_mem"), 1048576);
  EXPECT_EQ(settings.Show("work_mem"), "1GB");
  settings.Set("work_mem", "1.5MB");
  EXPECT_EQ(settings.Show("work_mem"), "1536kB");
  settings.Set("WORK_MEM", "5000");
  EXPECT_EQ(settings.Show("work_mem"), "5000kB");
  settings.Set("statement_timeout", "1.5 s");
  EXPECT_EQ(settings.GetInteger("statement_timeout"), 1500);
  EXPECT_EQ(settings.Show("statement_timeout"), "1500ms");
  settings.Set("statement_timeout", "2h");
  EXPECT_EQ(settings.Show("statement_timeout"), "2h");
  settings.Set("statement_timeout", "0");
  EXPECT_EQ(settings.Show("statement_timeout"), "0");
  settings.Set("effective_cache_size", "1GB");
  EXPECT_EQ(settings.GetInteger("effective_cache_size"), 131072);
  settings.Set("random_page_cost", "1.1");
  EXPECT_EQ(settings.GetReal("random_page_cost"), 1.1);
}

TEST(SettingsTest, WrongValuesGetPostgresWords) {
  Settings settings = Session();
  EXPECT_EQ(ErrorOf(settings, "nonsense", "1"), "42704 unrecognized configuration parameter \"nonsense\"");
  EXPECT_EQ(ErrorOf(settings, "enable_seqscan", "perhaps"), "22023 parameter \"enable_seqscan\" requires a Boolean value");
  EXPECT_EQ(ErrorOf(settings, "work_mem", "1"), "22023 1 kB is outside the valid range for parameter \"work_mem\" (64 .. 2147483647)");
  EXPECT_EQ(ErrorOf(settings, "work_mem", "1XB"),
            "22023 invalid value for parameter \"work_mem\": \"1XB\" / Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".");
  EXPECT_EQ(ErrorOf(settings, "seq_page_cost", "-1"), "22023 -1 is outside the valid range for parameter \"seq_page_cost\" (0 .. 1.79769e+308)");
  EXPECT_EQ(ErrorOf(settings, "max_connections", "3"), "55P02 parameter \"max_connections\" cannot be changed without restarting the server");
  EXPECT_EQ(ErrorOf(settings, "server_version", "3"), "55P02 parameter \"server_version\" cannot be changed");
  EXPECT_EQ(ErrorOf(settings, "fsync", "off"), "55P02 parameter \"fsync\" cannot be changed now");
  EXPECT_EQ(ErrorOf(settings, "bytea_output", "octal"),
            "22023 invalid value for parameter \"bytea_output\": \"octal\" / Available values: escape, hex.");
  EXPECT_EQ(ErrorOf(settings, "DateStyle", "ISO, German"),
            "22023 invalid value for parameter \"DateStyle\": \"ISO, German\" / Conflicting \"datestyle\" specifications.");
  EXPECT_EQ(ErrorOf(settings, "datestyle", "Klingon"),
            "22023 invalid value for parameter \"DateStyle\": \"Klingon\" / Unrecognized key word: \"klingon\".");
}

TEST(SettingsTest, DateStyleCompletesWhatIsMissing) {
  Settings settings = Session();
  settings.Set("datestyle", "dmy");
  EXPECT_EQ(settings.Show("DateStyle"), "ISO, DMY");
  settings.Set("datestyle", "sql");
  EXPECT_EQ(settings.Show("DateStyle"), "SQL, DMY");
  settings.Set("datestyle", "postgresql, us");
  EXPECT_EQ(settings.Show("DateStyle"), "Postgres, MDY");
  settings.Set("datestyle", "german");
  EXPECT_EQ(settings.Show("DateStyle"), "German, DMY");
  EXPECT_EQ(settings.Io().date_style, DateStyle::kGerman);
}

TEST(SettingsTest, TimeZonesAreNamesOffsetsOrIntervals) {
  Settings settings = Session();
  settings.Set("timezone", "europe/berlin");
  EXPECT_EQ(settings.Show("TimeZone"), "Europe/Berlin");
  settings.Set("timezone", "3");
  EXPECT_EQ(settings.Show("TimeZone"), "<+03>-03");
  settings.Set("timezone", "INTERVAL '-08:00'");
  EXPECT_EQ(settings.Show("TimeZone"), "<-08>+08");
  EXPECT_EQ(ErrorOf(settings, "timezone", "Mars/Olympus"), "22023 invalid value for parameter \"TimeZone\": \"Mars/Olympus\"");
  EXPECT_NE(settings.Io().time_zone, nullptr);
}

TEST(SettingsTest, OldAndNewNamesMeanTheSameSetting) {
  Settings settings = Session();
  settings.Set("force_parallel_mode", "true");
  EXPECT_EQ(settings.Show("debug_parallel_query"), "on");
  settings.Set("min_parallel_relation_size", "0");
  EXPECT_EQ(settings.GetInteger("min_parallel_table_scan_size"), 0);
}

TEST(SettingsTest, RollbackRestoresAndCommitDropsLocalValues) {
  Settings settings = Session();
  settings.Set("work_mem", "1MB");
  settings.Begin();
  settings.Set("work_mem", "2MB");
  settings.Set("work_mem", "3MB", true);
  EXPECT_EQ(settings.Show("work_mem"), "3MB");
  const uint64_t mark = settings.Mark();
  settings.Set("work_mem", "4MB", true);
  settings.RollbackTo(mark);
  EXPECT_EQ(settings.Show("work_mem"), "3MB");
  settings.Commit();
  EXPECT_EQ(settings.Show("work_mem"), "2MB");
  settings.Begin();
  settings.Set("work_mem", "8MB");
  settings.Reset("datestyle");
  settings.Rollback();
  EXPECT_EQ(settings.Show("work_mem"), "2MB");
  settings.Set("work_mem", "9MB", true);
  EXPECT_EQ(settings.Show("work_mem"), "2MB");
}

TEST(SettingsTest, TransactionIsolationFollowsItsDefaultUntilSet) {
  Settings settings = Session();
  settings.Set("default_transaction_isolation", "repeatable read");
  EXPECT_EQ(settings.Show("transaction_isolation"), "repeatable read");
  settings.Begin();
  settings.Set("transaction_isolation", "serializable");
  EXPECT_EQ(settings.Show("transaction_isolation"), "serializable");
  settings.Commit();
  EXPECT_EQ(settings.Show("transaction_isolation"), "repeatable read");
}

TEST(SettingsTest, ResetReturnsToWhatTheClientStartedWith) {
  auto server = std::make_shared<Settings>();
  server->Set("work_mem", "16MB");
  Settings settings(server);
  settings.SetAtStart("application_name", "ps\x01ql");
  settings.Set("application_name", "other");
  settings.Set("work_mem", "1MB");
  settings.Set("my.own", "x");
  settings.ResetAll();
  EXPECT_EQ(settings.Show("application_name"), "ps?ql");
  EXPECT_EQ(settings.Show("work_mem"), "16MB");
  EXPECT_EQ(settings.Show("my.own"), "");
}

TEST(SettingsTest, ReportsWhatChangedOnce) {
  Settings settings = Session();
  EXPECT_EQ(settings.TakeReports().size(), 13u);
  EXPECT_TRUE(settings.TakeReports().empty());
  settings.Set("work_mem", "1MB");
  EXPECT_TRUE(settings.TakeReports().empty());
  settings.Set("application_name", "a");
  const auto reports = settings.TakeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].second, "a");
}

TEST(SettingsTest, OnlyAListOfNamesIsASearchPath) {
  Settings settings = Session();
  settings.Set("search_path", "\"My Schema\", public");
  EXPECT_EQ(settings.Show("search_path"), "\"My Schema\", public");
  EXPECT_EQ(ErrorOf(settings, "search_path", "a b"), "22023 invalid value for parameter \"search_path\": \"a b\" / List syntax is invalid.");
}

}  // namespace
}  // namespace gather::catalog

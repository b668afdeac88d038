// A session of its own for the catalog's tests: one user, one database, a search path, no server around it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/session_services.h"
#include "types/error.h"

namespace gather::catalog {

class FakeSession final : public SessionServices {
 public:
  explicit FakeSession(Catalog& catalog)
      : catalog_(catalog), settings_(std::make_shared<Settings>()), session_locks_(catalog.storage().locks(), TransactionId(), 7),
        transaction_locks_(catalog.storage().locks(), TransactionId(), 7) {}

  const std::string& user_name() const override { return user_; }
  const std::string& session_user_name() const override { return user_; }
  Oid user_oid() const override { return kBootstrapRole; }
  const std::string& database_name() const override { return database_; }
  int32_t pid() const override { return 7; }
  Settings& settings() override { return settings_; }
  std::vector<Oid> SearchPath() const override { return {kPgCatalogSchema, kPublicSchema}; }
  Oid CurrentSchema() const override { return kPublicSchema; }
  const InterruptFlag& interrupt() const override { return interrupt_; }
  std::string client_address() const override { return "127.0.0.1"; }
  int32_t client_port() const override { return 4711; }
  int64_t statement_start() const override { return 1000000; }
  int64_t backend_start() const override { return 1000000; }
  void Notice(std::string_view, SqlState, std::string_view message, std::string_view, std::string_view) override { notices.emplace_back(message); }
  CatalogRef catalog_view() const override { return catalog_.ViewOf(open.get()); }
  Catalog& catalog() override { return catalog_; }
  storage::Transaction* transaction() override { return open.get(); }
  storage::LockOwner& session_locks() override { return session_locks_; }
  storage::LockOwner& transaction_locks() override { return transaction_locks_; }
  void RecordSequenceValue(Oid sequence, int64_t value) override { sequence_ = sequence, value_ = value; }
  int64_t CurrentSequenceValue(Oid sequence) const override {
    if (sequence != sequence_) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "currval of sequence is not yet defined in this session");
    return value_;
  }
  int64_t LastSequenceValue() const override {
    if (sequence_ == kInvalidOid) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "lastval is not yet defined in this session");
    return value_;
  }
  std::vector<SessionActivity> Activity() const override {
    SessionActivity own;
    own.pid = 7;
    own.user_name = user_;
    own.state = "active";
    return {own};
  }
  bool CancelBackend(int32_t) override { return false; }
  bool TerminateBackend(int32_t) override { return false; }
  int64_t server_start() const override { return 500000; }
  std::vector<PreparedStatementInfo> PreparedStatements() const override { return {{"p", "select $1", 1000000, {type_oid::kInt4}, true}}; }
  std::vector<CursorInfo> Cursors() const override { return {{"c", "declare c cursor for select 1", false, false, true, 1000000}}; }

  std::unique_ptr<storage::Transaction> open;
  std::vector<std::string> notices;

 private:
  Catalog& catalog_;
  Settings settings_;
  InterruptFlag interrupt_;
  std::string user_ = "postgres", database_ = "postgres";
  storage::LockOwner session_locks_, transaction_locks_;
  Oid sequence_ = kInvalidOid;
  int64_t value_ = 0;
};

}  // namespace gather::catalog

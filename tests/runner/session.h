// One libpq connection of a script, and the outcome of a statement in text as psql would show it.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <string>
#include <vector>

namespace gather::runner {

struct Outcome {
  bool failed = false;
  bool disconnected = false;
  std::string sqlstate, message, detail, hint;
  std::string tag;
  size_t columns = 0;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> notices;

  // SQLSTATE message, then DETAIL and HINT: what `----` after a statement error holds.
  std::vector<std::string> ErrorLines() const;
};

class Session {
 public:
  enum class Protocol { kSimple, kExtended };

  Session(const std::string& dsn, Protocol protocol);  // throws std::runtime_error
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Send(const std::string& sql);
  // Whether the answer to Send is complete within the time given.
  bool Ready(std::chrono::milliseconds time);
  // The last result of the statement sent. After `timeout` the statement is cancelled and the outcome says so.
  Outcome Receive(std::chrono::milliseconds timeout, const std::vector<std::string>* copy_data);
  bool Idle() const { return PQtransactionStatus(connection_) == PQTRANS_IDLE; }

 private:
  static void OnNotice(void* self, const PGresult* result);
  void TakeResult(PGresult* result, Outcome& outcome, const std::vector<std::string>* copy_data);

  PGconn* connection_;
  const Protocol protocol_;
  std::vector<std::string> notices_;
};

}  // namespace gather::runner

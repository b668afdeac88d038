#include "tests/runner/session.h"

#include <poll.h>

#include <sstream>
#include <stdexcept>

namespace gather::runner {
namespace {

using Clock = std::chrono::steady_clock;

std::string Field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

// One line per value: what would break the line is escaped.
std::string Show(const char* value, int length) {
  if (length == 0) return "(empty)";
  std::string text;
  for (int i = 0; i < length; ++i) {
    switch (value[i]) {
      case '\n':
        text += "\\n";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        text += value[i];
    }
  }
  return text;
}

bool HasSeveralStatements(const std::string& sql) {
  const size_t semicolon = sql.find(';');
  return semicolon != std::string::npos && sql.find_first_not_of(" \n\t;", semicolon) != std::string::npos;
}

}  // namespace

std::vector<std::string> Outcome::ErrorLines() const {
  std::string text = sqlstate + " " + message;
  if (!detail.empty()) text += "\nDETAIL:  " + detail;
  if (!hint.empty()) text += "\nHINT:  " + hint;
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);  // an empty line would end the record
  }
  return lines;
}

Session::Session(const std::string& dsn, Protocol protocol)
    : connection_(PQconnectdb(dsn.c_str())), protocol_(protocol) {
  if (PQstatus(connection_) != CONNECTION_OK) {
    const std::string message = PQerrorMessage(connection_);
    PQfinish(connection_);
    throw std::runtime_error(message);
  }
  PQsetNoticeReceiver(connection_, OnNotice, this);
}

Session::~Session() { PQfinish(connection_); }

void Session::OnNotice(void* self, const PGresult* result) {
  static_cast<Session*>(self)->notices_.push_back(Field(result, PG_DIAG_SEVERITY) + ":  " +
                                                  Field(result, PG_DIAG_MESSAGE_PRIMARY));
}

void Session::Send(const std::string& sql) {
  notices_.clear();
  const bool sent = protocol_ == Protocol::kExtended && !HasSeveralStatements(sql)
                        ? PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0)
                        : PQsendQuery(connection_, sql.c_str());
  if (!sent) throw std::runtime_error(PQerrorMessage(connection_));
}

bool Session::Ready(std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (PQisBusy(connection_)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left < 0) return false;
    pollfd wanted{PQsocket(connection_), POLLIN, 0};
    poll(&wanted, 1, static_cast<int>(left) + 1);
    if (!PQconsumeInput(connection_)) return true;  // PQgetResult tells what went wrong
  }
  return true;
}

Outcome Session::Receive(std::chrono::milliseconds timeout, const std::vector<std::string>* copy_data) {
  Outcome outcome;
  bool timed_out = false;
  for (;;) {
    if (!Ready(timed_out ? std::chrono::seconds(10) : timeout)) {
      if (timed_out) throw std::runtime_error("no answer, not even to a cancel request");
      timed_out = true;
      char error[256];
      PGcancel* cancel = PQgetCancel(connection_);
      PQcancel(cancel, error, sizeof error);
      PQfreeCancel(cancel);
      continue;
    }
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) break;
    TakeResult(result, outcome, copy_data);
    const bool broken = PQstatus(connection_) == CONNECTION_BAD;
    PQclear(result);
    if (broken) {
      outcome.disconnected = true;
      break;
    }
  }
  if (timed_out) {
    outcome.failed = true;
    outcome.message = "timed out; " + outcome.message;
  }
  outcome.notices = std::move(notices_);
  return outcome;
}

void Session::TakeResult(PGresult* result, Outcome& outcome, const std::vector<std::string>* copy_data) {
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
      outcome.columns = static_cast<size_t>(PQnfields(result));
      outcome.rows.clear();
      for (int row = 0; row < PQntuples(result); ++row) {
        std::vector<std::string>& values = outcome.rows.emplace_back();
        for (int column = 0; column < PQnfields(result); ++column) {
          values.push_back(PQgetisnull(result, row, column)
                               ? "NULL"
                               : Show(PQgetvalue(result, row, column), PQgetlength(result, row, column)));
        }
      }
      outcome.tag = PQcmdStatus(result);
      break;
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      outcome.tag = PQcmdStatus(result);
      break;
    case PGRES_COPY_IN:
      if (copy_data != nullptr) {
        for (const std::string& line : *copy_data) {
          PQputCopyData(connection_, (line + "\n").data(), static_cast<int>(line.size() + 1));
        }
        PQputCopyEnd(connection_, nullptr);
      } else {
        PQputCopyEnd(connection_, "the script has no data for this COPY");
      }
      break;
    case PGRES_COPY_OUT: {
      outcome.columns = 1;
      outcome.rows.clear();
      char* buffer = nullptr;
      for (int length; (length = PQgetCopyData(connection_, &buffer, 0)) > 0; PQfreemem(buffer)) {
        if (buffer[length - 1] == '\n') --length;
        outcome.rows.push_back({Show(buffer, length)});
      }
      break;
    }
    default:
      outcome.failed = true;
      outcome.sqlstate = Field(result, PG_DIAG_SQLSTATE);
      outcome.message = Field(result, PG_DIAG_MESSAGE_PRIMARY);
      if (outcome.message.empty()) outcome.message = PQresultErrorMessage(result);
      outcome.detail = Field(result, PG_DIAG_MESSAGE_DETAIL);
      outcome.hint = Field(result, PG_DIAG_MESSAGE_HINT);
  }
}

}  // namespace gather::runner

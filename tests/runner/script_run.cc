#include "tests/runner/script_run.h"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <thread>

namespace gather::runner {
namespace {

constexpr auto kBlockedFor = std::chrono::milliseconds(150);

std::string Md5(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += value + "\n";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

std::string Collapse(const std::string& line) {
  std::string out;
  for (char c : line) {
    const char blank = c == '\t' ? ' ' : c;
    if (blank == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += blank;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string TrimRight(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool SameLine(const std::string& expected, const std::string& actual) {
  if (expected == actual) return true;
  if (expected.find('\t') != std::string::npos) return false;
  if (actual.find('\t') == std::string::npos) return expected == TrimRight(actual);
  return Collapse(expected) == Collapse(actual);
}

bool SameLines(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), SameLine);
}

std::string FirstWord(const std::string& sql) {
  const size_t begin = sql.find_first_not_of(" \n\t(");
  std::string word;
  for (size_t i = begin; i < sql.size() && std::isalpha(static_cast<unsigned char>(sql[i])); ++i) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(sql[i])));
  }
  return word;
}

bool Mentions(const std::string& sql, const char* pattern) {
  return std::regex_search(sql, std::regex(pattern, std::regex::icase));
}

}  // namespace

ScriptRun::ScriptRun(const RunOptions& options, Script script)
    : options_(options), script_(std::move(script)), restarts_left_(options.restarts) {}

ScriptRun::~ScriptRun() { sessions_.clear(); }

RunResult ScriptRun::Run() {
  const Record* current = nullptr;
  try {
    OpenDatabase();
    for (const Record& record : script_.records) {
      current = &record;
      if (Skips(record)) {
        ++result_.skipped;
        continue;
      }
      if (record.kind == RecordKind::kHalt) break;
      disagreed_ = false;
      RunRecord(record);
      if (stopped_) break;
      if (options_.strict_gaps && !disagreed_ && !record.sql.empty() && options_.gaps.contains(KeyOf(record))) {
        ++result_.failures;
        result_.report +=
            script_.path + ":" + std::to_string(record.line) + ": agrees now, take it off the list of gaps\n";
      }
    }
    if (!stopped_ && !pending_.empty()) {
      Fail(*pending_.begin()->second, "an async statement that nothing waits for");
    }
    sessions_.clear();
    if (server_ != nullptr && !stopped_) server_->Stop();
  } catch (const std::exception& error) {
    std::string what = error.what();
    if (server_ != nullptr && !server_->Running()) what += "\nthe server is gone\n" + server_->LogTail();
    Fail(current == nullptr ? Record{.kind = RecordKind::kHalt} : *current, what);
  }
  if (options_.rewrite) SaveRewritten();
  return std::move(result_);
}

void ScriptRun::OpenDatabase() {
  if (!options_.server.empty()) {
    server_ = std::make_unique<ServerProcess>(options_.server, options_.settings);
    dsn_ = server_->Dsn();
  } else {
    dsn_ = options_.dsn;
    std::string start_options;
    for (const std::string& setting : options_.settings) start_options += " -c " + setting;
    if (!start_options.empty()) dsn_ += " options='" + start_options + "'";
  }
  names_ = {options_.configuration};
  Session& session = SessionOf("");
  session.Send("select version()");
  const Outcome version = session.Receive(options_.timeout, nullptr);
  const bool ours = !version.rows.empty() && version.rows[0][0].find("GatherDB") != std::string::npos;
  names_.insert(ours ? "gatherdb" : "postgresql");
  if (server_ == nullptr) {
    session.Send(
        "set client_min_messages = error; drop schema if exists public cascade; create schema public; "
        "reset client_min_messages");
    const Outcome outcome = session.Receive(options_.timeout, nullptr);
    if (outcome.failed) throw std::runtime_error("the schema public cannot be made anew: " + outcome.message);
  }
}

Session& ScriptRun::SessionOf(const std::string& name) {
  std::unique_ptr<Session>& session = sessions_[name];
  if (session == nullptr) {
    const size_t at = name.find('@');
    session = std::make_unique<Session>(at == std::string::npos ? dsn_ : dsn_ + " dbname=" + name.substr(at + 1), options_.protocol);
    for (const std::string& sql : session_state_[name]) {
      session->Send(sql);
      session->Receive(options_.timeout, nullptr);
    }
  }
  return *session;
}

bool ScriptRun::Skips(const Record& record) const {
  for (const std::string& name : record.skip_if) {
    if (names_.contains(name)) return true;
  }
  return std::any_of(record.only_if.begin(), record.only_if.end(),
                     [&](const std::string& name) { return !names_.contains(name); });
}

void ScriptRun::RunRecord(const Record& record) {
  const std::string& name = record.connection;
  switch (record.kind) {
    case RecordKind::kHashThreshold:
      hash_threshold_ = std::stoul(record.argument);
      return;
    case RecordKind::kHalt:
      return;
    case RecordKind::kRestart:
      if (server_ == nullptr) {  // not ours to stop: the sessions end all the same
        sessions_.clear();
        pending_.clear();
        return;
      }
      session_state_.clear();
      Restart(record.argument == "kill");
      return;
    case RecordKind::kDisconnect:
      sessions_.erase(name);
      session_state_.erase(name);
      pending_.erase(name);
      return;
    case RecordKind::kSleep:
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stol(record.argument)));
      return;
    case RecordKind::kBlocked:
      ++result_.records;
      if (!pending_.contains(name)) return Fail(record, "this session runs no async statement");
      if (SessionOf(name).Ready(kBlockedFor)) Fail(record, "the statement has come back already");
      return;
    case RecordKind::kWait: {
      if (!pending_.contains(name)) return Fail(record, "this session runs no async statement");
      const Record& sent = *pending_[name];
      pending_.erase(name);
      Check(sent, SessionOf(name).Receive(options_.timeout, sent.has_copy_data ? &sent.copy_data : nullptr));
      return;
    }
    case RecordKind::kStatement:
    case RecordKind::kQuery:
      break;
  }
  if (pending_.contains(name)) return Fail(record, "the session still runs an async statement");
  Session& session = SessionOf(name);
  session.Send(record.sql);
  if (record.async) {
    pending_[name] = &record;
    return;
  }
  const Outcome outcome = session.Receive(options_.timeout, record.has_copy_data ? &record.copy_data : nullptr);
  Check(record, outcome);
  if (outcome.disconnected) {
    sessions_.erase(name);
    if (server_ != nullptr && !server_->Running()) {
      stopped_ = true;
      Fail(record, "the server is gone\n" + server_->LogTail());
    }
    return;
  }
  if (restarts_left_ > 0 && !outcome.failed) RestartIfTold(record);
}

void ScriptRun::Check(const Record& record, const Outcome& outcome) {
  ++result_.records;
  if (record.expects_error) {
    if (!outcome.failed) return Fail(record, "expected an error, but it succeeded: " + outcome.tag);
    if (options_.rewrite && record.has_expected) {
      rewritten_[&record] = outcome.ErrorLines();
      return;
    }
    if (!record.sqlstate.empty() && record.sqlstate != outcome.sqlstate) {
      return Fail(record,
                  "expected SQLSTATE " + record.sqlstate + ", got " + outcome.sqlstate + ": " + outcome.message);
    }
    if (!record.pattern.empty() && outcome.message.find(record.pattern) == std::string::npos) {
      bool matches = false;
      try {
        matches = std::regex_search(outcome.message, std::regex(record.pattern));
      } catch (const std::regex_error&) {
        // Not a regular expression: then it was meant as plain text, which is not there.
      }
      if (!matches) {
        return FailWithDiff(record, "another error", {record.pattern}, {outcome.sqlstate + " " + outcome.message});
      }
    }
    if (record.has_expected && !SameLines(record.expected, outcome.ErrorLines())) {
      FailWithDiff(record, "another error", record.expected, outcome.ErrorLines());
    }
    return;
  }
  if (outcome.failed) {
    std::string what = "failed";
    for (const std::string& line : outcome.ErrorLines()) what += "\n    " + line;
    return Fail(record, what);
  }
  if (record.kind == RecordKind::kQuery) return CheckRows(record, outcome);
  if (record.count >= 0) {
    const size_t blank = outcome.tag.rfind(' ');
    const std::string got = blank == std::string::npos ? outcome.tag : outcome.tag.substr(blank + 1);
    if (got != std::to_string(record.count))
      Fail(record, "expected " + std::to_string(record.count) + " rows, got " + outcome.tag);
  }
  if (record.has_expected) {
    if (options_.rewrite) {
      rewritten_[&record] = outcome.notices;
    } else if (!SameLines(record.expected, outcome.notices)) {
      FailWithDiff(record, "other notices", record.expected, outcome.notices);
    }
  }
}

void ScriptRun::CheckRows(const Record& record, const Outcome& outcome) {
  if (outcome.columns != record.columns && !options_.rewrite) {
    return Fail(record,
                "expected " + std::to_string(record.columns) + " columns, got " + std::to_string(outcome.columns));
  }
  std::vector<std::vector<std::string>> rows = outcome.rows;
  if (record.sorting == Sorting::kRows) std::sort(rows.begin(), rows.end());
  std::vector<std::string> values;
  for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  if (record.sorting == Sorting::kValues) std::sort(values.begin(), values.end());

  std::vector<std::string> lines;
  const bool hashed = hash_threshold_ > 0 && values.size() > hash_threshold_;
  if (hashed) {
    lines = {std::to_string(values.size()) + " values hashing to " + Md5(values)};
  } else if (record.sorting == Sorting::kValues) {
    lines = values;
  } else {
    for (const auto& row : rows) {
      std::string line;
      for (const std::string& value : row) line += (&value == row.data() ? "" : "\t") + value;
      lines.push_back(line);
    }
  }
  if (!record.label.empty()) {
    const auto [known, fresh] = labels_.try_emplace(record.label, values);
    if (!fresh && known->second != values) Fail(record, "other rows than the earlier query labelled " + record.label);
  }
  if (options_.rewrite) {
    rewritten_[&record] = lines;
    columns_[&record] = outcome.columns;
    return;
  }
  if (!record.has_expected && !record.label.empty()) return;
  if (SameLines(record.expected, lines)) return;
  if (!hashed && record.columns > 1 && SameLines(record.expected, values)) return;
  const bool by_value = record.columns > 1 && record.expected.size() == values.size() && !hashed &&
                        record.expected.size() != lines.size();
  FailWithDiff(record, "other rows", record.expected, by_value ? values : lines);
}

void ScriptRun::Restart(bool kill) {
  sessions_.clear();
  pending_.clear();
  if (kill) {
    server_->Kill();
  } else {
    server_->Stop();
  }
  server_->Start();
  dsn_ = server_->Dsn();
}

// The restart configuration: after a statement that changed something, and while nothing is lost with the sessions.
void ScriptRun::RestartIfTold(const Record& record) {
  static const std::set<std::string> kWriting = {"create", "insert", "update", "delete", "alter", "drop",  "truncate",
                                                 "copy",   "commit", "end",    "merge",  "grant", "revoke"};
  const std::string word = FirstWord(record.sql);
  if (word == "set" || word == "prepare" || word == "reset" || word == "deallocate") {
    if (sessions_[record.connection]->Idle()) {
      session_state_[record.connection].push_back(record.sql);
    } else if (!Mentions(record.sql, "^\\s*set\\s+(local|transaction|constraints)\\b")) {
      restarts_left_ = 0;  // it depends on how the transaction ends
    }
  }
  // A killed server may skip values of a sequence, as PostgreSQL does.
  if (Mentions(record.sql, "\\b(sequence|identity|serial|bigserial|smallserial|nextval)\\b")) uses_sequences_ = true;
  if (word == "declare" || word == "listen" ||
      Mentions(record.sql, "\\btemp(orary)?\\b|currval|lastval|set_config|pg_temp")) {
    restarts_left_ = 0;  // the session holds what SET and PREPARE cannot bring back
    return;
  }
  if (!kWriting.contains(word)) return;
  for (const auto& [name, session] : sessions_) {
    // A session of another database counts as being there: it keeps that database from being dropped.
    if (!session->Idle() || pending_.contains(name) || name.find('@') != std::string::npos) return;
  }
  --restarts_left_;
  Restart(restarts_left_ % 2 == 0 && !uses_sequences_);
}

std::string ScriptRun::KeyOf(const Record& record) const {
  std::string key = script_.path + ": " + record.sql;
  std::replace(key.begin(), key.end(), '\n', ' ');
  return key;
}

void ScriptRun::Fail(const Record& record, const std::string& what) {
  disagreed_ = true;
  const std::string key = KeyOf(record);
  if (!stopped_ && !record.sql.empty() && options_.gaps.contains(key)) {
    ++result_.gaps;
    return;
  }
  result_.failed.push_back(key);
  if (++result_.failures > options_.shown_failures) return;
  std::string text = script_.path + ":" + std::to_string(record.line) + ": " + what + "\n";
  std::string sql = "    " + record.sql;
  for (size_t at = 0; (at = sql.find('\n', at)) != std::string::npos; ++at) sql.insert(at + 1, "    ");
  if (sql.size() > 2000) sql = sql.substr(0, 2000) + " ...";
  result_.report += text + sql + "\n";
}

void ScriptRun::FailWithDiff(const Record& record, const std::string& what, const std::vector<std::string>& expected,
                             const std::vector<std::string>& actual) {
  constexpr size_t kShown = 20;
  std::string text = what;
  size_t shown = 0;
  size_t common = 0;
  while (common < expected.size() && common < actual.size() && SameLine(expected[common], actual[common])) ++common;
  if (common > 0) text += "\n      (" + std::to_string(common) + " equal lines before)";
  const size_t end = std::max(expected.size(), actual.size());
  for (size_t i = common; i < end && shown < kShown; ++i, ++shown) {
    if (i < expected.size() && i < actual.size() && SameLine(expected[i], actual[i])) {
      text += "\n        " + actual[i];
      continue;
    }
    if (i < expected.size()) text += "\n      - " + expected[i];
    if (i < actual.size()) text += "\n      + " + actual[i];
  }
  if (common + shown < end) text += "\n      ... " + std::to_string(end - common - shown) + " more lines";
  Fail(record, text);
}

void ScriptRun::SaveRewritten() const {
  std::vector<std::string> lines;
  size_t next = 0;  // of the script's lines, 0-based
  for (const Record& record : script_.records) {
    const auto found = rewritten_.find(&record);
    if (found == rewritten_.end() || record.repeat > 0) continue;
    const bool is_query = record.kind == RecordKind::kQuery;
    const size_t header = static_cast<size_t>(record.line) - 1;
    while (next < header) lines.push_back(script_.lines[next++]);
    const auto columns = columns_.find(&record);
    if (is_query && columns != columns_.end() && columns->second != record.columns) {
      // Another number of columns than the header says: new type letters.
      std::string text = script_.lines[next++];
      const size_t letters = text.find_first_not_of(' ', text.find(' '));
      const size_t end = std::min(text.find(' ', letters), text.size());
      lines.push_back(text.replace(letters, end - letters, std::string(columns->second, 'T')));
    }
    const size_t begin = static_cast<size_t>(record.expected_begin) - 1;
    while (next < begin) lines.push_back(script_.lines[next++]);
    if (!record.has_expected && is_query) lines.push_back("----");
    lines.insert(lines.end(), found->second.begin(), found->second.end());
    next = static_cast<size_t>(record.expected_end) - 1;
  }
  while (next < script_.lines.size()) lines.push_back(script_.lines[next++]);
  std::ofstream out(script_.path);
  for (const std::string& line : lines) out << line << "\n";
}

}  // namespace gather::runner

#include "tests/runner/script.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace gather::runner {
namespace {

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool IsSqlState(const std::string& word) {
  if (word.size() != 5) return false;
  bool digit = false;
  for (char c : word) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
    digit |= c >= '0' && c <= '9';
  }
  return digit;
}

class Reader {
 public:
  explicit Reader(Script& script) : script_(script), lines_(script.lines) {}

  // Reads records from `line_` up to the end of the file, or to `endloop` when inside a loop.
  void ReadAll(bool in_loop) {
    while (line_ < lines_.size()) {
      const std::string& text = lines_[line_];
      if (text.empty() || text[0] == '#') {
        ++line_;
        continue;
      }
      std::vector<std::string> words = Words(text);
      if (words.empty()) {
        ++line_;
        continue;
      }
      if (words[0] == "endloop") {
        if (!in_loop) Fail("endloop without loop");
        return;
      }
      if (words[0] == "loop" || words[0] == "foreach") {
        ReadLoop(words);
      } else {
        ReadRecord(words);
      }
    }
    if (in_loop) Fail("loop without endloop");
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw std::runtime_error(script_.path + ":" + std::to_string(line_ + 1) + ": " + what);
  }

  std::string Expand(std::string text) const {
    for (const auto& [name, value] : variables_) {
      const std::string mark = "${" + name + "}";
      for (size_t at; (at = text.find(mark)) != std::string::npos;) text.replace(at, mark.size(), value);
    }
    return text;
  }

  void ReadLoop(const std::vector<std::string>& words) {
    if (words.size() < 3) Fail("a loop needs a variable and its values");
    std::vector<std::string> values;
    if (words[0] == "loop") {
      if (words.size() != 4) Fail("loop VAR FROM TO");
      for (long i = std::stol(words[2]); i < std::stol(words[3]); ++i) values.push_back(std::to_string(i));
    } else {
      values.assign(words.begin() + 2, words.end());
    }
    const size_t body = line_ + 1;
    ++depth_;
    for (const std::string& value : values) {
      variables_[words[1]] = value;
      line_ = body;
      ReadAll(true);
    }
    variables_.erase(words[1]);
    --depth_;
    if (values.empty()) Fail("an empty loop");
    ++line_;  // endloop
  }

  void ReadRecord(std::vector<std::string> words) {
    Record record;
    record.repeat = depth_;
    // Prefixes, each on its own line.
    while (words[0] == "skipif" || words[0] == "onlyif" || words[0] == "connection") {
      if (words.size() < 2) Fail(words[0] + " needs a name");
      if (words[0] == "skipif") record.skip_if.push_back(words[1]);
      if (words[0] == "onlyif") record.only_if.push_back(words[1]);
      if (words[0] == "connection") record.connection = words[1];
      do {
        ++line_;
      } while (line_ < lines_.size() && !lines_[line_].empty() && lines_[line_][0] == '#');
      if (line_ >= lines_.size() || (words = Words(lines_[line_])).empty()) Fail("a prefix without its record");
    }
    record.line = static_cast<int>(line_) + 1;
    const std::string& kind = words[0];
    if (kind == "statement" || kind == "query") {
      ReadHeader(record, words);
      ++line_;
      ReadBody(record);
    } else {
      if (kind == "hash-threshold") {
        record.kind = RecordKind::kHashThreshold;
      } else if (kind == "halt") {
        record.kind = RecordKind::kHalt;
      } else if (kind == "restart") {
        record.kind = RecordKind::kRestart;
      } else if (kind == "disconnect") {
        record.kind = RecordKind::kDisconnect;
      } else if (kind == "sleep") {
        record.kind = RecordKind::kSleep;
      } else if (kind == "wait") {
        record.kind = RecordKind::kWait;
      } else if (kind == "blocked") {
        record.kind = RecordKind::kBlocked;
      } else {
        Fail("unknown directive \"" + kind + "\"");
      }
      if (words.size() > 1) record.argument = words[1];
      ++line_;
    }
    script_.records.push_back(std::move(record));
  }

  void ReadHeader(Record& record, std::vector<std::string>& words) {
    if (words.back() == "async") {
      record.async = true;
      words.pop_back();
    }
    record.kind = words[0] == "query" ? RecordKind::kQuery : RecordKind::kStatement;
    if (words.size() < 2) Fail(words[0] + " needs a second word");
    if (words[1] == "error") {
      record.kind = RecordKind::kStatement;
      record.expects_error = true;
      size_t next = 2;
      if (words.size() > next && IsSqlState(words[next])) record.sqlstate = words[next++];
      for (; next < words.size(); ++next) record.pattern += (record.pattern.empty() ? "" : " ") + words[next];
      record.pattern = Expand(record.pattern);
      return;
    }
    if (record.kind == RecordKind::kStatement) {
      if (words[1] == "count" && words.size() == 3) {
        record.count = std::stol(words[2]);
      } else if (words[1] != "ok") {
        Fail("a statement is ok, error or count N");
      }
      return;
    }
    record.columns = words[1].size();
    for (char letter : words[1]) {
      if (std::string("TIRBDOF?").find(letter) == std::string::npos) Fail("bad column types \"" + words[1] + "\"");
    }
    for (size_t i = 2; i < words.size(); ++i) {
      if (words[i] == "nosort") {
        record.sorting = Sorting::kNone;
      } else if (words[i] == "rowsort") {
        record.sorting = Sorting::kRows;
      } else if (words[i] == "valuesort") {
        record.sorting = Sorting::kValues;
      } else {
        record.label = words[i];
      }
    }
  }

  void ReadBody(Record& record) {
    std::vector<std::string>* copy = nullptr;
    for (; line_ < lines_.size() && !lines_[line_].empty() && lines_[line_] != "----"; ++line_) {
      if (lines_[line_] == "----copy") {
        copy = &record.copy_data;
        record.has_copy_data = true;
      } else if (copy != nullptr) {
        copy->push_back(Expand(lines_[line_]));
      } else {
        record.sql += (record.sql.empty() ? "" : "\n") + lines_[line_];
      }
    }
    record.sql = Expand(record.sql);
    record.expected_begin = record.expected_end = static_cast<int>(line_) + 1;
    if (line_ >= lines_.size() || lines_[line_] != "----") return;
    record.has_expected = true;
    record.expected_begin = static_cast<int>(++line_) + 1;
    for (; line_ < lines_.size() && !lines_[line_].empty(); ++line_) record.expected.push_back(Expand(lines_[line_]));
    record.expected_end = static_cast<int>(line_) + 1;
  }

  Script& script_;
  const std::vector<std::string>& lines_;
  size_t line_ = 0;
  int depth_ = 0;
  std::map<std::string, std::string> variables_;
};

}  // namespace

Script ReadScript(const std::string& path) {
  Script script;
  script.path = path;
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    script.lines.push_back(line);
  }
  Reader(script).ReadAll(false);
  return script;
}

}  // namespace gather::runner

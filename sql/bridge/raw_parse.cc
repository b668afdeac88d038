#include "sql/bridge/raw_parse.h"

#include <cstring>

#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

namespace {

struct RawError {
  bool raised = false;
  char state[6] = "";
  int position = 0;                                    // 1-based, in characters
  char message[1024] = "", detail[512] = "", hint[512] = "";
};

void CopyText(char* to, size_t size, const char* from) {
  if (from == nullptr) return;
  std::strncpy(to, from, size - 1);
}

// No object with a destructor may live in here: the grammar leaves by longjmp. noinline: its locals must not be merged into the caller's.
__attribute__((noinline)) ::List* CallGrammar(const char* text, RawError* error) {
  ::List* volatile list = nullptr;
  MemoryContext volatile caller = CurrentMemoryContext;
  PG_TRY();
  { list = raw_parser(text, RAW_PARSE_DEFAULT); }
  PG_CATCH();
  {
    CurrentMemoryContext = caller;
    ::ErrorData* data = CopyErrorData();
    FlushErrorState();
    error->raised = true;
    int code = data->sqlerrcode;
    for (int i = 0; i < 5; ++i, code >>= 6) error->state[i] = static_cast<char>((code & 0x3F) + '0');
    error->position = data->cursorpos;
    CopyText(error->message, sizeof error->message, data->message);
    CopyText(error->detail, sizeof error->detail, data->detail);
    CopyText(error->hint, sizeof error->hint, data->hint);
  }
  PG_END_TRY();
  return list;
}

int ByteOffset(const std::string& text, int character) {
  int seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) == 0x80) continue;
    if (++seen == character) return static_cast<int>(i);
  }
  return static_cast<int>(text.size());
}

class MemoryScope {
 public:
  MemoryScope() : context_(pg_query_enter_memory_context()) {}
  ~MemoryScope() { pg_query_exit_memory_context(context_); }
  MemoryScope(const MemoryScope&) = delete;

 private:
  void* context_;
};

}  // namespace

std::vector<RawStatement> RawParse(const std::string& text, ast::Arena& arena) {
  const MemoryScope memory;
  RawError error;
  const ::List* list = CallGrammar(text.c_str(), &error);
  if (error.raised) {
    SqlState state;
    std::memcpy(state.code, error.state, sizeof state.code);
    SqlError thrown = SqlError(state, error.message).Detail(error.detail).Hint(error.hint);
    if (error.position > 0) thrown.SetOffsetIfUnset(ByteOffset(text, error.position));
    throw thrown;
  }
  std::vector<RawStatement> statements;
  statements.reserve(static_cast<size_t>(list_length(list)));
  TreeReader reader(arena);
  for (int i = 0; i < list_length(list); ++i) {
    const auto* raw = static_cast<const ::RawStmt*>(list->elements[i].ptr_value);
    statements.push_back({reader.ReadStatement(raw->stmt), raw->stmt_location, raw->stmt_len});
  }
  return statements;
}

}  // namespace gather::sql::bridge

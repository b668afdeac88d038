// Proves that the headers of PostgreSQL 15 and the localised libpg_query agree: a statement parses into raw C structs,
// and an error comes back with its SQLSTATE, message and position. Copy the three renames wherever postgres.h is
// included: the library keeps these variables per thread, the headers declare them as plain globals.
#define PG_exception_stack PG_exception_stack_hdr
#define error_context_stack error_context_stack_hdr
#define CurrentMemoryContext CurrentMemoryContext_hdr
extern "C" {
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "parser/parser.h"
}
#undef PG_exception_stack
#undef error_context_stack
#undef CurrentMemoryContext
#undef printf
#undef snprintf
#undef vsnprintf

#include <cstdio>
#include <cstring>

extern "C" {
extern __thread sigjmp_buf* PG_exception_stack;
extern __thread ErrorContextCallback* error_context_stack;
extern __thread MemoryContext CurrentMemoryContext;
void* pg_query_enter_memory_context(void);
void pg_query_exit_memory_context(void* context);
}

namespace {

struct Outcome {
  int statements = 0;
  NodeTag first = T_Invalid;
  int columns = 0;
  int sqlstate = 0;
  int position = 0;
  char message[200] = "";
};

// No object with a destructor may live in here: an error leaves by longjmp.
void Parse(const char* text, Outcome* outcome) {
  void* context = pg_query_enter_memory_context();
  MemoryContext caller = CurrentMemoryContext;
  PG_TRY();
  {
    List* list = raw_parser(text, RAW_PARSE_DEFAULT);
    outcome->statements = list_length(list);
    if (outcome->statements > 0) {
      Node* node = linitial_node(RawStmt, list)->stmt;
      outcome->first = nodeTag(node);
      if (IsA(node, SelectStmt)) outcome->columns = list_length(reinterpret_cast<SelectStmt*>(node)->targetList);
    }
  }
  PG_CATCH();
  {
    CurrentMemoryContext = caller;
    ErrorData* error = CopyErrorData();
    FlushErrorState();
    outcome->sqlstate = error->sqlerrcode;
    outcome->position = error->cursorpos;
    std::strncpy(outcome->message, error->message, sizeof outcome->message - 1);
  }
  PG_END_TRY();
  pg_query_exit_memory_context(context);
}

int failures = 0;

void Check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "failed: %s\n", what);
  ++failures;
}

}  // namespace

int main() {
  Outcome select;
  Parse("SELECT a, b + 1, count(*) FROM t WHERE c = $1; COMMIT", &select);
  Check(select.statements == 2, "two statements");
  Check(select.first == T_SelectStmt, "the first is a SELECT");
  Check(select.columns == 3, "it has three columns");

  Outcome merge;
  Parse("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", &merge);
  Check(merge.first == T_MergeStmt, "MERGE has the headers' tag");

  Outcome error;
  Parse("SELECT 1 FORM t t2", &error);
  Check(error.sqlstate == ERRCODE_SYNTAX_ERROR, "a syntax error is 42601");
  Check(error.position > 0, "it has a position");
  Check(std::strstr(error.message, "syntax error at or near") != nullptr, "it has PostgreSQL's message");
  if (failures == 0) std::puts("raw parsing agrees with the headers");
  return failures == 0 ? 0 : 1;
}

// PostgreSQL's raw parse nodes, and nothing of them outside this folder: their macros and global names (List, Node, Min …) bite.
//
// Include it last, after every other header. The library keeps three variables per thread that the headers declare as plain globals:
// hence the renames. The library's LimitOption counts from LIMIT_OPTION_DEFAULT = 0, which the headers lack.
#pragma once

#define PG_exception_stack PG_exception_stack_hdr
#define error_context_stack error_context_stack_hdr
#define CurrentMemoryContext CurrentMemoryContext_hdr
extern "C" {
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "parser/parser.h"
}
#undef PG_exception_stack
#undef error_context_stack
#undef CurrentMemoryContext
#undef printf
#undef snprintf
#undef vsnprintf
#undef Min
#undef Max

extern "C" {
extern __thread sigjmp_buf* PG_exception_stack;
extern __thread ErrorContextCallback* error_context_stack;
extern __thread MemoryContext CurrentMemoryContext;
void* pg_query_enter_memory_context(void);
void pg_query_exit_memory_context(void* context);
}

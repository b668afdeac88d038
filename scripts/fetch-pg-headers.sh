#!/bin/sh
# Prepares what sql/ needs to parse into PostgreSQL 15's own C structs, in the directory given:
#   include/         PostgreSQL's server headers, out of Debian's postgresql-server-dev-15 (not installed: it drags in clang)
#   pg_raw_parser.o  libpg_query as one object whose symbols are local, but for those of the keep list below. Its copies of
#                    xxHash, protobuf-c, palloc ... can then not be taken for ours or for another library's.
# Does nothing when both are there already and newer than this script.
set -eu
mkdir -p "$1"
out=$(cd "$1" && pwd)
if [ -f "$out/stamp" ] && [ "$out/stamp" -nt "$0" ]; then exit 0; fi
mkdir -p "$out"
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ ! -f "$out/include/postgres.h" ]; then
  if [ -f /usr/include/postgresql/15/server/postgres.h ]; then
    cp -r /usr/include/postgresql/15/server "$work/include"
  else
    echo "-- fetching the server headers of PostgreSQL 15" >&2
    chmod 755 "$work"
    cd "$work"
    apt-get -qq -o APT::Sandbox::User=root download postgresql-server-dev-15 2>/dev/null || {
      # The version that apt's lists name is gone from the mirror, or there are no lists yet.
      if [ "$(id -u)" = 0 ]; then apt-get -qq update; else sudo apt-get -qq update; fi
      apt-get -qq -o APT::Sandbox::User=root download postgresql-server-dev-15
    }
    cd - >/dev/null
    dpkg -x "$work"/postgresql-server-dev-15_*.deb "$work/deb"
    cp -r "$work/deb/usr/include/postgresql/15/server" "$work/include"
  fi
  rm -rf "$out/include"
  mv "$work/include" "$out/include"
fi

library=$(gcc -print-file-name=libpg_query.a)
if [ ! -f "$library" ]; then echo "libpg_query.a is not installed (libpg-query-dev)" >&2; exit 1; fi
cat > "$work/keep" <<'LIST'
pg_query_*
raw_parser
raw_expression_tree_walker
CopyErrorData
FreeErrorData
FlushErrorState
PG_exception_stack
error_context_stack
CurrentMemoryContext
pg_re_throw
errstart
errstart_cold
errfinish
errcode
errmsg
palloc
palloc0
repalloc
pfree
pstrdup
MemoryContextAlloc
MemoryContextDelete
MemoryContextReset
AllocSetContextCreateInternal
list_length
copyObjectImpl
equal
stack_base_ptr
max_stack_depth
LIST
/usr/bin/ld -r --whole-archive "$library" -o "$work/all.o"
objcopy -w --keep-global-symbols="$work/keep" "$work/all.o" "$work/pg_raw_parser.o"
mv "$work/pg_raw_parser.o" "$out/pg_raw_parser.o"
touch "$out/stamp"

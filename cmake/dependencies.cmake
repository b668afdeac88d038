# Every library GatherDB uses, found once. All folders link `gather_dependencies`; some targets stay apart:
#   pg_raw_parser   PostgreSQL's grammar as raw C structs: sql/ only
#   gather_malloc   mimalloc: the gatherdb executable only, not under sanitizers
#   gather_pqxx     client libraries: tests and bench only
find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# TBB before RocksDB: RocksDB's config brings a FindTBB of its own that lacks TBB::tbb.
find_package(TBB CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED)
# Headers only. Its CMake target would link libxtl, which we do not use.
find_path(XSIMD_INCLUDE_DIR xsimd/xsimd.hpp REQUIRED)
find_package(roaring CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(OpenSSL REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(GMP REQUIRED IMPORTED_TARGET gmp)

add_library(gather_dependencies INTERFACE)
target_include_directories(gather_dependencies INTERFACE "${CMAKE_SOURCE_DIR}")
target_link_libraries(gather_dependencies INTERFACE
  RocksDB::rocksdb-shared TBB::tbb Boost::headers absl::time ICU::uc ICU::i18n OpenSSL::SSL OpenSSL::Crypto
  spdlog::spdlog fmt::fmt CLI11::CLI11 simdjson::simdjson roaring::roaring PkgConfig::PCRE2 PkgConfig::RE2 PkgConfig::XXHASH
  PkgConfig::GMP Threads::Threads)

add_library(gather_malloc INTERFACE)
find_package(mimalloc CONFIG QUIET)
if(mimalloc_FOUND AND NOT GATHER_SANITIZE)
  target_link_libraries(gather_malloc INTERFACE mimalloc)
endif()

pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx libpq)
add_library(gather_pqxx INTERFACE)
target_link_libraries(gather_pqxx INTERFACE PkgConfig::PQXX Threads::Threads)

# PostgreSQL's server headers and libpg_query with its symbols made local; shared by all presets.
set(PG_RAW_PARSER_DIR "${CMAKE_SOURCE_DIR}/build/pg-headers")
set(PG_RAW_PARSER_LIBRARY "${PG_RAW_PARSER_DIR}/pg_raw_parser.o")
set(fetch_headers "${CMAKE_SOURCE_DIR}/scripts/fetch-pg-headers.sh")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${fetch_headers}")
execute_process(COMMAND "${fetch_headers}" "${PG_RAW_PARSER_DIR}" COMMAND_ERROR_IS_FATAL ANY)
add_library(pg_raw_parser INTERFACE)
target_include_directories(pg_raw_parser SYSTEM INTERFACE "${PG_RAW_PARSER_DIR}/include")
target_link_libraries(pg_raw_parser INTERFACE "${PG_RAW_PARSER_LIBRARY}" Threads::Threads)

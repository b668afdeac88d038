#include "server/configuration.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace gather::server {

namespace {
constexpr char kVersion[] = "gatherdb (GatherDB) 0.1.0, PostgreSQL 15 compatible";
constexpr char kUsage[] =
    "gatherdb is a database server that speaks the PostgreSQL protocol.\n\n"
    "Usage:\n  gatherdb -D DIRECTORY [OPTION]...\n\n"
    "Options:\n"
    "  -D DIRECTORY       data directory; an empty or missing one is initialised\n"
    "  -p PORT            TCP port to listen on (default 5433)\n"
    "  -h ADDRESS         address to listen on (default 127.0.0.1)\n"
    "  -c NAME=VALUE      sets a run-time parameter\n"
    "  -V, --version      prints the version, then exits\n"
    "  -?, --help         shows this help, then exits\n\n"
    "Environment:\n"
    "  PARALLEL_THRESHOLD  rows below which an operation runs without workers; max: always (parallel_threshold)\n"
    "  PARALLEL_EXECUTION  off: no workers at all (enable_parallel_query)\n\n"
    "Connect with: psql -h 127.0.0.1 -p 5433 -U postgres postgres\n";

[[noreturn]] void Fail(const std::string& message) {
  std::fprintf(stderr, "gatherdb: %s\nTry \"gatherdb --help\" for more information.\n", message.c_str());
  std::exit(1);
}

// Environment variables that set a parameter; the command line comes after them and wins.
void ReadEnvironment(Configuration& configuration) {
  if (const char* rows = std::getenv("PARALLEL_THRESHOLD")) {
    configuration.settings.emplace_back("parallel_threshold", std::strcmp(rows, "max") == 0 ? "1e18" : rows);
  }
  if (const char* on = std::getenv("PARALLEL_EXECUTION")) configuration.settings.emplace_back("enable_parallel_query", on);
}
}  // namespace

Configuration ParseCommandLine(int argc, char** argv) {
  Configuration configuration;
  ReadEnvironment(configuration);
  static const option kLong[] = {{"help", no_argument, nullptr, '?'}, {"version", no_argument, nullptr, 'V'}, {nullptr, 0, nullptr, 0}};
  opterr = 0;
  int choice;
  while ((choice = getopt_long(argc, argv, "D:p:h:c:V?", kLong, nullptr)) != -1) {
    switch (choice) {
      case 'D': configuration.directory = optarg; break;
      case 'h': configuration.address = optarg; break;
      case 'p': {
        const char* end = optarg + std::strlen(optarg);
        const auto [stop, error] = std::from_chars(optarg, end, configuration.port);
        if (error != std::errc() || stop != end || configuration.port < 1 || configuration.port > 65535) {
          Fail(std::string("invalid port number: \"") + optarg + "\"");
        }
        break;
      }
      case 'c': {
        const char* equals = std::strchr(optarg, '=');
        if (equals == nullptr) Fail(std::string("-c ") + optarg + " requires a value");
        std::string name(optarg, static_cast<size_t>(equals - optarg));
        std::replace(name.begin(), name.end(), '-', '_');
        configuration.settings.emplace_back(std::move(name), equals + 1);
        break;
      }
      case 'V': std::printf("%s\n", kVersion); std::exit(0);
      default:
        if (optopt != 0 && optopt != '?') Fail(std::string("invalid option or missing argument: -") + static_cast<char>(optopt));
        if (optind > 1 && std::strcmp(argv[optind - 1], "--help") != 0 && std::strcmp(argv[optind - 1], "-?") != 0) {
          Fail(std::string("unrecognized option: ") + argv[optind - 1]);
        }
        std::fputs(kUsage, stdout);
        std::exit(0);
    }
  }
  if (optind < argc) Fail(std::string("too many command-line arguments (first is \"") + argv[optind] + "\")");
  if (configuration.directory.empty()) Fail("no data directory given: use -D DIRECTORY");
  return configuration;
}

}  // namespace gather::server

// The command line: gatherdb -D DIR -p PORT [-h ADDRESS] [-c name=value …].
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gather::server {

struct Configuration {
  std::string directory;
  std::string address = "127.0.0.1";
  int port = 5433;
  std::vector<std::pair<std::string, std::string>> settings;
};

// Prints and exits for --help and --version (0), and with one clear line for a wrong command line (1).
Configuration ParseCommandLine(int argc, char** argv);

}  // namespace gather::server

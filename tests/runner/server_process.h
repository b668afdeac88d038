// A gatherdb of the runner's own: data in a temporary directory, a free port of 127.0.0.1, its log in a file. Stopped
// and removed by the destructor. One thread at a time.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace gather::runner {

class ServerProcess {
 public:
  // `settings` are passed on as -c name=value. Throws std::runtime_error, with the end of the log, if it does not come
  // up.
  ServerProcess(std::string binary, std::vector<std::string> settings);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void Start();
  // SIGTERM, and wait. Throws if the server needs more than half a minute or ends with a non-zero status.
  void Stop();
  void Kill();
  bool Running();

  std::string Dsn() const;
  std::string LogTail() const;

 private:
  int Reap(int seconds);  // exit status, or -1 if still running after that time

  const std::string binary_;
  const std::vector<std::string> settings_;
  std::string directory_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace gather::runner

#include "tests/runner/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace gather::runner {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPoll = std::chrono::milliseconds(5);
constexpr int kStartSeconds = 60;
constexpr int kStopSeconds = 30;

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    close(fd);
    throw std::runtime_error("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

ServerProcess::ServerProcess(std::string binary, std::vector<std::string> settings)
    : binary_(std::move(binary)), settings_(std::move(settings)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "gather-sql-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  directory_ = pattern;
  Start();
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ServerProcess::Start() {
  // Kept over restarts so that a script's DSN stays valid; another process may have taken it meanwhile, hence the
  // retries.
  for (int attempt = 0;; ++attempt) {
    if (port_ == 0 || attempt > 0) port_ = FreePort();
    std::vector<std::string> arguments = {binary_,     "-D", directory_ + "/data", "-h",
                                          "127.0.0.1", "-p", std::to_string(port_)};
    for (const std::string& setting : settings_) {
      arguments.push_back("-c");
      arguments.push_back(setting);
    }
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string log = directory_ + "/log";
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int rc = posix_spawn(&pid_, binary_.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0) {
      pid_ = -1;
      throw std::runtime_error(binary_ + " cannot be started");
    }
    const auto deadline = Clock::now() + std::chrono::seconds(kStartSeconds);
    while (Clock::now() < deadline && Running()) {
      if (PQping(Dsn().c_str()) == PQPING_OK) return;
      std::this_thread::sleep_for(kPoll);
    }
    if (Running()) Kill();
    pid_ = -1;
    if (attempt == 2) throw std::runtime_error("the server does not come up\n" + LogTail());
  }
}

int ServerProcess::Reap(int seconds) {
  const auto deadline = Clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (Clock::now() > deadline) return -1;
    std::this_thread::sleep_for(kPoll);
  }
}

void ServerProcess::Stop() {
  if (pid_ <= 0) throw std::runtime_error("the server is gone\n" + LogTail());
  kill(pid_, SIGTERM);
  const int status = Reap(kStopSeconds);
  if (status == -1) {
    Kill();
    throw std::runtime_error("the server does not stop on SIGTERM\n" + LogTail());
  }
  if (status != 0)
    throw std::runtime_error("the server ended with status " + std::to_string(status) + "\n" + LogTail());
}

void ServerProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Reap(kStopSeconds);
}

bool ServerProcess::Running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

std::string ServerProcess::Dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres";
}

std::string ServerProcess::LogTail() const {
  constexpr size_t kLines = 15;
  std::ifstream in(directory_ + "/log");
  std::deque<std::string> tail;
  for (std::string line; std::getline(in, line);) {
    tail.push_back("  log: " + line + "\n");
    if (tail.size() > kLines) tail.pop_front();
  }
  std::string text;
  for (const std::string& line : tail) text += line;
  return text;
}

}  // namespace gather::runner

#include "storage/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "types/error.h"

namespace gather::storage {

namespace {
constexpr int kFormatVersion = 1;
constexpr const char* kVersionFile = "/GATHERDB_VERSION";
constexpr const char* kLockFile = "/gatherdb.lock";

[[noreturn]] void ThrowErrno(const std::string& what) {
  const int number = errno;
  throw SqlError(number == ENOSPC ? sqlstate::kDiskFull : sqlstate::kIoError, what + ": " + std::strerror(number));
}
}  // namespace

DataDirectory::DataDirectory(std::string path) : path_(std::move(path)) {
  std::error_code error;
  const bool existed = std::filesystem::exists(path_, error);
  if (!existed) {
    std::filesystem::create_directories(path_, error);
    if (error) throw SqlError(sqlstate::kIoError, "could not create data directory \"" + path_ + "\": " + error.message());
    ::chmod(path_.c_str(), 0700);
  } else if (!std::filesystem::is_directory(path_, error)) {
    throw SqlError(sqlstate::kIoError, "\"" + path_ + "\" is not a directory");
  }

  std::ifstream version(path_ + kVersionFile);
  if (version) {
    int number = 0;
    version >> number;
    if (number <= 0) throw SqlError(sqlstate::kDataCorrupted, "data directory \"" + path_ + "\" has an unreadable version file");
    if (number > kFormatVersion) {
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                     Format("data directory \"%s\" was written by a newer server: its format is version %d, this server reads up to version %d",
                            path_.c_str(), number, kFormatVersion));
    }
  } else {
    // Our own unfinished initialisation may be started over; anything else is somebody's data.
    for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
      const std::string name = entry.path().filename();
      if (name != "gatherdb.lock" && name != "kv" && name != "lost+found") {
        throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "directory \"" + path_ + "\" is not empty and not a GatherDB data directory");
      }
    }
    if (error) throw SqlError(sqlstate::kIoError, "could not read data directory \"" + path_ + "\": " + error.message());
    is_new_ = true;
  }
  Lock();
  // Another server may have initialised it before this one had the lock.
  if (is_new_ && std::filesystem::exists(path_ + kVersionFile, error)) is_new_ = false;
  if (is_new_) std::filesystem::remove_all(kv_path(), error);
}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

void DataDirectory::Lock() {
  const std::string file = path_ + kLockFile;
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) ThrowErrno("data directory \"" + path_ + "\" is not writable: could not open \"" + file + "\"");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = {};
    if (::pread(lock_, owner, sizeof(owner) - 1, 0) < 0) owner[0] = 0;
    ::close(lock_);
    lock_ = -1;
    throw SqlError(sqlstate::kObjectInUse, "data directory \"" + path_ + "\" is locked by another process" +
                                               (owner[0] != 0 ? " (PID " + std::string(owner, std::strcspn(owner, "\n")) + ")" : ""));
  }
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    ThrowErrno("could not write \"" + file + "\"");
  }
}

void DataDirectory::MarkInitialized() {
  const std::string file = path_ + kVersionFile;
  const std::string text = std::to_string(kFormatVersion) + "\n";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) ThrowErrno("could not create \"" + file + "\"");
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written) ThrowErrno("could not write \"" + file + "\"");
  const int directory = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  is_new_ = false;
}

}  // namespace gather::storage

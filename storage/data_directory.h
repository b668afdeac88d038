// DataDirectory: the directory that one server owns: a lock file held for the server's life, and a version file.
//
//   GATHERDB_VERSION   the format's number as text
//   gatherdb.lock      flock()ed; holds the owner's process id
//   kv/                RocksDB
// Throws one clear SqlError: locked by another process, unwritable, of a newer version, not ours.
#pragma once

#include <string>

namespace gather::storage {

class DataDirectory {
 public:
  // Creates what is missing.
  explicit DataDirectory(std::string path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string kv_path() const { return path_ + "/kv"; }
  bool is_new() const { return is_new_; }
  // Writes the version file: from now on the directory counts as one of ours.
  void MarkInitialized();

 private:
  void Lock();
  const std::string path_;
  int lock_ = -1;
  bool is_new_ = false;
};

}  // namespace gather::storage

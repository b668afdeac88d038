// SpillFile: a temporary file without a name, so that it goes with its last user however that ends: the end of the statement, an error, kill -9.
//
// Written at its end only, read anywhere. One writer at a time; any number of readers once it is written. Throws 53100 when the disk is full.
#pragma once

#include <cstdint>
#include <string>

namespace gather::storage {

class SpillFile {
 public:
  explicit SpillFile(const std::string& directory);      // made if missing
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;

  // Returns where it begins.
  uint64_t Append(const void* data, size_t bytes);
  void Read(uint64_t offset, void* data, size_t bytes) const;
  uint64_t bytes() const { return bytes_; }

 private:
  int file_ = -1;
  uint64_t bytes_ = 0;
};

}  // namespace gather::storage

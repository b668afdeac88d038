#include "storage/spill_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "storage/io_counters.h"
#include "types/error.h"

namespace gather::storage {

namespace {
[[noreturn]] void Fail(const char* what, const std::string& of, int number) {
  throw SqlError(number == ENOSPC || number == EDQUOT ? sqlstate::kDiskFull : sqlstate::kIoError, std::string(what) + of + ": " + std::strerror(number));
}
}  // namespace

SpillFile::SpillFile(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) Fail("could not create directory ", "\"" + directory + "\"", errno);
  file_ = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ >= 0) return;
  // File systems without O_TMPFILE: a name for a moment.
  std::string name = directory + "/spill-XXXXXX";
  file_ = mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) Fail("could not create temporary file ", "\"" + name + "\"", errno);
  unlink(name.c_str());
}

SpillFile::~SpillFile() {
  if (file_ >= 0) close(file_);
}

uint64_t SpillFile::Append(const void* data, size_t bytes) {
  const uint64_t begin = bytes_;
  IoCounters::CountTemporary(bytes, true);
  const char* from = static_cast<const char*>(data);
  while (bytes != 0) {
    const ssize_t written = pwrite(file_, from, bytes, static_cast<off_t>(bytes_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) Fail("could not write to temporary file", "", written < 0 ? errno : ENOSPC);
    from += written;
    bytes -= static_cast<size_t>(written);
    bytes_ += static_cast<uint64_t>(written);
  }
  return begin;
}

void SpillFile::Read(uint64_t offset, void* data, size_t bytes) const {
  IoCounters::CountTemporary(bytes, false);
  char* to = static_cast<char*>(data);
  while (bytes != 0) {
    const ssize_t got = pread(file_, to, bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) Fail("could not read from temporary file", "", got < 0 ? errno : EIO);
    to += got;
    bytes -= static_cast<size_t>(got);
    offset += static_cast<uint64_t>(got);
  }
}

}  // namespace gather::storage

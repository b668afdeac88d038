#include "index/sorted_run.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace gather::index {

namespace {
constexpr size_t kBlockBytes = size_t{256} << 10;
constexpr size_t kPageBytes = size_t{64} << 10;

uint64_t PrefixOf(std::string_view key) {
  uint64_t bytes = 0;
  std::memcpy(&bytes, key.data(), std::min(key.size(), sizeof(bytes)));
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(bytes);
}

template <class T>
void Append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}
template <class T>
T Read(const char*& at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  at += sizeof(value);
  return value;
}
}  // namespace

char* SortedRun::Allocate(size_t bytes) {
  if (bytes > block_left_) {
    const size_t size = std::max(bytes, kBlockBytes);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    block_bytes_ += size;
    block_left_ = size;
    if (bytes > kBlockBytes) {
      block_left_ = 0;
      return blocks_.back().get();
    }
  }
  char* place = blocks_.back().get() + (kBlockBytes - block_left_);
  block_left_ -= bytes;
  return place;
}

void SortedRun::Add(const BuildEntry& entry) {
  char* key = Allocate(entry.key.size());
  std::memcpy(key, entry.key.data(), entry.key.size());
  const char* first = refs_.empty() ? key : refs_.front().key;
  const size_t most = refs_.empty() ? entry.key.size() : std::min(common_, entry.key.size());
  for (common_ = 0; common_ < most && key[common_] == first[common_];) ++common_;
  refs_.push_back({0, key, entry.row, static_cast<uint32_t>(entry.key.size()), entry.listed});
  ++entries_;
}

uint64_t SortedRun::bytes() const { return block_bytes_ + refs_.capacity() * sizeof(Ref); }

void SortedRun::Sort() {
  for (Ref& ref : refs_) ref.prefix = PrefixOf(std::string_view(ref.key, ref.length).substr(common_));
  std::sort(refs_.begin(), refs_.end(), [](const Ref& a, const Ref& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return a.entry() < b.entry();
  });
}

std::unique_ptr<SortedRun> SortedRun::ToFile(storage::SpillFile& file) const {
  auto run = std::make_unique<SortedRun>();
  run->file_ = &file;
  run->entries_ = entries_;
  std::string page, first;
  const auto flush = [&] {
    if (page.empty()) return;
    run->pages_.push_back({std::move(first), file.Append(page.data(), page.size()), static_cast<uint32_t>(page.size())});
    page.clear();
  };
  for (const Ref& ref : refs_) {
    if (page.empty()) first.assign(ref.key, ref.length);
    Append(page, ref.row.value);
    Append(page, ref.length);
    Append(page, static_cast<uint8_t>(ref.listed));
    page.append(ref.key, ref.length);
    if (page.size() >= kPageBytes) flush();
  }
  flush();
  return run;
}

std::vector<std::string> SortedRun::Sample(size_t count) const {
  std::vector<std::string> keys;
  const size_t all = file_ != nullptr ? pages_.size() : refs_.size();
  count = std::min(count, all);
  for (size_t i = 0; i < count; ++i) {
    const size_t at = all * i / count;
    keys.emplace_back(file_ != nullptr ? std::string_view(pages_[at].first) : refs_[at].entry().key);
  }
  return keys;
}

SortedRun::Cursor::Cursor(const SortedRun& run, std::string_view from, std::string_view to) : run_(run), to_(to) {
  if (run.file_ == nullptr) {
    at_ = static_cast<size_t>(std::partition_point(run.refs_.begin(), run.refs_.end(), [from](const Ref& ref) { return ref.entry().key < from; }) - run.refs_.begin());
    Take();
    return;
  }
  // The page before the first that begins at or after `from` may hold its first entries.
  page_ = static_cast<size_t>(std::partition_point(run.pages_.begin(), run.pages_.end(), [from](const Page& page) { return page.first < from; }) - run.pages_.begin());
  if (page_ > 0) --page_;
  Take();
  while (valid_ && entry_.key < from) Next();
}

void SortedRun::Cursor::Take() {
  if (run_.file_ == nullptr) {
    valid_ = at_ < run_.refs_.size();
    if (valid_) entry_ = run_.refs_[at_].entry();
  } else {
    if (at_ == buffer_.size()) {
      valid_ = page_ < run_.pages_.size();
      if (!valid_) return;
      const Page& page = run_.pages_[page_++];
      buffer_.resize(page.bytes);
      run_.file_->Read(page.offset, buffer_.data(), page.bytes);
      at_ = 0;
    }
    const char* at = buffer_.data() + at_;
    entry_.row = RowId(Read<uint64_t>(at));
    const auto length = Read<uint32_t>(at);
    entry_.listed = Read<uint8_t>(at) != 0;
    entry_.key = std::string_view(at, length);
    at_ = static_cast<size_t>(at + length - buffer_.data());
  }
  if (valid_ && !to_.empty() && entry_.key >= to_) valid_ = false;
}

void SortedRun::Cursor::Next() {
  if (run_.file_ == nullptr) ++at_;
  Take();
}

}  // namespace gather::index

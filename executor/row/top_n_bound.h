// TopNBound: the first key of the last row that can still be among a Top-N's first, as far as participants know: scans below leave out vectors whose
// zones lie wholly behind it.
//
// Participants publish what they find; only what is less than before changes anything. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "storage/scan.h"
#include "types/compare.h"

namespace gather::executor {

class TopNBound {
 public:
  // `strict`: rows with an equal first key are behind as well.
  TopNBound(SortOrder order, bool strict) : order_(order), strict_(strict) {}
  // `key`: memcomparable, of all keys; `first`: the first key's value.
  void Publish(const std::string& key, const Datum& first) {
    if (first.is_null) return;                     // nothing lies behind but other nulls, or all values do
    std::lock_guard lock(mutex_);
    if (first_.has_value() && key >= key_) return;
    key_ = key;
    first_ = first;
    version_.fetch_add(1, std::memory_order_release);
  }
  // Changes with what is published; 0: nothing is.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // What a row's first key has to be, for a scan's `column`.
  storage::ZoneFilter Filter(uint32_t column) const {
    using Op = storage::ZoneFilter::Op;
    std::lock_guard lock(mutex_);
    const Op op = order_.descending ? (strict_ ? Op::kGreater : Op::kGreaterEqual) : (strict_ ? Op::kLess : Op::kLessEqual);
    return {column, op, *first_, order_.nulls_first};
  }

 private:
  const SortOrder order_;
  const bool strict_;
  std::atomic<uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::string key_;
  std::optional<Datum> first_;
};

}  // namespace gather::executor

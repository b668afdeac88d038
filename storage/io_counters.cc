#include "storage/io_counters.h"

#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

namespace gather::storage {

void IoCounters::TakeStoreCounts() {
  rocksdb::PerfContext& store = *rocksdb::get_perf_context();
  if (current_ != nullptr) {
    current_->hit_.fetch_add(store.block_cache_hit_count, std::memory_order_relaxed);
    current_->read_.fetch_add(store.block_read_count, std::memory_order_relaxed);
  }
  store.block_cache_hit_count = store.block_read_count = 0;
}

IoCounters::Scope::Scope(IoCounters* counters) : outer_(current_), outer_level_(rocksdb::GetPerfLevel()) {
  TakeStoreCounts();
  current_ = counters;
  rocksdb::SetPerfLevel(counters == nullptr ? rocksdb::PerfLevel::kDisable : rocksdb::PerfLevel::kEnableCount);
}

IoCounters::Scope::~Scope() {
  TakeStoreCounts();
  current_ = outer_;
  rocksdb::SetPerfLevel(static_cast<rocksdb::PerfLevel>(outer_level_));
}

}  // namespace gather::storage

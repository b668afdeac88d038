#include "executor/spill/spill_policy.h"

#include <algorithm>

namespace gather::executor {

namespace {
// Under pressure an operator takes at most this part of what is left, so that many sessions share it; but never less than what makes progress.
constexpr uint64_t kShareOfRest = 8;
constexpr uint64_t kLeast = 1 << 20;
}  // namespace

SpillPolicy::SpillPolicy(ExecutionState& state, Use use)
    : allowed_(static_cast<uint64_t>(std::max<int64_t>(state.context.work_mem, 0))), budget_(state.context.budget) {
  if (state.context.session == nullptr) return;
  const catalog::Settings& settings = state.context.session->settings();
  if (use == Use::kHash) allowed_ = static_cast<uint64_t>(static_cast<double>(allowed_) * settings.GetReal("hash_mem_multiplier"));
  directory_ = &settings.GetString("data_directory");
}

uint64_t SpillPolicy::limit() const {
  if (!can_spill()) return ~uint64_t{0};
  if (budget_ == nullptr) return allowed_;
  return std::min(allowed_, std::max(budget_->available() / kShareOfRest, kLeast));
}

}  // namespace gather::executor

// Delete record: the slots of one row group that one commit deleted.
//
//   0:1 | runs:4 | per run first:2, length - 1:2            few runs
//   1:1 | 8,192 bytes, bit s set: slot s is deleted          many
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gather::storage {

using SlotRun = std::pair<uint32_t, uint32_t>;           // first, end

std::string EncodeSlotRuns(const std::vector<SlotRun>& runs);
void DecodeSlotRuns(std::string_view record, const std::function<void(uint32_t first, uint32_t count)>& visit);

}  // namespace gather::storage

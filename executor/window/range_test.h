// Which rows lie within an offset of another: the test behind RANGE frames with an offset, PostgreSQL's in_range functions.
//
// One object per frame border and participant.
#pragma once

#include <cstdint>
#include <memory>

#include "types/vector.h"

namespace gather::executor {

class RangeTest {
 public:
  virtual ~RangeTest() = default;
  // key <= base ± offset if the border looks for the last such row, else >=. Neither is null.
  virtual bool Within(const Vector& keys, uint32_t row, const Vector& bases, uint32_t base) const = 0;
};

// How a border is computed: whether the offset is subtracted, and whether rows must be less than or equal to the sum.
struct RangeBorder { bool subtract, less; };

// For integer, float and time keys; the bases are keys. The offset is not null. 22013 when it is negative. Null for other types of key.
std::unique_ptr<RangeTest> MakeDirectRangeTest(SqlType key, const Vector& offset, RangeBorder border);
// For all others: the bases are key ± offset.
std::unique_ptr<RangeTest> MakeSumRangeTest(const Vector& offset, RangeBorder border);

}  // namespace gather::executor

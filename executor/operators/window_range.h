// Which rows lie within an offset of another: the test behind RANGE frames with an offset, PostgreSQL's in_range functions.
//
// One object per frame border; used by the thread that runs the WindowAgg.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "types/vector.h"

namespace gather::executor {

class RangeTest {
 public:
  // A row of the input: its chunk, and its place in there.
  struct Row { uint32_t chunk, row; };
  virtual ~RangeTest() = default;
  // key(row) <= key(base) ± offset if the border looks for the last such row, else >=. Neither key is null.
  virtual bool Within(Row row, Row base) const = 0;
};

// How a border is computed: whether the offset is subtracted, and whether rows must be less than or equal to the sum.
struct RangeBorder { bool subtract, less; };

// For integer, float and time keys. The offset is not null. 22013 when it is negative. Null for other types of key.
std::unique_ptr<RangeTest> MakeDirectRangeTest(const std::vector<Vector>& keys, const Vector& offset, RangeBorder border);
// For all others: `sums` are key ± offset, row by row.
std::unique_ptr<RangeTest> MakeSumRangeTest(const std::vector<Vector>& keys, const std::vector<Vector>& sums, const Vector& offset, RangeBorder border);

}  // namespace gather::executor

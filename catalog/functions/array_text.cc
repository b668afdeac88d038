#include <algorithm>

#include "catalog/functions/array_kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/array.h"
#include "types/error.h"

namespace gather::catalog {

// array_to_string(array, delimiter [, null text]): all elements in storage order; nulls left out unless they have a text.
GATHER_KERNEL(ArrayToText) {
  const VectorView arrays = arguments[0].View(), delimiters = arguments[1].View();
  std::string text;
  for (uint32_t i = 0; i < rows; ++i) {
    if (!arrays.valid(i) || !delimiters.valid(i)) {
      result.SetNull(i);
      continue;
    }
    const bool shows_nulls = arguments.size() > 2 && !arguments[2].IsNull(i);
    const Vector elements = ArrayElements(StringAt(arrays, i));
    const uint32_t size = ArrayReader(StringAt(arrays, i)).size();
    const TypeInfo& type = GetType(elements.type().oid);
    text.clear();
    bool first = true;
    for (uint32_t e = 0; e < size; ++e) {
      const bool null = elements.IsNull(e);
      if (null && !shows_nulls) continue;
      if (!first) text += StringAt(delimiters, i);
      first = false;
      if (null) text += StringAt(arguments[2].View(), i); else type.text_out(elements, e, *context.io, text);
    }
    result.data<StringRef>()[i] = result.AddString(text);
  }
}

namespace {
void CountArguments(std::span<const Vector> arguments, uint32_t rows, bool nulls, Vector& result) {
  for (uint32_t i = 0; i < rows; ++i) {
    result.data<int32_t>()[i] = static_cast<int32_t>(std::count_if(arguments.begin(), arguments.end(), [&](const Vector& argument) { return argument.IsNull(i) == nulls; }));
  }
}

class UnnestSource final : public SetSource {
 public:
  UnnestSource(Vector elements, uint32_t size) : elements_(std::move(elements)), size_(size) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    const uint32_t rows = std::min(size_ - next_, std::min(out[0].capacity(), kVectorSize));
    if (rows == 0) return 0;
    if (out[0].type().oid == type_oid::kNumeric) out[0].Reset(PhysicalType::kString);
    out[0].Append(elements_, next_, rows, 0);
    next_ += rows;
    return rows;
  }

 private:
  const Vector elements_;
  const uint32_t size_;
  uint32_t next_ = 0;
};
}  // namespace

GATHER_KERNEL(CountNulls) { CountArguments(arguments, rows, true, result); }
GATHER_KERNEL(CountNonNulls) { CountArguments(arguments, rows, false, result); }

std::unique_ptr<SetSource> UnnestArray(FunctionContext&, std::span<const Vector> arguments) {
  if (arguments[0].IsNull(0)) return std::make_unique<UnnestSource>(Vector::ConstantNull(type_oid::kInt4), 0);
  const std::string_view payload = StringAt(arguments[0].View(), 0);
  return std::make_unique<UnnestSource>(ArrayElements(payload), ArrayReader(payload).size());
}

}  // namespace gather::catalog

#include "storage/append_rows.h"

#include "types/datum.h"

namespace gather::storage {

void AppendRows(const Vector& from, uint32_t count, Vector& to, uint32_t at) {
  if (at == 0) {
    to.Reset(from.physical());
    to.set_shape(from.shape());
  } else if (from.type().oid == type_oid::kNumeric && to.physical() != PhysicalType::kString &&
             (from.physical() != to.physical() || from.shape().scale != to.shape().scale)) {
    Vector packed(to.type(), to.capacity());
    for (uint32_t i = 0; i < at; ++i) packed.Set(i, to.Get(i));
    to = std::move(packed);
  }
  to.Append(from, 0, count, at);
}

}  // namespace gather::storage

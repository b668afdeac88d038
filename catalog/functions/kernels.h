// Loops over vectors for scalar kernels of fixed-width types: unary and binary, any mix of flat, constant and dictionary inputs.
//
// Strict functions only: null rows are computed too (their bytes are whatever lies there), and ignored. An operation that can fail is a
// struct with `static bool Apply(x, y, R* out)` returning true on failure, and `[[noreturn]] static void Throw(x, y)`: the loop only gathers
// whether anything failed, so that it stays free of branches; the row to blame is searched afterwards among the non-null ones.
// Template these in one .cc only; a header that includes this makes everyone compile the loops.
#pragma once

#include <cstdint>
#include <span>

#include "catalog/function.h"
#include "types/vector.h"

namespace gather::catalog {

template <class A, class R, class Op>
inline void UnaryLoop(const Vector& a, uint32_t rows, R* __restrict out, Op op) {
  const VectorView x = a.View();
  const A* p = static_cast<const A*>(x.data);
  if (x.indices == nullptr && x.mask != 0) {
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(p[i]);
  } else {
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(p[x.index(i)]);
  }
}

template <class A, class B, class R, class Op>
inline void BinaryLoop(const Vector& a, const Vector& b, uint32_t rows, R* __restrict out, Op op) {
  const VectorView x = a.View(), y = b.View();
  const A* p = static_cast<const A*>(x.data);
  const B* q = static_cast<const B*>(y.data);
  if (x.indices == nullptr && y.indices == nullptr) {
    if (x.mask != 0 && y.mask != 0) {
      for (uint32_t i = 0; i < rows; ++i) out[i] = op(p[i], q[i]);
    } else if (x.mask != 0) {
      const B constant = q[0];
      for (uint32_t i = 0; i < rows; ++i) out[i] = op(p[i], constant);
    } else {
      const A constant = p[0];
      for (uint32_t i = 0; i < rows; ++i) out[i] = op(constant, q[i & y.mask]);
    }
  } else {
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(p[x.index(i)], q[y.index(i)]);
  }
}

// ---- kernels out of operations that cannot fail: Op is a functor type

template <class A, class R, class Op>
void UnaryKernel(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  UnaryLoop<A>(arguments[0], rows, result.data<R>(), [](A x) { return static_cast<R>(Op()(x)); });
}

template <class A, class B, class R, class Op>
void BinaryKernel(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  BinaryLoop<A, B>(arguments[0], arguments[1], rows, result.data<R>(), [](A x, B y) { return static_cast<R>(Op()(x, y)); });
}

// ---- kernels out of operations that can fail

template <class A, class R, class Op>
void CheckedUnaryKernel(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  uint32_t failed = 0;
  UnaryLoop<A>(arguments[0], rows, result.data<R>(), [&failed](A x) {
    R value;
    failed |= static_cast<uint32_t>(Op::Apply(x, &value));
    return value;
  });
  if (failed == 0) [[likely]] return;
  const VectorView x = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) {
    R value;
    if (BitIsSet(result.validity(), i) && Op::Apply(x.get<A>(i), &value)) Op::Throw(x.get<A>(i));
  }
}

template <class A, class B, class R, class Op>
void CheckedBinaryKernel(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  uint32_t failed = 0;
  BinaryLoop<A, B>(arguments[0], arguments[1], rows, result.data<R>(), [&failed](A x, B y) {
    R value;
    failed |= static_cast<uint32_t>(Op::Apply(x, y, &value));
    return value;
  });
  if (failed == 0) [[likely]] return;
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  for (uint32_t i = 0; i < rows; ++i) {
    R value;
    if (BitIsSet(result.validity(), i) && Op::Apply(x.get<A>(i), y.get<B>(i), &value)) Op::Throw(x.get<A>(i), y.get<B>(i));
  }
}

// ---- loops that visit only rows where the (strict) result is not null: strings, and anything slow

template <class Visit>
inline void ForEachValid(const Vector& result, uint32_t rows, Visit visit) {
  const uint64_t* validity = result.validity();
  for (uint32_t i = 0; i < rows; ++i) {
    if (BitIsSet(validity, i)) visit(i);
  }
}

}  // namespace gather::catalog

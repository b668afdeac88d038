// GATHER_KERNEL(Name): the signature of a scalar kernel (catalog/function.h), for declarations and definitions alike.
#pragma once

#include "catalog/function.h"

#define GATHER_KERNEL(name)                                                                                   \
  void name([[maybe_unused]] ::gather::catalog::FunctionContext& context,                                     \
            [[maybe_unused]] std::span<const ::gather::Vector> arguments, [[maybe_unused]] uint32_t rows,      \
            [[maybe_unused]] ::gather::Vector& result)

// The tables agree with each other: operators and casts name functions that exist and return what they say.
#include <gtest/gtest.h>

#include "catalog/function.h"
#include "tests/unit/catalog/call.h"
#include "types/error.h"

namespace gather::catalog {
namespace {

TEST(FunctionRegistry, EveryOperatorHasItsFunction) {
  for (const OperatorInfo& op : Registry().operators()) {
    const FunctionInfo* function = Registry().FunctionOf(op);
    ASSERT_NE(function, nullptr) << op.name << " " << op.left << " " << op.right << ": " << op.function;
    EXPECT_EQ(function->result, op.result) << op.name << " " << op.function;
    if (!op.commutator.empty()) {
      EXPECT_NE(Registry().FindOperator(op.commutator, op.right, op.left), nullptr) << "commutator of " << op.name << " " << op.left << " " << op.right;
    }
    if (!op.negator.empty()) {
      EXPECT_NE(Registry().FindOperator(op.negator, op.left, op.right), nullptr) << "negator of " << op.name << " " << op.left << " " << op.right;
    }
  }
}

TEST(FunctionRegistry, EveryCastHasItsFunction) {
  for (const CastInfo& cast : Registry().casts()) {
    if (cast.method != CastMethod::kFunction) continue;
    bool found = false;
    for (const FunctionInfo* function : Registry().Functions(cast.function)) {
      found |= !function->arguments.empty() && GetType(function->arguments[0]).physical == GetType(cast.source).physical &&
               (function->result == cast.target || GetType(function->result).physical == GetType(cast.target).physical);
    }
    EXPECT_TRUE(found) << FormatType(cast.source) << " -> " << FormatType(cast.target) << " by " << cast.function;
  }
}

TEST(FunctionRegistry, EveryFunctionCanBeCalled) {
  for (const FunctionInfo& function : Registry().functions()) {
    const bool callable = function.kernel != nullptr || function.set_kernel != nullptr || function.aggregate != nullptr || function.kind == FunctionKind::kWindow;
    EXPECT_TRUE(callable) << function.name;
    EXPECT_FALSE(function.doc.empty()) << function.name;
  }
}

}  // namespace
}  // namespace gather::catalog

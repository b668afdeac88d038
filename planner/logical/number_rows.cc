#include "planner/logical/number_rows.h"

#include "planner/expressions.h"

namespace gather::planner {

ExprRef NumberRows(Window& window, Planning& planning) {
  auto call = std::make_shared<sql::WindowCall>();
  call->function = planning.context.functions->FindFunction("row_number", {});
  WindowItem item;
  item.out = {planning.NewRelation(), 0};
  item.call = std::move(call);
  item.type = type_oid::kInt8;
  item.name = "row_number";
  window.calls.push_back(item);
  return MakeColumn({item.out, item.type, kInvalidOid, item.name});
}

}  // namespace gather::planner

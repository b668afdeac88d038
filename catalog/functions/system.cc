#include "catalog/function_tables.h"
#include "catalog/functions/system_kernel.h"

namespace gather::catalog {

GATHER_SYSTEM_KERNEL(AlwaysNull) {
  result.SetConstantNull();
  (void)rows;
}

FunctionTable SystemFunctions() {
  FunctionTable table;
  AddSessionFunctions(table);
  AddSettingFunctions(table);
  AddDefinitionFunctions(table);
  AddDescriptionFunctions(table);
  AddVisibilityFunctions(table);
  AddPrivilegeFunctions(table);
  AddSequenceFunctions(table);
  AddSizeFunctions(table);
  AddLockFunctions(table);
  AddIdentifierFunctions(table);
  AddTypeFunctions(table);
  AddCatalogSetFunctions(table);
  return table;
}

}  // namespace gather::catalog

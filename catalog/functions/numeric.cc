#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable NumericFunctions() { return {}; }

}  // namespace gather::catalog

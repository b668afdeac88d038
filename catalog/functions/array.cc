#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable ArrayFunctions() { return {}; }

}  // namespace gather::catalog

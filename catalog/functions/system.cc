#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable SystemFunctions() { return {}; }

}  // namespace gather::catalog

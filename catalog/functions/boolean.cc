#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable BooleanFunctions() { return {}; }

}  // namespace gather::catalog

#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable StringFunctions() { return {}; }

}  // namespace gather::catalog

#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable FloatFunctions() { return {}; }

}  // namespace gather::catalog

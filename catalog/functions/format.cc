#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable FormatFunctions() { return {}; }

}  // namespace gather::catalog

#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable PatternFunctions() { return {}; }

}  // namespace gather::catalog

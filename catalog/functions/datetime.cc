#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable DateTimeFunctions() { return {}; }

}  // namespace gather::catalog

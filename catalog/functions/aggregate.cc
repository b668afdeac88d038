#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable AggregateFunctions() { return {}; }

}  // namespace gather::catalog

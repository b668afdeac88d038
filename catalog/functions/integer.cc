#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable IntegerFunctions() { return {}; }

}  // namespace gather::catalog

#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable ByteaFunctions() { return {}; }

}  // namespace gather::catalog

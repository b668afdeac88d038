#include "catalog/function_tables.h"

namespace gather::catalog {

FunctionTable SeriesFunctions() { return {}; }

}  // namespace gather::catalog

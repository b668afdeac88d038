#include "catalog/system_view.h"

namespace gather::catalog {

std::span<const SystemViewInfo> AllSystemViews() { return {}; }

}  // namespace gather::catalog

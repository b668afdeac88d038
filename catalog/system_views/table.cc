#include "catalog/system_views/rows.h"

namespace gather::catalog {

std::span<const SystemViewInfo> AllSystemViews() {
  static const std::vector<SystemViewInfo> all = [] {
    std::vector<SystemViewInfo> views(CatalogViews().begin(), CatalogViews().end());
    views.insert(views.end(), InformationSchemaViews().begin(), InformationSchemaViews().end());
    return views;
  }();
  return all;
}

}  // namespace gather::catalog

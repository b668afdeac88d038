// What the kernels of system functions share. They are called for few rows and ask the session, so they go row by row.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "catalog/function.h"
#include "catalog/functions/row_loops.h"
#include "catalog/functions/rows.h"
#include "catalog/name_resolver.h"
#include "catalog/session_services.h"
#include "types/error.h"
#include "types/type.h"

namespace gather::catalog {

#define GATHER_SYSTEM_KERNEL(Name) \
  void Name([[maybe_unused]] FunctionContext& context, [[maybe_unused]] std::span<const Vector> arguments, uint32_t rows, Vector& result)

inline SessionServices& SessionOf(const FunctionContext& context) {
  if (context.session == nullptr) ThrowInternal("function " + std::string(context.function->name) + " was called without a session");
  return *context.session;
}

template <class T>
T At(const Vector& vector, RowIndex row) { return vector.View().get<T>(row); }
inline std::string TextAt(const Vector& vector, RowIndex row) { return std::string(vector.View().get<StringRef>(row).view()); }
inline bool BoolAt(const Vector& vector, RowIndex row) { return vector.View().get<uint8_t>(row) != 0; }

inline void SetText(Vector& result, RowIndex row, std::string_view text) { result.data<StringRef>()[row] = result.AddString(text); }
inline void SetNullText(Vector& result, RowIndex row) {
  result.SetNull(row);
  result.data<StringRef>()[row] = StringRef();
}

// Functions that answer null for every argument because the objects they tell of do not exist here.
GATHER_SYSTEM_KERNEL(AlwaysNull);

inline CatalogNames NamesOf(SessionServices& session) { return CatalogNames(session.catalog_view(), session.catalog().functions(), session.SearchPath()); }

// Parts of SystemFunctions(), one per file.
void AddSessionFunctions(FunctionTable& table);
void AddSettingFunctions(FunctionTable& table);
void AddDefinitionFunctions(FunctionTable& table);
void AddDescriptionFunctions(FunctionTable& table);
void AddVisibilityFunctions(FunctionTable& table);
void AddPrivilegeFunctions(FunctionTable& table);
void AddSequenceFunctions(FunctionTable& table);
void AddSizeFunctions(FunctionTable& table);
void AddLockFunctions(FunctionTable& table);
void AddIdentifierFunctions(FunctionTable& table);
void AddTypeFunctions(FunctionTable& table);
void AddCatalogSetFunctions(FunctionTable& table);

}  // namespace gather::catalog

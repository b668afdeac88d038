// Values of a row as error details show them: "(1, null)".
#pragma once

#include <string>

#include "types/chunk.h"
#include "types/io_settings.h"

namespace gather::executor {

std::string ValueText(const Vector& vector, RowIndex row, const IoSettings& io);     // "null" for null
// The first `columns` columns; values longer than 64 bytes are cut as PostgreSQL cuts them.
std::string RowText(const Chunk& rows, uint32_t columns, RowIndex row, const IoSettings& io);

}  // namespace gather::executor

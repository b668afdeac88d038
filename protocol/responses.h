// Writers of the backend messages that are not rows: errors and notices, start-up answers, row and parameter descriptions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/message_writer.h"
#include "sql/query.h"
#include "types/error.h"

namespace gather::protocol {

struct Notice {
  std::string severity;
  SqlState state;
  std::string message, detail, hint;
};

// `statement`: the text the client sent, to turn the error's byte offset into a character position.
void WriteError(MessageWriter& out, const SqlError& error, std::string_view statement);
void WriteNotice(MessageWriter& out, const Notice& notice);
void WriteParameterStatus(MessageWriter& out, std::string_view name, std::string_view value);
void WriteBackendKeyData(MessageWriter& out, int32_t pid, int32_t secret);
void WriteReadyForQuery(MessageWriter& out, char transaction_status);
void WriteCommandComplete(MessageWriter& out, std::string_view tag);
// formats: empty (all text), one (for all) or one a column.
void WriteRowDescription(MessageWriter& out, std::span<const sql::OutputColumn> columns, std::span<const int16_t> formats);
void WriteParameterDescription(MessageWriter& out, std::span<const Oid> types);
void WriteCopyResponse(MessageWriter& out, char type, bool binary, int columns);  // 'G' in, 'H' out

inline int16_t FormatOf(std::span<const int16_t> formats, size_t column) {
  return formats.empty() ? 0 : formats.size() == 1 ? formats[0] : formats[column];
}

}  // namespace gather::protocol

#include "protocol/responses.h"

namespace gather::protocol {

namespace {
void Field(MessageWriter& out, char code, std::string_view value) {
  if (value.empty()) return;
  out.Byte(code);
  out.String(value);
}

// 1-based character position of a byte offset in UTF-8 text.
size_t CharacterPosition(std::string_view text, size_t offset) {
  size_t position = 1;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++position;
  }
  return position;
}
}  // namespace

void WriteError(MessageWriter& out, const SqlError& error, std::string_view statement) {
  out.Begin('E');
  Field(out, 'S', error.severity());
  Field(out, 'V', error.severity());
  Field(out, 'C', error.state().view());
  Field(out, 'M', error.message());
  Field(out, 'D', error.detail());
  Field(out, 'H', error.hint());
  if (error.offset() >= 0) Field(out, 'P', std::to_string(CharacterPosition(statement, static_cast<size_t>(error.offset()))));
  Field(out, 'W', error.context());
  Field(out, 's', error.schema());
  Field(out, 't', error.table());
  Field(out, 'c', error.column());
  Field(out, 'n', error.constraint());
  out.Byte('\0');
  out.End();
}

void WriteNotice(MessageWriter& out, const Notice& notice) {
  out.Begin('N');
  Field(out, 'S', notice.severity);
  Field(out, 'V', notice.severity);
  Field(out, 'C', notice.state.view());
  Field(out, 'M', notice.message);
  Field(out, 'D', notice.detail);
  Field(out, 'H', notice.hint);
  out.Byte('\0');
  out.End();
}

void WriteParameterStatus(MessageWriter& out, std::string_view name, std::string_view value) {
  out.Begin('S');
  out.String(name);
  out.String(value);
  out.End();
}

void WriteBackendKeyData(MessageWriter& out, int32_t pid, int32_t secret) {
  out.Begin('K');
  out.Int32(pid);
  out.Int32(secret);
  out.End();
}

void WriteReadyForQuery(MessageWriter& out, char transaction_status) {
  out.Begin('Z');
  out.Byte(transaction_status);
  out.End();
}

void WriteCommandComplete(MessageWriter& out, std::string_view tag) {
  out.Begin('C');
  out.String(tag);
  out.End();
}

void WriteRowDescription(MessageWriter& out, std::span<const sql::OutputColumn> columns, std::span<const int16_t> formats) {
  out.Begin('T');
  out.Int16(static_cast<int16_t>(columns.size()));
  for (size_t i = 0; i < columns.size(); ++i) {
    const sql::OutputColumn& column = columns[i];
    // The client never sees type "unknown": PostgreSQL resolves it to text at the top of a query.
    const Oid type = column.type.oid == type_oid::kUnknown ? type_oid::kText : column.type.oid;
    const TypeInfo* info = FindType(type);
    out.String(column.name);
    out.Int32(static_cast<int32_t>(column.table));
    out.Int16(column.attribute);
    out.Int32(static_cast<int32_t>(type));
    out.Int16(info == nullptr ? int16_t{-1} : info->length);
    out.Int32(column.type.typmod);
    out.Int16(FormatOf(formats, i));
  }
  out.End();
}

void WriteParameterDescription(MessageWriter& out, std::span<const Oid> types) {
  out.Begin('t');
  out.Int16(static_cast<int16_t>(types.size()));
  for (const Oid type : types) out.Int32(static_cast<int32_t>(type));
  out.End();
}

void WriteCopyResponse(MessageWriter& out, char type, bool binary, int columns) {
  out.Begin(type);
  out.Byte(binary ? 1 : 0);
  out.Int16(static_cast<int16_t>(columns));
  for (int i = 0; i < columns; ++i) out.Int16(binary ? 1 : 0);
  out.End();
}

}  // namespace gather::protocol

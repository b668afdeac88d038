// Text and binary I/O kernels of the types that hold strings: text, varchar, bpchar, name, json, unknown, cstring, bytea, uuid, void.
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/type.h"

namespace gather {

void TextIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TextOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);      // every string type but bytea
void TextReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TextSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void VarcharIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void VarcharReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void BpcharIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void BpcharReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void NameIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void NameReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void JsonIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void JsonReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);

void ByteaIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void ByteaOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void ByteaReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);

void UuidIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void UuidOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void UuidReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void UuidSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void VoidOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void VoidSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// ---- bare forms
std::string ParseBytea(std::string_view text);
void AppendBytea(std::string_view bytes, bool hex, std::string& out);

}  // namespace gather

// Text and binary I/O kernels of bool, "char", the integers, oid and its kin, floats, numeric and tid: the signatures of types/type.h.
//
// Texts accepted and produced, range checks and messages are PostgreSQL's; binary forms are its wire forms (network byte order).
// The Append… functions are the output kernels' bare forms, for callers that hold the value itself. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/type.h"

namespace gather {

void BoolIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void BoolOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void BoolReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void BoolSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void CharIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void CharOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void CharReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void CharSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void Int2In(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int2Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void Int2Receive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int2Send(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void Int4In(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int4Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void Int4Receive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int4Send(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void Int8In(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int8Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void Int8Receive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Int8Send(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// oid, xid, cid.
void OidIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void OidOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void OidReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void OidSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// regclass, regtype, regproc …: names through IoSettings::names. Their binary form is OidReceive / OidSend.
void RegIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void RegOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void Float4In(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Float4Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void Float4Receive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Float4Send(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void Float8In(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Float8Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void Float8Receive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void Float8Send(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// `out` may be in any representation: in kInt64/kInt128 (reset so, with set_shape, by a caller that knows the column's typmod) values are
// written scaled, and the whole vector turns packed at the first value that has no scaled form (NaN).
void NumericIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void NumericOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void NumericReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void NumericSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void TidIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TidOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void TidReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TidSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// ---- bare forms
bool ParseBool(std::string_view text, bool* value);                       // as boolin: unique prefixes of true, yes, on …; false: not one
int64_t ParseInteger(std::string_view text, int bytes);                   // 2, 4 or 8; 22P02, 22003
Oid ParseOid(std::string_view text, const char* type_name);
float ParseFloat4(std::string_view text);
double ParseFloat8(std::string_view text);
void AppendInteger(int64_t value, std::string& out);
void AppendFloat4(float value, int extra_float_digits, std::string& out);
void AppendFloat8(double value, int extra_float_digits, std::string& out);

}  // namespace gather

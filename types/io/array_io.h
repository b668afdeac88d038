// Text and binary I/O kernels of arrays, int2vector, oidvector and record.
//
// Text follows PostgreSQL's array syntax: "[l:u]…={…}" with nested braces, quoted elements, NULL. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/type.h"

namespace gather {

void ArrayIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void ArrayOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void ArrayReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void ArraySend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// int2vector and oidvector: "1 2 3"; zero based. Their binary form is the array's.
void NumberVectorIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void NumberVectorOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void RecordOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void RecordSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

// "{1,2}" of one payload (types/array.h).
void AppendArrayText(std::string_view payload, const IoSettings& settings, std::string& out);

}  // namespace gather

// Text and binary I/O kernels of date, time, timetz, timestamp, timestamptz and interval: the signatures of types/type.h.
//
// Input follows PostgreSQL's grammar (every order and style, special words, zones by name, abbreviation and offset) whatever the
// DateStyle says but for the order of ambiguous numbers; output follows DateStyle and IntervalStyle. Binary forms are PostgreSQL's.
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/type.h"

namespace gather {

void DateIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void DateOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void DateReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void DateSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void TimeIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimeOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void TimeReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimeSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void TimetzIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimetzOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void TimetzReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimetzSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void TimestampIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimestampOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void TimestampReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimestampSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void TimestamptzIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimestamptzOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void TimestamptzReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void TimestamptzSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

void IntervalIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void IntervalOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
void IntervalReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
void IntervalSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

}  // namespace gather

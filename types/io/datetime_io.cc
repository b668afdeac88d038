#include "types/io/datetime_io.h"

#include <cstring>

#include "types/datetime_fields.h"
#include "types/datetime_format.h"
#include "types/datetime_parse.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/vector.h"

namespace gather {
namespace {

template <class T>
T BigEndian(T value) {
  if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

template <class T>
void Send(T value, std::string& out) {
  value = BigEndian(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void CheckSize(std::string_view bytes, size_t expected) {
  if (bytes.size() < expected) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  if (bytes.size() > expected) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
}

template <class T>
T Receive(std::string_view bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return BigEndian(value);
}

template <class T>
const T& At(const Vector& in, uint32_t row) { return in.View().get<T>(row); }

int64_t ReceiveTime(std::string_view bytes) {
  const int64_t time = Receive<int64_t>(bytes, 0);
  if (time < 0 || time > kMicrosPerDay) throw SqlError(sqlstate::kDatetimeFieldOverflow, "time out of range");
  return time;
}

int64_t ReceiveTimestamp(std::string_view bytes, int32_t typmod) {
  CheckSize(bytes, 8);
  const int64_t timestamp = Receive<int64_t>(bytes, 0);
  if (IsFiniteTimestamp(timestamp) && !IsValidTimestamp(timestamp)) ThrowTimestampOutOfRange();
  return RoundTimestamp(timestamp, typmod);
}

}  // namespace

void DateIn(std::string_view text, SqlType, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<int32_t>()[row] = ParseDate(text, settings);
}
void DateOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) { AppendDate(At<int32_t>(in, row), settings, out); }
void DateReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  CheckSize(bytes, 4);
  const int32_t date = Receive<int32_t>(bytes, 0);
  if (IsFiniteDate(date) && !IsValidDate(date)) ThrowDateOutOfRange();
  out.data<int32_t>()[row] = date;
}
void DateSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { Send(At<int32_t>(in, row), out); }

void TimeIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<int64_t>()[row] = ParseTime(text, type.typmod, settings);
}
void TimeOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendTime(At<int64_t>(in, row), out); }
void TimeReceive(std::string_view bytes, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  CheckSize(bytes, 8);
  out.data<int64_t>()[row] = RoundTime(ReceiveTime(bytes), type.typmod);
}
void TimeSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { Send(At<int64_t>(in, row), out); }

void TimetzIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<TimeTz>()[row] = ParseTimetz(text, type.typmod, settings);
}
void TimetzOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendTimetz(At<TimeTz>(in, row), out); }
void TimetzReceive(std::string_view bytes, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  CheckSize(bytes, 12);
  TimeTz value;
  value.micros = RoundTime(ReceiveTime(bytes), type.typmod);
  value.zone = Receive<int32_t>(bytes, 8);
  if (value.zone <= -16 * 3600 || value.zone >= 16 * 3600) {
    throw SqlError(sqlstate::kInvalidTimeZoneDisplacement, "time zone displacement out of range");
  }
  out.data<TimeTz>()[row] = value;
}
void TimetzSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const TimeTz& value = At<TimeTz>(in, row);
  Send(value.micros, out);
  Send(value.zone, out);
}

void TimestampIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<int64_t>()[row] = ParseTimestamp(text, type.typmod, settings);
}
void TimestampOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendTimestamp(At<int64_t>(in, row), settings, out);
}
void TimestampReceive(std::string_view bytes, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  out.data<int64_t>()[row] = ReceiveTimestamp(bytes, type.typmod);
}
void TimestampSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { Send(At<int64_t>(in, row), out); }

void TimestamptzIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<int64_t>()[row] = ParseTimestamptz(text, type.typmod, settings);
}
void TimestamptzOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendTimestamptz(At<int64_t>(in, row), settings, out);
}
void TimestamptzReceive(std::string_view bytes, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  out.data<int64_t>()[row] = ReceiveTimestamp(bytes, type.typmod);
}
void TimestamptzSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { Send(At<int64_t>(in, row), out); }

void IntervalIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<Interval>()[row] = ParseInterval(text, type.typmod, settings);
}
void IntervalOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendInterval(At<Interval>(in, row), settings, out);
}
void IntervalReceive(std::string_view bytes, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  CheckSize(bytes, 16);
  const Interval value{Receive<int64_t>(bytes, 0), Receive<int32_t>(bytes, 8), Receive<int32_t>(bytes, 12)};
  out.data<Interval>()[row] = RoundInterval(value, type.typmod);
}
void IntervalSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const Interval& value = At<Interval>(in, row);
  Send(value.micros, out);
  Send(value.days, out);
  Send(value.months, out);
}

}  // namespace gather

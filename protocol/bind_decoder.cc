#include "protocol/bind_decoder.h"

#include "protocol/message_reader.h"
#include "protocol/responses.h"
#include "types/error.h"
#include "types/utf8.h"
#include "types/vector.h"

namespace gather::protocol {

namespace {
std::vector<int16_t> ReadFormats(MessageReader& reader) {
  const int16_t count = reader.Int16();
  if (count < 0) throw SqlError(sqlstate::kProtocolViolation, "invalid message format");
  std::vector<int16_t> formats;
  for (int16_t i = 0; i < count; ++i) {
    const int16_t format = reader.Int16();
    if (format != 0 && format != 1) throw SqlError(sqlstate::kInvalidParameterValue, Format("unsupported format code: %d", format));
    formats.push_back(format);
  }
  return formats;
}
}  // namespace

BindMessage ParseBind(std::string_view payload) {
  MessageReader reader(payload);
  BindMessage message;
  message.portal = reader.String();
  message.statement = reader.String();
  message.parameter_formats = ReadFormats(reader);
  const auto count = static_cast<uint16_t>(reader.Int16());
  if (message.parameter_formats.size() > 1 && message.parameter_formats.size() != count) {
    throw SqlError(sqlstate::kProtocolViolation, Format("bind message has %zu parameter formats but %d parameters", message.parameter_formats.size(), count));
  }
  for (uint16_t i = 0; i < count; ++i) {
    const int32_t length = reader.Int32();
    if (length == -1) {
      message.values.emplace_back();
    } else if (length < 0) {
      throw SqlError(sqlstate::kProtocolViolation, "invalid message format");
    } else {
      message.values.emplace_back(reader.Bytes(static_cast<size_t>(length)));
    }
  }
  message.result_formats = ReadFormats(reader);
  reader.End();
  return message;
}

std::vector<Datum> DecodeParameters(const BindMessage& message, std::span<const Oid> types, const IoSettings& settings) {
  if (message.values.size() != types.size()) {
    throw SqlError(sqlstate::kProtocolViolation, Format("bind message supplies %zu parameters, but prepared statement \"%s\" requires %zu",
                                                        message.values.size(), message.statement.c_str(), types.size()));
  }
  std::vector<Datum> parameters;
  parameters.reserve(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (!message.values[i].has_value()) {
      parameters.push_back(Datum::Null(types[i]));
      continue;
    }
    const TypeInfo& type = GetType(types[i]);
    const bool binary = FormatOf(message.parameter_formats, i) == 1;
    if (!binary) CheckUtf8(*message.values[i]);
    const auto kernel = binary ? type.binary_in : type.text_in;
    if (kernel == nullptr) {
      throw SqlError(sqlstate::kUndefinedFunction, Format("no %s input function available for type %s", binary ? "binary" : "text", type.sql_name));
    }
    Vector value(types[i], 1);
    kernel(*message.values[i], types[i], settings, value, 0);
    parameters.push_back(value.Get(0));
  }
  return parameters;
}

}  // namespace gather::protocol

// BindDecoder: the Bind message, and its parameter values as Datums of the statement's parameter types.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/datum.h"
#include "types/io_settings.h"

namespace gather::protocol {

struct BindMessage {
  std::string portal, statement;
  std::vector<int16_t> parameter_formats;
  std::vector<std::optional<std::string_view>> values;   // views into the payload
  std::vector<int16_t> result_formats;
};

BindMessage ParseBind(std::string_view payload);          // 08P01
std::vector<Datum> DecodeParameters(const BindMessage& message, std::span<const Oid> types, const IoSettings& settings);

}  // namespace gather::protocol

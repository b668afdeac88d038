// The server log: one line an event on standard error, as PostgreSQL prints it with log_line_prefix '%m [%p] '. Thread-safe.
#pragma once

#include <string_view>

namespace gather::server {

void Log(std::string_view severity, std::string_view line);

}  // namespace gather::server

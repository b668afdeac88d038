// Transport: the byte stream below a connection (TCP, TLS later). The server implements it; tests use memory.
//
// Blocking, on the connection's current thread. Throws SqlError 08006 when the client is gone.
#pragma once

#include <string_view>

#include "protocol/frame_reader.h"

namespace gather::protocol {

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void Write(std::string_view bytes) = 0;          // all of it
  virtual bool Read(FrameReader& reader) = 0;              // at least one byte; false at end of stream
};

}  // namespace gather::protocol

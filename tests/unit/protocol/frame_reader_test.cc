#include "protocol/frame_reader.h"

#include <gtest/gtest.h>

#include <cstring>

#include "types/error.h"

namespace gather::protocol {
namespace {

void Put(FrameReader& reader, std::string_view bytes) {
  const std::span<char> room = reader.Prepare(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  reader.Commit(bytes.size());
}

std::string Message(char type, std::string_view payload) {
  const auto length = static_cast<uint32_t>(payload.size() + 4);
  std::string bytes(1, type);
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(length >> shift));
  return bytes.append(payload);
}

TEST(FrameReader, YieldsMessagesWhateverThePieces) {
  const std::string bytes = Message('Q', std::string("SELECT 1\0", 9)) + Message('S', "") + Message('P', std::string(20000, 'x'));
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{4096}, bytes.size()}) {
    FrameReader reader;
    std::vector<std::pair<char, size_t>> seen;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      Put(reader, std::string_view(bytes).substr(at, piece));
      Frame frame;
      while (reader.Next(&frame)) seen.emplace_back(frame.type, frame.payload.size());
    }
    const std::vector<std::pair<char, size_t>> expected = {{'Q', 9}, {'S', 0}, {'P', 20000}};
    EXPECT_EQ(seen, expected) << "pieces of " << piece;
  }
}

TEST(FrameReader, RefusesImpossibleLengthsBeforeTheirBytesArrive) {
  for (const std::string& bytes : {std::string("Q\x7f\xff\xff\xff", 5), std::string("Q\0\0\0\3", 5), std::string("S\0\1\0\0", 5), std::string("\1\0\0\0\4", 5)}) {
    FrameReader reader;
    Put(reader, bytes);
    Frame frame;
    EXPECT_THROW(reader.Next(&frame), SqlError);
  }
}

TEST(FrameReader, ALargeClaimedLengthTakesNoMemory) {
  FrameReader reader;
  Put(reader, std::string("Q\x3f\xff\xff\xff", 5));
  Frame frame;
  EXPECT_FALSE(reader.Next(&frame));
  EXPECT_LT(reader.Prepare(1).size(), size_t{1} << 20);
}

TEST(FrameReader, StartupLengthIsChecked) {
  FrameReader reader;
  Put(reader, std::string("GET / HTTP/1.1\r\n"));
  Frame frame;
  EXPECT_THROW(reader.NextStartup(&frame), SqlError);
}

}  // namespace
}  // namespace gather::protocol

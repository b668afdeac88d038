// hashint4, hashtext and kin: PostgreSQL's hash functions with PostgreSQL's results (applications shard by them). Our own hash tables use
// types/compare.h's HashVector instead.
//
// The hash is Bob Jenkins's lookup3 (2006, public domain), as in src/common/hashfn.c, on a little-endian machine.
#include <bit>
#include <cmath>
#include <cstring>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/rows.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

struct Lookup3 {
  uint32_t a, b, c;
  explicit Lookup3(uint32_t length) : a(0x9e3779b9u + length + 3923095u), b(a), c(a) {}
  void Mix() {
    a -= c; a ^= std::rotl(c, 4); c += b;
    b -= a; b ^= std::rotl(a, 6); a += c;
    c -= b; c ^= std::rotl(b, 8); b += a;
    a -= c; a ^= std::rotl(c, 16); c += b;
    b -= a; b ^= std::rotl(a, 19); a += c;
    c -= b; c ^= std::rotl(b, 4); b += a;
  }
  int32_t Final() {
    c ^= b; c -= std::rotl(b, 14);
    a ^= c; a -= std::rotl(c, 11);
    b ^= a; b -= std::rotl(a, 25);
    c ^= b; c -= std::rotl(b, 16);
    a ^= c; a -= std::rotl(c, 4);
    b ^= a; b -= std::rotl(a, 14);
    c ^= b; c -= std::rotl(b, 24);
    return static_cast<int32_t>(c);
  }
};

int32_t HashBytes(std::string_view bytes) {
  Lookup3 state(static_cast<uint32_t>(bytes.size()));
  while (bytes.size() >= 12) {
    uint32_t words[3];
    std::memcpy(words, bytes.data(), sizeof(words));
    state.a += words[0];
    state.b += words[1];
    state.c += words[2];
    state.Mix();
    bytes.remove_prefix(12);
  }
  // The lowest byte of c is the length's: the last three bytes go above it.
  unsigned char rest[16] = {};
  const size_t low = bytes.size() < 8 ? bytes.size() : 8;
  if (low > 0) std::memcpy(rest, bytes.data(), low);
  if (bytes.size() > 8) std::memcpy(rest + 9, bytes.data() + 8, bytes.size() - 8);
  uint32_t words[3];
  std::memcpy(words, rest, sizeof(words));
  state.a += words[0];
  state.b += words[1];
  state.c += words[2];
  return state.Final();
}

int32_t HashWord(uint32_t value) {
  Lookup3 state(sizeof(value));
  state.a += value;
  return state.Final();
}

int32_t HashInt8(int64_t value) {
  const auto low = static_cast<uint32_t>(value), high = static_cast<uint32_t>(value >> 32);
  return HashWord(low ^ (value >= 0 ? high : ~high));
}

int32_t HashDouble(double value) {
  if (value == 0) return 0;  // both zeros
  if (std::isnan(value)) value = std::nan("");
  return HashBytes({reinterpret_cast<const char*>(&value), sizeof(value)});
}

template <class T, int32_t (*kHash)(T)>
void Hash(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, T>(arguments[0], rows, result, [](T value) { return kHash(value); });
}
int32_t HashInt2(int16_t value) { return HashWord(static_cast<uint32_t>(int32_t{value})); }
int32_t HashInt4(int32_t value) { return HashWord(static_cast<uint32_t>(value)); }
int32_t HashChar(int8_t value) { return HashWord(static_cast<uint32_t>(int32_t{value})); }
int32_t HashFloat4(float value) { return HashDouble(static_cast<double>(value)); }
int32_t HashText(StringRef value) { return HashBytes(value.view()); }
int32_t HashBpchar(StringRef value) { return HashBytes(TrimBlanks(value.view())); }
struct Uuid { char bytes[16]; };
int32_t HashUuid(Uuid value) { return HashBytes({value.bytes, sizeof(value.bytes)}); }

constexpr FunctionRow kFunctions[] = {
    {400, "hashtext", {kText}, kInt4, Hash<StringRef, HashText>, "hash"},
    {449, "hashint2", {kInt2}, kInt4, Hash<int16_t, HashInt2>, "hash"},
    {450, "hashint4", {kInt4}, kInt4, Hash<int32_t, HashInt4>, "hash"},
    {451, "hashfloat4", {kFloat4}, kInt4, Hash<float, HashFloat4>, "hash"},
    {452, "hashfloat8", {kFloat8}, kInt4, Hash<double, HashDouble>, "hash"},
    {453, "hashoid", {kOid}, kInt4, Hash<uint32_t, HashWord>, "hash"},
    {454, "hashchar", {kChar}, kInt4, Hash<int8_t, HashChar>, "hash"},
    {455, "hashname", {kName}, kInt4, Hash<StringRef, HashText>, "hash"},
    {949, "hashint8", {kInt8}, kInt4, Hash<int64_t, HashInt8>, "hash"},
    {1080, "hashbpchar", {kBpchar}, kInt4, Hash<StringRef, HashBpchar>, "hash"},
    {1688, "time_hash", {kTime}, kInt4, Hash<int64_t, HashInt8>, "hash"},
    {2039, "timestamp_hash", {kTimestamp}, kInt4, Hash<int64_t, HashInt8>, "hash"},
    {2963, "uuid_hash", {kUuid}, kInt4, Hash<Uuid, HashUuid>, "hash"},
};
}  // namespace

FunctionTable HashFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  return table;
}

}  // namespace gather::catalog

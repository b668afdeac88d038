// int2, int4, int8 and oid: arithmetic, comparison, bits, casts among themselves. Rows carry PostgreSQL's names and OIDs; what PostgreSQL
// does by binary coercion between integers and oids are functions here, because the two lie in vectors as different physical types.
#include <functional>
#include <limits>
#include <type_traits>

#include "catalog/functions/kernels.h"
#include "catalog/functions/rows.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

template <class T>
constexpr const char* kTypeName = sizeof(T) == 2 ? "smallint" : sizeof(T) == 4 ? "integer" : "bigint";

template <class T>
[[noreturn]] void ThrowRange() { throw SqlError(sqlstate::kNumericValueOutOfRange, Format("%s out of range", kTypeName<T>)); }
[[noreturn]] void ThrowDivisionByZero() { throw SqlError(sqlstate::kDivisionByZero, "division by zero"); }

// An intermediate type in which no sum, difference or (but for int8) product of two T overflows.
template <class T>
using Wide = std::conditional_t<sizeof(T) == 2, int32_t, int64_t>;
template <class T>
constexpr bool Fits(Wide<T> value) { return static_cast<Wide<T>>(static_cast<T>(value)) == value; }

template <class T>
struct RangeChecked {
  template <class... Arguments>
  [[noreturn]] static void Throw(Arguments...) { ThrowRange<T>(); }
};

template <class T>
struct Plus : RangeChecked<T> {
  static bool Apply(T a, T b, T* out) {
    if constexpr (sizeof(T) == 8) {
      const auto sum = static_cast<uint64_t>(a) + static_cast<uint64_t>(b);
      *out = static_cast<T>(sum);
      return static_cast<bool>(((static_cast<uint64_t>(a) ^ sum) & (static_cast<uint64_t>(b) ^ sum)) >> 63);
    } else {
      const Wide<T> sum = Wide<T>{a} + Wide<T>{b};
      *out = static_cast<T>(sum);
      return !Fits<T>(sum);
    }
  }
};
template <class T>
struct Minus : RangeChecked<T> {
  static bool Apply(T a, T b, T* out) {
    if constexpr (sizeof(T) == 8) {
      const auto difference = static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
      *out = static_cast<T>(difference);
      return static_cast<bool>(((static_cast<uint64_t>(a) ^ static_cast<uint64_t>(b)) & (static_cast<uint64_t>(a) ^ difference)) >> 63);
    } else {
      const Wide<T> difference = Wide<T>{a} - Wide<T>{b};
      *out = static_cast<T>(difference);
      return !Fits<T>(difference);
    }
  }
};
template <class T>
struct Times : RangeChecked<T> {
  static bool Apply(T a, T b, T* out) {
    if constexpr (sizeof(T) == 8) return __builtin_mul_overflow(a, b, out);
    const Wide<T> product = static_cast<Wide<T>>(Wide<T>{a} * Wide<T>{b});
    *out = static_cast<T>(product);
    return !Fits<T>(product);
  }
};
template <class T>
struct Divided {
  static bool Apply(T a, T b, T* out) {
    if (b == 0 || (b == -1 && a == std::numeric_limits<T>::min())) [[unlikely]] {
      *out = 0;
      return true;
    }
    *out = static_cast<T>(a / b);
    return false;
  }
  [[noreturn]] static void Throw(T, T b) {
    if (b == 0) ThrowDivisionByZero();
    ThrowRange<T>();
  }
};
template <class T>
struct Modulo {
  static bool Apply(T a, T b, T* out) {
    *out = b == 0 || b == -1 ? T{0} : static_cast<T>(a % b);
    return b == 0;
  }
  [[noreturn]] static void Throw(T, T) { ThrowDivisionByZero(); }
};
template <class T>
struct Negated : RangeChecked<T> {
  static bool Apply(T a, T* out) {
    *out = static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));
    return a == std::numeric_limits<T>::min();
  }
};
template <class T>
struct Absolute : RangeChecked<T> {
  static bool Apply(T a, T* out) {
    *out = a < 0 ? static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a)) : a;
    return a == std::numeric_limits<T>::min();
  }
};
template <class T>
struct Incremented : RangeChecked<T> {
  static bool Apply(T a, T* out) { return Plus<T>::Apply(a, 1, out); }
};
template <class T>
struct Decremented : RangeChecked<T> {
  static bool Apply(T a, T* out) { return Minus<T>::Apply(a, 1, out); }
};
template <class T>
struct Narrowed : RangeChecked<T> {
  template <class From>
  static bool Apply(From a, T* out) {
    *out = static_cast<T>(a);
    return static_cast<From>(*out) != a;
  }
};

// |gcd| of magnitudes, so that the smallest value needs no case of its own.
template <class T>
uint64_t Gcd(T a, T b) {
  auto x = static_cast<uint64_t>(a < 0 ? 0 - static_cast<uint64_t>(static_cast<int64_t>(a)) : static_cast<uint64_t>(a));
  auto y = static_cast<uint64_t>(b < 0 ? 0 - static_cast<uint64_t>(static_cast<int64_t>(b)) : static_cast<uint64_t>(b));
  while (y != 0) {
    const uint64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}
template <class T>
struct GreatestCommonDivisor : RangeChecked<T> {
  static bool Apply(T a, T b, T* out) {
    const uint64_t gcd = Gcd(a, b);
    *out = static_cast<T>(gcd);
    return gcd > static_cast<uint64_t>(std::numeric_limits<T>::max());
  }
};
template <class T>
struct LeastCommonMultiple : RangeChecked<T> {
  static bool Apply(T a, T b, T* out) {
    *out = 0;
    if (a == 0 || b == 0) return false;
    const __int128 product = static_cast<__int128>(a) / static_cast<__int128>(Gcd(a, b)) * b;
    const __int128 magnitude = product < 0 ? -product : product;
    *out = static_cast<T>(magnitude);
    return magnitude > std::numeric_limits<T>::max();
  }
};

struct ToOid {
  static bool Apply(int64_t a, Oid* out) {
    *out = static_cast<Oid>(a);
    return static_cast<int64_t>(*out) != a;
  }
  [[noreturn]] static void Throw(int64_t) { throw SqlError(sqlstate::kNumericValueOutOfRange, "OID out of range"); }
};

// As the hardware PostgreSQL runs on: the count modulo the width in which C shifts.
struct ShiftLeft {
  template <class T>
  T operator()(T a, int32_t count) const {
    if constexpr (sizeof(T) == 8) return static_cast<T>(static_cast<uint64_t>(a) << (count & 63));
    return static_cast<T>(static_cast<uint32_t>(a) << (count & 31));
  }
};
struct ShiftRight {
  template <class T>
  T operator()(T a, int32_t count) const {
    if constexpr (sizeof(T) == 8) return a >> (count & 63);
    return static_cast<T>(static_cast<int32_t>(a) >> (count & 31));
  }
};
struct Larger {
  template <class T>
  T operator()(T a, T b) const { return a > b ? a : b; }
};
struct Smaller {
  template <class T>
  T operator()(T a, T b) const { return a < b ? a : b; }
};
struct IsNotZero {
  bool operator()(int32_t a) const { return a != 0; }
};

// The argument itself: unary plus.
void PassThrough(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const SqlType type = result.type();
  result = arguments[0];
  result.set_type(type);
  if (!result.is_constant()) result.Flatten(rows);
}

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {63, "int2eq", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {64, "int2lt", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::less<>>, "implementation of < operator"},
    {65, "int4eq", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {66, "int4lt", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::less<>>, "implementation of < operator"},
    {141, "int4mul", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Times<int32_t>>, "implementation of * operator"},
    {144, "int4ne", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {145, "int2ne", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {146, "int2gt", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {147, "int4gt", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {148, "int2le", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {149, "int4le", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {150, "int4ge", {kInt4, kInt4}, kBool, BinaryKernel<int32_t, int32_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {151, "int2ge", {kInt2, kInt2}, kBool, BinaryKernel<int16_t, int16_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {152, "int2mul", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Times<int16_t>>, "implementation of * operator"},
    {153, "int2div", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Divided<int16_t>>, "implementation of / operator"},
    {154, "int4div", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Divided<int32_t>>, "implementation of / operator"},
    {155, "int2mod", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Modulo<int16_t>>, "implementation of % operator"},
    {156, "int4mod", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Modulo<int32_t>>, "implementation of % operator"},
    {158, "int24eq", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {159, "int42eq", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {160, "int24lt", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::less<>>, "implementation of < operator"},
    {161, "int42lt", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::less<>>, "implementation of < operator"},
    {162, "int24gt", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {163, "int42gt", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {164, "int24ne", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {165, "int42ne", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {166, "int24le", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {167, "int42le", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {168, "int24ge", {kInt2, kInt4}, kBool, BinaryKernel<int16_t, int32_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {169, "int42ge", {kInt4, kInt2}, kBool, BinaryKernel<int32_t, int16_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {170, "int24mul", {kInt2, kInt4}, kInt4, CheckedBinaryKernel<int16_t, int32_t, int32_t, Times<int32_t>>, "implementation of * operator"},
    {171, "int42mul", {kInt4, kInt2}, kInt4, CheckedBinaryKernel<int32_t, int16_t, int32_t, Times<int32_t>>, "implementation of * operator"},
    {172, "int24div", {kInt2, kInt4}, kInt4, CheckedBinaryKernel<int16_t, int32_t, int32_t, Divided<int32_t>>, "implementation of / operator"},
    {173, "int42div", {kInt4, kInt2}, kInt4, CheckedBinaryKernel<int32_t, int16_t, int32_t, Divided<int32_t>>, "implementation of / operator"},
    {176, "int2pl", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Plus<int16_t>>, "implementation of + operator"},
    {177, "int4pl", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Plus<int32_t>>, "implementation of + operator"},
    {178, "int24pl", {kInt2, kInt4}, kInt4, CheckedBinaryKernel<int16_t, int32_t, int32_t, Plus<int32_t>>, "implementation of + operator"},
    {179, "int42pl", {kInt4, kInt2}, kInt4, CheckedBinaryKernel<int32_t, int16_t, int32_t, Plus<int32_t>>, "implementation of + operator"},
    {180, "int2mi", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Minus<int16_t>>, "implementation of - operator"},
    {181, "int4mi", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Minus<int32_t>>, "implementation of - operator"},
    {182, "int24mi", {kInt2, kInt4}, kInt4, CheckedBinaryKernel<int16_t, int32_t, int32_t, Minus<int32_t>>, "implementation of - operator"},
    {183, "int42mi", {kInt4, kInt2}, kInt4, CheckedBinaryKernel<int32_t, int16_t, int32_t, Minus<int32_t>>, "implementation of - operator"},
    {184, "oideq", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {185, "oidne", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {212, "int4um", {kInt4}, kInt4, CheckedUnaryKernel<int32_t, int32_t, Negated<int32_t>>, "implementation of - operator"},
    {213, "int2um", {kInt2}, kInt2, CheckedUnaryKernel<int16_t, int16_t, Negated<int16_t>>, "implementation of - operator"},
    {313, "int4", {kInt2}, kInt4, UnaryKernel<int16_t, int32_t, std::identity>, "convert int2 to int4"},
    {314, "int2", {kInt4}, kInt2, CheckedUnaryKernel<int32_t, int16_t, Narrowed<int16_t>>, "convert int4 to int2"},
    {462, "int8um", {kInt8}, kInt8, CheckedUnaryKernel<int64_t, int64_t, Negated<int64_t>>, "implementation of - operator"},
    {463, "int8pl", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Plus<int64_t>>, "implementation of + operator"},
    {464, "int8mi", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Minus<int64_t>>, "implementation of - operator"},
    {465, "int8mul", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Times<int64_t>>, "implementation of * operator"},
    {466, "int8div", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Divided<int64_t>>, "implementation of / operator"},
    {467, "int8eq", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {468, "int8ne", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {469, "int8lt", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::less<>>, "implementation of < operator"},
    {470, "int8gt", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {471, "int8le", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {472, "int8ge", {kInt8, kInt8}, kBool, BinaryKernel<int64_t, int64_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {474, "int84eq", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {475, "int84ne", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {476, "int84lt", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::less<>>, "implementation of < operator"},
    {477, "int84gt", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {478, "int84le", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {479, "int84ge", {kInt8, kInt4}, kBool, BinaryKernel<int64_t, int32_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {480, "int4", {kInt8}, kInt4, CheckedUnaryKernel<int64_t, int32_t, Narrowed<int32_t>>, "convert int8 to int4"},
    {481, "int8", {kInt4}, kInt8, UnaryKernel<int32_t, int64_t, std::identity>, "convert int4 to int8"},
    {714, "int2", {kInt8}, kInt2, CheckedUnaryKernel<int64_t, int16_t, Narrowed<int16_t>>, "convert int8 to int2"},
    {716, "oidlt", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::less<>>, "implementation of < operator"},
    {717, "oidle", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {754, "int8", {kInt2}, kInt8, UnaryKernel<int16_t, int64_t, std::identity>, "convert int2 to int8"},
    {766, "int4inc", {kInt4}, kInt4, CheckedUnaryKernel<int32_t, int32_t, Incremented<int32_t>>, "increment"},
    {768, "int4larger", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, Larger>, "larger of two"},
    {769, "int4smaller", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, Smaller>, "smaller of two"},
    {770, "int2larger", {kInt2, kInt2}, kInt2, BinaryKernel<int16_t, int16_t, int16_t, Larger>, "larger of two"},
    {771, "int2smaller", {kInt2, kInt2}, kInt2, BinaryKernel<int16_t, int16_t, int16_t, Smaller>, "smaller of two"},
    {837, "int82pl", {kInt8, kInt2}, kInt8, CheckedBinaryKernel<int64_t, int16_t, int64_t, Plus<int64_t>>, "implementation of + operator"},
    {838, "int82mi", {kInt8, kInt2}, kInt8, CheckedBinaryKernel<int64_t, int16_t, int64_t, Minus<int64_t>>, "implementation of - operator"},
    {839, "int82mul", {kInt8, kInt2}, kInt8, CheckedBinaryKernel<int64_t, int16_t, int64_t, Times<int64_t>>, "implementation of * operator"},
    {840, "int82div", {kInt8, kInt2}, kInt8, CheckedBinaryKernel<int64_t, int16_t, int64_t, Divided<int64_t>>, "implementation of / operator"},
    {841, "int28pl", {kInt2, kInt8}, kInt8, CheckedBinaryKernel<int16_t, int64_t, int64_t, Plus<int64_t>>, "implementation of + operator"},
    {852, "int48eq", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {853, "int48ne", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {854, "int48lt", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::less<>>, "implementation of < operator"},
    {855, "int48gt", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {856, "int48le", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {857, "int48ge", {kInt4, kInt8}, kBool, BinaryKernel<int32_t, int64_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {940, "mod", {kInt2, kInt2}, kInt2, CheckedBinaryKernel<int16_t, int16_t, int16_t, Modulo<int16_t>>, "modulus"},
    {941, "mod", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, Modulo<int32_t>>, "modulus"},
    {942, "int28mi", {kInt2, kInt8}, kInt8, CheckedBinaryKernel<int16_t, int64_t, int64_t, Minus<int64_t>>, "implementation of - operator"},
    {943, "int28mul", {kInt2, kInt8}, kInt8, CheckedBinaryKernel<int16_t, int64_t, int64_t, Times<int64_t>>, "implementation of * operator"},
    {945, "int8mod", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Modulo<int64_t>>, "implementation of % operator"},
    {947, "mod", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, Modulo<int64_t>>, "modulus"},
    {948, "int28div", {kInt2, kInt8}, kInt8, CheckedBinaryKernel<int16_t, int64_t, int64_t, Divided<int64_t>>, "implementation of / operator"},
    {1219, "int8inc", {kInt8}, kInt8, CheckedUnaryKernel<int64_t, int64_t, Incremented<int64_t>>, "increment"},
    {1230, "int8abs", {kInt8}, kInt8, CheckedUnaryKernel<int64_t, int64_t, Absolute<int64_t>>, "implementation of @ operator"},
    {1236, "int8larger", {kInt8, kInt8}, kInt8, BinaryKernel<int64_t, int64_t, int64_t, Larger>, "larger of two"},
    {1237, "int8smaller", {kInt8, kInt8}, kInt8, BinaryKernel<int64_t, int64_t, int64_t, Smaller>, "smaller of two"},
    {1251, "int4abs", {kInt4}, kInt4, CheckedUnaryKernel<int32_t, int32_t, Absolute<int32_t>>, "implementation of @ operator"},
    {1253, "int2abs", {kInt2}, kInt2, CheckedUnaryKernel<int16_t, int16_t, Absolute<int16_t>>, "implementation of @ operator"},
    {1274, "int84pl", {kInt8, kInt4}, kInt8, CheckedBinaryKernel<int64_t, int32_t, int64_t, Plus<int64_t>>, "implementation of + operator"},
    {1275, "int84mi", {kInt8, kInt4}, kInt8, CheckedBinaryKernel<int64_t, int32_t, int64_t, Minus<int64_t>>, "implementation of - operator"},
    {1276, "int84mul", {kInt8, kInt4}, kInt8, CheckedBinaryKernel<int64_t, int32_t, int64_t, Times<int64_t>>, "implementation of * operator"},
    {1277, "int84div", {kInt8, kInt4}, kInt8, CheckedBinaryKernel<int64_t, int32_t, int64_t, Divided<int64_t>>, "implementation of / operator"},
    {1278, "int48pl", {kInt4, kInt8}, kInt8, CheckedBinaryKernel<int32_t, int64_t, int64_t, Plus<int64_t>>, "implementation of + operator"},
    {1279, "int48mi", {kInt4, kInt8}, kInt8, CheckedBinaryKernel<int32_t, int64_t, int64_t, Minus<int64_t>>, "implementation of - operator"},
    {1280, "int48mul", {kInt4, kInt8}, kInt8, CheckedBinaryKernel<int32_t, int64_t, int64_t, Times<int64_t>>, "implementation of * operator"},
    {1281, "int48div", {kInt4, kInt8}, kInt8, CheckedBinaryKernel<int32_t, int64_t, int64_t, Divided<int64_t>>, "implementation of / operator"},
    {1287, "oid", {kInt8}, kOid, CheckedUnaryKernel<int64_t, Oid, ToOid>, "convert int8 to oid"},
    {1288, "int8", {kOid}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {1396, "abs", {kInt8}, kInt8, CheckedUnaryKernel<int64_t, int64_t, Absolute<int64_t>>, "absolute value"},
    {1397, "abs", {kInt4}, kInt4, CheckedUnaryKernel<int32_t, int32_t, Absolute<int32_t>>, "absolute value"},
    {1398, "abs", {kInt2}, kInt2, CheckedUnaryKernel<int16_t, int16_t, Absolute<int16_t>>, "absolute value"},
    {1638, "oidgt", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::greater<>>, "implementation of > operator"},
    {1639, "oidge", {kOid, kOid}, kBool, BinaryKernel<Oid, Oid, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {1850, "int28eq", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {1851, "int28ne", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {1852, "int28lt", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::less<>>, "implementation of < operator"},
    {1853, "int28gt", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {1854, "int28le", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {1855, "int28ge", {kInt2, kInt8}, kBool, BinaryKernel<int16_t, int64_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {1856, "int82eq", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::equal_to<>>, "implementation of = operator"},
    {1857, "int82ne", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::not_equal_to<>>, "implementation of <> operator"},
    {1858, "int82lt", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::less<>>, "implementation of < operator"},
    {1859, "int82gt", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::greater<>>, "implementation of > operator"},
    {1860, "int82le", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::less_equal<>>, "implementation of <= operator"},
    {1861, "int82ge", {kInt8, kInt2}, kBool, BinaryKernel<int64_t, int16_t, uint8_t, std::greater_equal<>>, "implementation of >= operator"},
    {1892, "int2and", {kInt2, kInt2}, kInt2, BinaryKernel<int16_t, int16_t, int16_t, std::bit_and<>>, "implementation of & operator"},
    {1893, "int2or", {kInt2, kInt2}, kInt2, BinaryKernel<int16_t, int16_t, int16_t, std::bit_or<>>, "implementation of | operator"},
    {1894, "int2xor", {kInt2, kInt2}, kInt2, BinaryKernel<int16_t, int16_t, int16_t, std::bit_xor<>>, "implementation of # operator"},
    {1895, "int2not", {kInt2}, kInt2, UnaryKernel<int16_t, int16_t, std::bit_not<>>, "implementation of ~ operator"},
    {1896, "int2shl", {kInt2, kInt4}, kInt2, BinaryKernel<int16_t, int32_t, int16_t, ShiftLeft>, "implementation of << operator"},
    {1897, "int2shr", {kInt2, kInt4}, kInt2, BinaryKernel<int16_t, int32_t, int16_t, ShiftRight>, "implementation of >> operator"},
    {1898, "int4and", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, std::bit_and<>>, "implementation of & operator"},
    {1899, "int4or", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, std::bit_or<>>, "implementation of | operator"},
    {1900, "int4xor", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, std::bit_xor<>>, "implementation of # operator"},
    {1901, "int4not", {kInt4}, kInt4, UnaryKernel<int32_t, int32_t, std::bit_not<>>, "implementation of ~ operator"},
    {1902, "int4shl", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, ShiftLeft>, "implementation of << operator"},
    {1903, "int4shr", {kInt4, kInt4}, kInt4, BinaryKernel<int32_t, int32_t, int32_t, ShiftRight>, "implementation of >> operator"},
    {1904, "int8and", {kInt8, kInt8}, kInt8, BinaryKernel<int64_t, int64_t, int64_t, std::bit_and<>>, "implementation of & operator"},
    {1905, "int8or", {kInt8, kInt8}, kInt8, BinaryKernel<int64_t, int64_t, int64_t, std::bit_or<>>, "implementation of | operator"},
    {1906, "int8xor", {kInt8, kInt8}, kInt8, BinaryKernel<int64_t, int64_t, int64_t, std::bit_xor<>>, "implementation of # operator"},
    {1907, "int8not", {kInt8}, kInt8, UnaryKernel<int64_t, int64_t, std::bit_not<>>, "implementation of ~ operator"},
    {1908, "int8shl", {kInt8, kInt4}, kInt8, BinaryKernel<int64_t, int32_t, int64_t, ShiftLeft>, "implementation of << operator"},
    {1909, "int8shr", {kInt8, kInt4}, kInt8, BinaryKernel<int64_t, int32_t, int64_t, ShiftRight>, "implementation of >> operator"},
    {1910, "int8up", {kInt8}, kInt8, PassThrough, "implementation of + operator"},
    {1911, "int2up", {kInt2}, kInt2, PassThrough, "implementation of + operator"},
    {1912, "int4up", {kInt4}, kInt4, PassThrough, "implementation of + operator"},
    {1965, "oidlarger", {kOid, kOid}, kOid, BinaryKernel<Oid, Oid, Oid, Larger>, "larger of two"},
    {1966, "oidsmaller", {kOid, kOid}, kOid, BinaryKernel<Oid, Oid, Oid, Smaller>, "smaller of two"},
    {2557, "bool", {kInt4}, kBool, UnaryKernel<int32_t, uint8_t, IsNotZero>, "convert int4 to boolean"},
    {3546, "int8dec", {kInt8}, kInt8, CheckedUnaryKernel<int64_t, int64_t, Decremented<int64_t>>, "decrement"},
    {5044, "gcd", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, GreatestCommonDivisor<int32_t>>, "greatest common divisor"},
    {5045, "gcd", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, GreatestCommonDivisor<int64_t>>, "greatest common divisor"},
    {5046, "lcm", {kInt4, kInt4}, kInt4, CheckedBinaryKernel<int32_t, int32_t, int32_t, LeastCommonMultiple<int32_t>>, "least common multiple"},
    {5047, "lcm", {kInt8, kInt8}, kInt8, CheckedBinaryKernel<int64_t, int64_t, int64_t, LeastCommonMultiple<int64_t>>, "least common multiple"},
    {0, "oidtoint8", {kOid}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kOid}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegproc}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegproc}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegprocedure}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegprocedure}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegoper}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegoper}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegoperator}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegoperator}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegclass}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegclass}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegtype}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegtype}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegrole}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegrole}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "oidtoint8", {kRegnamespace}, kInt8, UnaryKernel<Oid, int64_t, std::identity>, "convert oid to int8"},
    {0, "oidtoint4", {kRegnamespace}, kInt4, UnaryKernel<Oid, int32_t, std::identity>, "convert oid to int4"},
    {0, "int8tooid", {kInt8}, kOid, CheckedUnaryKernel<int64_t, Oid, ToOid>, "convert int8 to oid"},
    {0, "int4tooid", {kInt4}, kOid, UnaryKernel<int32_t, Oid, std::identity>, "convert int4 to oid"},
    {0, "int2tooid", {kInt2}, kOid, UnaryKernel<int16_t, Oid, std::identity>, "convert int2 to oid"},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {15, "=", kInt4, kInt8, kBool, "int48eq", "=", "<>", true, true},
    {36, "<>", kInt4, kInt8, kBool, "int48ne", "<>", "=", false, false},
    {37, "<", kInt4, kInt8, kBool, "int48lt", ">", ">=", false, false},
    {76, ">", kInt4, kInt8, kBool, "int48gt", "<", "<=", false, false},
    {80, "<=", kInt4, kInt8, kBool, "int48le", ">=", ">", false, false},
    {82, ">=", kInt4, kInt8, kBool, "int48ge", "<=", "<", false, false},
    {94, "=", kInt2, kInt2, kBool, "int2eq", "=", "<>", true, true},
    {95, "<", kInt2, kInt2, kBool, "int2lt", ">", ">=", false, false},
    {96, "=", kInt4, kInt4, kBool, "int4eq", "=", "<>", true, true},
    {97, "<", kInt4, kInt4, kBool, "int4lt", ">", ">=", false, false},
    {410, "=", kInt8, kInt8, kBool, "int8eq", "=", "<>", true, true},
    {411, "<>", kInt8, kInt8, kBool, "int8ne", "<>", "=", false, false},
    {412, "<", kInt8, kInt8, kBool, "int8lt", ">", ">=", false, false},
    {413, ">", kInt8, kInt8, kBool, "int8gt", "<", "<=", false, false},
    {414, "<=", kInt8, kInt8, kBool, "int8le", ">=", ">", false, false},
    {415, ">=", kInt8, kInt8, kBool, "int8ge", "<=", "<", false, false},
    {416, "=", kInt8, kInt4, kBool, "int84eq", "=", "<>", true, true},
    {417, "<>", kInt8, kInt4, kBool, "int84ne", "<>", "=", false, false},
    {418, "<", kInt8, kInt4, kBool, "int84lt", ">", ">=", false, false},
    {419, ">", kInt8, kInt4, kBool, "int84gt", "<", "<=", false, false},
    {420, "<=", kInt8, kInt4, kBool, "int84le", ">=", ">", false, false},
    {430, ">=", kInt8, kInt4, kBool, "int84ge", "<=", "<", false, false},
    {439, "%", kInt8, kInt8, kInt8, "int8mod", "", "", false, false},
    {473, "@", kInvalidOid, kInt8, kInt8, "int8abs", "", "", false, false},
    {484, "-", kInvalidOid, kInt8, kInt8, "int8um", "", "", false, false},
    {514, "*", kInt4, kInt4, kInt4, "int4mul", "*", "", false, false},
    {518, "<>", kInt4, kInt4, kBool, "int4ne", "<>", "=", false, false},
    {519, "<>", kInt2, kInt2, kBool, "int2ne", "<>", "=", false, false},
    {520, ">", kInt2, kInt2, kBool, "int2gt", "<", "<=", false, false},
    {521, ">", kInt4, kInt4, kBool, "int4gt", "<", "<=", false, false},
    {522, "<=", kInt2, kInt2, kBool, "int2le", ">=", ">", false, false},
    {523, "<=", kInt4, kInt4, kBool, "int4le", ">=", ">", false, false},
    {524, ">=", kInt2, kInt2, kBool, "int2ge", "<=", "<", false, false},
    {525, ">=", kInt4, kInt4, kBool, "int4ge", "<=", "<", false, false},
    {526, "*", kInt2, kInt2, kInt2, "int2mul", "*", "", false, false},
    {527, "/", kInt2, kInt2, kInt2, "int2div", "", "", false, false},
    {528, "/", kInt4, kInt4, kInt4, "int4div", "", "", false, false},
    {529, "%", kInt2, kInt2, kInt2, "int2mod", "", "", false, false},
    {530, "%", kInt4, kInt4, kInt4, "int4mod", "", "", false, false},
    {532, "=", kInt2, kInt4, kBool, "int24eq", "=", "<>", true, true},
    {533, "=", kInt4, kInt2, kBool, "int42eq", "=", "<>", true, true},
    {534, "<", kInt2, kInt4, kBool, "int24lt", ">", ">=", false, false},
    {535, "<", kInt4, kInt2, kBool, "int42lt", ">", ">=", false, false},
    {536, ">", kInt2, kInt4, kBool, "int24gt", "<", "<=", false, false},
    {537, ">", kInt4, kInt2, kBool, "int42gt", "<", "<=", false, false},
    {538, "<>", kInt2, kInt4, kBool, "int24ne", "<>", "=", false, false},
    {539, "<>", kInt4, kInt2, kBool, "int42ne", "<>", "=", false, false},
    {540, "<=", kInt2, kInt4, kBool, "int24le", ">=", ">", false, false},
    {541, "<=", kInt4, kInt2, kBool, "int42le", ">=", ">", false, false},
    {542, ">=", kInt2, kInt4, kBool, "int24ge", "<=", "<", false, false},
    {543, ">=", kInt4, kInt2, kBool, "int42ge", "<=", "<", false, false},
    {544, "*", kInt2, kInt4, kInt4, "int24mul", "*", "", false, false},
    {545, "*", kInt4, kInt2, kInt4, "int42mul", "*", "", false, false},
    {546, "/", kInt2, kInt4, kInt4, "int24div", "", "", false, false},
    {547, "/", kInt4, kInt2, kInt4, "int42div", "", "", false, false},
    {550, "+", kInt2, kInt2, kInt2, "int2pl", "+", "", false, false},
    {551, "+", kInt4, kInt4, kInt4, "int4pl", "+", "", false, false},
    {552, "+", kInt2, kInt4, kInt4, "int24pl", "+", "", false, false},
    {553, "+", kInt4, kInt2, kInt4, "int42pl", "+", "", false, false},
    {554, "-", kInt2, kInt2, kInt2, "int2mi", "", "", false, false},
    {555, "-", kInt4, kInt4, kInt4, "int4mi", "", "", false, false},
    {556, "-", kInt2, kInt4, kInt4, "int24mi", "", "", false, false},
    {557, "-", kInt4, kInt2, kInt4, "int42mi", "", "", false, false},
    {558, "-", kInvalidOid, kInt4, kInt4, "int4um", "", "", false, false},
    {559, "-", kInvalidOid, kInt2, kInt2, "int2um", "", "", false, false},
    {607, "=", kOid, kOid, kBool, "oideq", "=", "<>", true, true},
    {608, "<>", kOid, kOid, kBool, "oidne", "<>", "=", false, false},
    {609, "<", kOid, kOid, kBool, "oidlt", ">", ">=", false, false},
    {610, ">", kOid, kOid, kBool, "oidgt", "<", "<=", false, false},
    {611, "<=", kOid, kOid, kBool, "oidle", ">=", ">", false, false},
    {612, ">=", kOid, kOid, kBool, "oidge", "<=", "<", false, false},
    {682, "@", kInvalidOid, kInt2, kInt2, "int2abs", "", "", false, false},
    {684, "+", kInt8, kInt8, kInt8, "int8pl", "+", "", false, false},
    {685, "-", kInt8, kInt8, kInt8, "int8mi", "", "", false, false},
    {686, "*", kInt8, kInt8, kInt8, "int8mul", "*", "", false, false},
    {687, "/", kInt8, kInt8, kInt8, "int8div", "", "", false, false},
    {688, "+", kInt8, kInt4, kInt8, "int84pl", "+", "", false, false},
    {689, "-", kInt8, kInt4, kInt8, "int84mi", "", "", false, false},
    {690, "*", kInt8, kInt4, kInt8, "int84mul", "*", "", false, false},
    {691, "/", kInt8, kInt4, kInt8, "int84div", "", "", false, false},
    {692, "+", kInt4, kInt8, kInt8, "int48pl", "+", "", false, false},
    {693, "-", kInt4, kInt8, kInt8, "int48mi", "", "", false, false},
    {694, "*", kInt4, kInt8, kInt8, "int48mul", "*", "", false, false},
    {695, "/", kInt4, kInt8, kInt8, "int48div", "", "", false, false},
    {773, "@", kInvalidOid, kInt4, kInt4, "int4abs", "", "", false, false},
    {818, "+", kInt8, kInt2, kInt8, "int82pl", "+", "", false, false},
    {819, "-", kInt8, kInt2, kInt8, "int82mi", "", "", false, false},
    {820, "*", kInt8, kInt2, kInt8, "int82mul", "*", "", false, false},
    {821, "/", kInt8, kInt2, kInt8, "int82div", "", "", false, false},
    {822, "+", kInt2, kInt8, kInt8, "int28pl", "+", "", false, false},
    {823, "-", kInt2, kInt8, kInt8, "int28mi", "", "", false, false},
    {824, "*", kInt2, kInt8, kInt8, "int28mul", "*", "", false, false},
    {825, "/", kInt2, kInt8, kInt8, "int28div", "", "", false, false},
    {1862, "=", kInt2, kInt8, kBool, "int28eq", "=", "<>", true, true},
    {1863, "<>", kInt2, kInt8, kBool, "int28ne", "<>", "=", false, false},
    {1864, "<", kInt2, kInt8, kBool, "int28lt", ">", ">=", false, false},
    {1865, ">", kInt2, kInt8, kBool, "int28gt", "<", "<=", false, false},
    {1866, "<=", kInt2, kInt8, kBool, "int28le", ">=", ">", false, false},
    {1867, ">=", kInt2, kInt8, kBool, "int28ge", "<=", "<", false, false},
    {1868, "=", kInt8, kInt2, kBool, "int82eq", "=", "<>", true, true},
    {1869, "<>", kInt8, kInt2, kBool, "int82ne", "<>", "=", false, false},
    {1870, "<", kInt8, kInt2, kBool, "int82lt", ">", ">=", false, false},
    {1871, ">", kInt8, kInt2, kBool, "int82gt", "<", "<=", false, false},
    {1872, "<=", kInt8, kInt2, kBool, "int82le", ">=", ">", false, false},
    {1873, ">=", kInt8, kInt2, kBool, "int82ge", "<=", "<", false, false},
    {1874, "&", kInt2, kInt2, kInt2, "int2and", "&", "", false, false},
    {1875, "|", kInt2, kInt2, kInt2, "int2or", "|", "", false, false},
    {1876, "#", kInt2, kInt2, kInt2, "int2xor", "#", "", false, false},
    {1877, "~", kInvalidOid, kInt2, kInt2, "int2not", "", "", false, false},
    {1878, "<<", kInt2, kInt4, kInt2, "int2shl", "", "", false, false},
    {1879, ">>", kInt2, kInt4, kInt2, "int2shr", "", "", false, false},
    {1880, "&", kInt4, kInt4, kInt4, "int4and", "&", "", false, false},
    {1881, "|", kInt4, kInt4, kInt4, "int4or", "|", "", false, false},
    {1882, "#", kInt4, kInt4, kInt4, "int4xor", "#", "", false, false},
    {1883, "~", kInvalidOid, kInt4, kInt4, "int4not", "", "", false, false},
    {1884, "<<", kInt4, kInt4, kInt4, "int4shl", "", "", false, false},
    {1885, ">>", kInt4, kInt4, kInt4, "int4shr", "", "", false, false},
    {1886, "&", kInt8, kInt8, kInt8, "int8and", "&", "", false, false},
    {1887, "|", kInt8, kInt8, kInt8, "int8or", "|", "", false, false},
    {1888, "#", kInt8, kInt8, kInt8, "int8xor", "#", "", false, false},
    {1889, "~", kInvalidOid, kInt8, kInt8, "int8not", "", "", false, false},
    {1890, "<<", kInt8, kInt4, kInt8, "int8shl", "", "", false, false},
    {1891, ">>", kInt8, kInt4, kInt8, "int8shr", "", "", false, false},
    {1916, "+", kInvalidOid, kInt8, kInt8, "int8up", "", "", false, false},
    {1917, "+", kInvalidOid, kInt2, kInt2, "int2up", "", "", false, false},
    {1918, "+", kInvalidOid, kInt4, kInt4, "int4up", "", "", false, false},
    // clang-format on
};

constexpr CastInfo kCasts[] = {
    // clang-format off
    {kInt8, kInt2, CastContext::kAssignment, CastMethod::kFunction, "int2"},
    {kInt8, kInt4, CastContext::kAssignment, CastMethod::kFunction, "int4"},
    {kInt2, kInt8, CastContext::kImplicit, CastMethod::kFunction, "int8"},
    {kInt2, kInt4, CastContext::kImplicit, CastMethod::kFunction, "int4"},
    {kInt4, kInt8, CastContext::kImplicit, CastMethod::kFunction, "int8"},
    {kInt4, kInt2, CastContext::kAssignment, CastMethod::kFunction, "int2"},
    {kInt4, kBool, CastContext::kExplicit, CastMethod::kFunction, "bool"},
    {kInt8, kOid, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kOid, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kOid, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kOid, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kOid, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kInt8, kRegproc, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegproc, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegproc, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegproc, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegproc, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegproc, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegproc, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegprocedure, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegprocedure, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegprocedure, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegprocedure, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegprocedure, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegprocedure, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegprocedure, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegoper, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegoper, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegoper, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegoper, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegoper, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegoper, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegoper, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegoperator, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegoperator, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegoperator, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegoperator, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegoperator, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegoperator, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegoperator, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegclass, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegclass, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegclass, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegclass, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegclass, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegclass, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegclass, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegtype, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegtype, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegtype, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegtype, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegtype, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegtype, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegtype, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegrole, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegrole, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegrole, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegrole, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegrole, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegrole, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegrole, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kInt8, kRegnamespace, CastContext::kImplicit, CastMethod::kFunction, "int8tooid"},
    {kInt4, kRegnamespace, CastContext::kImplicit, CastMethod::kFunction, "int4tooid"},
    {kInt2, kRegnamespace, CastContext::kImplicit, CastMethod::kFunction, "int2tooid"},
    {kRegnamespace, kInt8, CastContext::kAssignment, CastMethod::kFunction, "oidtoint8"},
    {kRegnamespace, kInt4, CastContext::kAssignment, CastMethod::kFunction, "oidtoint4"},
    {kOid, kRegnamespace, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegnamespace, kOid, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegproc, kRegprocedure, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegprocedure, kRegproc, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegoper, kRegoperator, CastContext::kImplicit, CastMethod::kBinary, {}},
    {kRegoperator, kRegoper, CastContext::kImplicit, CastMethod::kBinary, {}},
    // clang-format on
};
}  // namespace

FunctionTable IntegerFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  AddRows(kCasts, table);
  return table;
}

}  // namespace gather::catalog

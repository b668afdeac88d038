// generate_series and generate_subscripts.
#include <limits>
#include <string>

#include "catalog/functions/rows.h"
#include "types/array.h"
#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/numeric.h"

namespace gather::catalog {
namespace {

using namespace type_oid;  // NOLINT: a table full of them

[[noreturn]] void ThrowZeroStep() { throw SqlError(sqlstate::kInvalidParameterValue, "step size cannot equal zero"); }

template <class T>
T ValueOf(const Vector& argument) { return argument.View().get<T>(0); }

// int4 and int8: from start to stop, both included; an overflowing step ends the series.
template <class T>
class IntegerSeries final : public SetSource {
 public:
  IntegerSeries(T start, T stop, T step) : next_(start), stop_(stop), step_(step) {
    if (step == 0) ThrowZeroStep();
    done_ = step > 0 ? start > stop : start < stop;
  }
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    if (done_) return 0;
    // How many rows are left beyond this one, as unsigned arithmetic that cannot overflow.
    using U = std::make_unsigned_t<T>;
    const U distance = step_ > 0 ? static_cast<U>(stop_) - static_cast<U>(next_) : static_cast<U>(next_) - static_cast<U>(stop_);
    const U stride = step_ > 0 ? static_cast<U>(step_) : static_cast<U>(0) - static_cast<U>(step_);
    const U further = distance / stride;
    const uint32_t rows = further < kVectorSize ? static_cast<uint32_t>(further) + 1 : kVectorSize;
    T* values = out[0].data<T>();
    for (uint32_t i = 0; i < rows; ++i) values[i] = static_cast<T>(static_cast<U>(next_) + static_cast<U>(i) * static_cast<U>(step_));
    done_ = rows > further;
    next_ = static_cast<T>(static_cast<U>(next_) + static_cast<U>(rows) * static_cast<U>(step_));
    return rows;
  }

 private:
  T next_;
  const T stop_, step_;
  bool done_;
};

template <class T>
std::unique_ptr<SetSource> GenerateIntegers(FunctionContext&, std::span<const Vector> arguments) {
  return std::make_unique<IntegerSeries<T>>(ValueOf<T>(arguments[0]), ValueOf<T>(arguments[1]), arguments.size() > 2 ? ValueOf<T>(arguments[2]) : T{1});
}

std::string PackedOf(const Vector& argument) { return std::string(ToPackedNumeric(argument, 1).View().get<StringRef>(0).view()); }

class NumericSeries final : public SetSource {
 public:
  NumericSeries(std::string start, std::string stop, std::string step)
      : next_(std::move(start)), stop_(std::move(stop)), step_(std::move(step)), direction_(CompareNumeric(step_, PackNumeric(int64_t{0}, 0))) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    out[0].Reset(PhysicalType::kString);
    uint32_t rows = 0;
    while (rows < kVectorSize) {
      const int order = CompareNumeric(next_, stop_);
      if (direction_ > 0 ? order > 0 : order < 0) break;
      out[0].data<StringRef>()[rows++] = out[0].AddString(next_);
      next_ = NumericAdd(next_, step_);
    }
    return rows;
  }

 private:
  std::string next_;
  const std::string stop_, step_;
  const int direction_;
};

std::unique_ptr<SetSource> GenerateNumerics(FunctionContext&, std::span<const Vector> arguments) {
  const std::string parts[3] = {PackedOf(arguments[0]), PackedOf(arguments[1]), arguments.size() > 2 ? PackedOf(arguments[2]) : PackNumeric(int64_t{1}, 0)};
  static constexpr const char* kWords[] = {"start value", "stop value", "step size"};
  for (int i = 0; i < 3; ++i) {
    const std::string text = NumericToText(parts[i]);
    if (text == "NaN") throw SqlError(sqlstate::kInvalidParameterValue, std::string(kWords[i]) + " cannot be NaN");
    if (text == "Infinity" || text == "-Infinity") throw SqlError(sqlstate::kInvalidParameterValue, std::string(kWords[i]) + " cannot be infinity");
  }
  if (CompareNumeric(parts[2], PackNumeric(int64_t{0}, 0)) == 0) ThrowZeroStep();
  return std::make_unique<NumericSeries>(parts[0], parts[1], parts[2]);
}

// timestamp, and timestamptz in a zone.
class TimestampSeries final : public SetSource {
 public:
  TimestampSeries(int64_t start, int64_t stop, const Interval& step, std::shared_ptr<const TimeZone> zone, bool with_zone)
      : next_(start), stop_(stop), step_(step), direction_(CompareIntervals(step, Interval())), zone_(std::move(zone)), with_zone_(with_zone) {
    if (direction_ == 0) ThrowZeroStep();
  }
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    while (rows < kVectorSize && (direction_ > 0 ? next_ <= stop_ : next_ >= stop_)) {
      out[0].data<int64_t>()[rows++] = next_;
      next_ = with_zone_ ? AddToTimestamptz(next_, step_, zone_ != nullptr ? *zone_ : TimeZone::Utc()) : AddToTimestamp(next_, step_);
    }
    return rows;
  }

 private:
  int64_t next_;
  const int64_t stop_;
  const Interval step_;
  const int direction_;
  const std::shared_ptr<const TimeZone> zone_;
  const bool with_zone_;
};

std::unique_ptr<SetSource> GenerateTimestamps(FunctionContext&, std::span<const Vector> arguments) {
  return std::make_unique<TimestampSeries>(ValueOf<int64_t>(arguments[0]), ValueOf<int64_t>(arguments[1]), ValueOf<Interval>(arguments[2]), nullptr, false);
}
std::unique_ptr<SetSource> GenerateTimestamptzs(FunctionContext& context, std::span<const Vector> arguments) {
  return std::make_unique<TimestampSeries>(ValueOf<int64_t>(arguments[0]), ValueOf<int64_t>(arguments[1]), ValueOf<Interval>(arguments[2]),
                                           context.io->time_zone, true);
}

// generate_subscripts(array, dimension [, reverse])
std::unique_ptr<SetSource> GenerateSubscripts(FunctionContext&, std::span<const Vector> arguments) {
  const ArrayReader array(ValueOf<StringRef>(arguments[0]).view());
  const int32_t dimension = ValueOf<int32_t>(arguments[1]);
  const bool reverse = arguments.size() > 2 && ValueOf<uint8_t>(arguments[2]) != 0;
  if (dimension < 1 || static_cast<size_t>(dimension) > array.dimensions().size()) return std::make_unique<IntegerSeries<int32_t>>(1, 0, 1);
  const ArrayDimension& bounds = array.dimensions()[static_cast<size_t>(dimension) - 1];
  const int32_t low = bounds.lower_bound, high = bounds.lower_bound + bounds.length - 1;
  return reverse ? std::make_unique<IntegerSeries<int32_t>>(high, low, -1) : std::make_unique<IntegerSeries<int32_t>>(low, high, 1);
}

constexpr FunctionRow kFunctions[] = {
    {.oid = 938, .name = "generate_series", .arguments = {kTimestamp, kTimestamp, kInterval}, .result = kTimestamp, .doc = "non-persistent series generator", .set_kernel = GenerateTimestamps},
    {.oid = 939, .name = "generate_series", .arguments = {kTimestamptz, kTimestamptz, kInterval}, .result = kTimestamptz, .doc = "non-persistent series generator", .volatility = Volatility::kStable, .set_kernel = GenerateTimestamptzs},
    {.oid = 1066, .name = "generate_series", .arguments = {kInt4, kInt4, kInt4}, .result = kInt4, .doc = "non-persistent series generator", .set_kernel = GenerateIntegers<int32_t>},
    {.oid = 1067, .name = "generate_series", .arguments = {kInt4, kInt4}, .result = kInt4, .doc = "non-persistent series generator", .set_kernel = GenerateIntegers<int32_t>},
    {.oid = 1068, .name = "generate_series", .arguments = {kInt8, kInt8, kInt8}, .result = kInt8, .doc = "non-persistent series generator", .set_kernel = GenerateIntegers<int64_t>},
    {.oid = 1069, .name = "generate_series", .arguments = {kInt8, kInt8}, .result = kInt8, .doc = "non-persistent series generator", .set_kernel = GenerateIntegers<int64_t>},
    {.oid = 3259, .name = "generate_series", .arguments = {kNumeric, kNumeric, kNumeric}, .result = kNumeric, .doc = "non-persistent series generator", .set_kernel = GenerateNumerics},
    {.oid = 3260, .name = "generate_series", .arguments = {kNumeric, kNumeric}, .result = kNumeric, .doc = "non-persistent series generator", .set_kernel = GenerateNumerics},
    {.oid = 1191, .name = "generate_subscripts", .arguments = {kAnyarray, kInt4, kBool}, .result = kInt4, .doc = "array subscripts generator", .set_kernel = GenerateSubscripts},
    {.oid = 1192, .name = "generate_subscripts", .arguments = {kAnyarray, kInt4}, .result = kInt4, .doc = "array subscripts generator", .set_kernel = GenerateSubscripts},
};

}  // namespace

FunctionTable SeriesFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  return table;
}

}  // namespace gather::catalog

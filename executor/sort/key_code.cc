#include "executor/sort/key_code.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "types/value_order.h"

namespace gather::executor {

namespace {

constexpr uint32_t kEntryBits = 128;

// A number as an unsigned one of the same order.
uint64_t Ordered(int64_t value) { return OrderedInteger(value); }
uint64_t Ordered(int32_t value) { return OrderedInteger(value); }
uint64_t Ordered(int16_t value) { return OrderedInteger(value); }
uint64_t Ordered(uint8_t value) { return value; }
uint64_t Ordered(uint16_t value) { return value; }
uint64_t Ordered(uint32_t value) { return value; }
uint64_t Ordered(uint64_t value) { return value; }
uint64_t Ordered(float value) { return OrderedBits<uint32_t>(value); }
uint64_t Ordered(double value) { return OrderedBits<uint64_t>(value); }

template <class Body>
void WithNumber(PhysicalType type, const Body& body) {
  switch (type) {
    case PhysicalType::kInt16: body(int16_t{}); break;
    case PhysicalType::kInt32: body(int32_t{}); break;
    case PhysicalType::kInt64: body(int64_t{}); break;
    case PhysicalType::kUInt32: body(uint32_t{}); break;
    case PhysicalType::kTid: body(uint64_t{}); break;
    case PhysicalType::kFloat32: body(float{}); break;
    case PhysicalType::kFloat64: body(double{}); break;
    default: body(uint8_t{}); break;
  }
}

bool IsFloat(PhysicalType type) { return type == PhysicalType::kFloat32 || type == PhysicalType::kFloat64; }

// The eight bytes of `text` from `skip` on as a number, zero padded.
uint64_t WordOf(const StringRef& text, uint32_t skip) {
  uint64_t word = 0;
  if (text.is_inline() && skip + 8 <= StringRef::kInlineBytes) {
    std::memcpy(&word, text.data() + skip, 8);       // padded already
  } else if (skip < text.size()) {
    std::memcpy(&word, text.data() + skip, std::min<size_t>(8, text.size() - skip));
  }
  return __builtin_bswap64(word);
}

StringRef Trimmed(const StringRef& text) {
  const std::string_view trimmed = TrimBlanks(text.view());
  return StringRef(trimmed.data(), static_cast<uint32_t>(trimmed.size()));
}

uint32_t CommonBytes(std::string_view a, std::string_view b, uint32_t most) {
  const auto length = static_cast<uint32_t>(std::min<size_t>({a.size(), b.size(), most}));
  if (length != 0 && std::memcmp(a.data(), b.data(), length) == 0) return length;
  uint32_t common = 0;
  while (common < length && a[common] == b[common]) ++common;
  return common;
}

}  // namespace

KeyKind KindOf(const StagedColumn& column) {
  switch (column.physical) {
    case PhysicalType::kBool: case PhysicalType::kInt8: case PhysicalType::kInt16: case PhysicalType::kInt32: case PhysicalType::kInt64:
    case PhysicalType::kUInt32: case PhysicalType::kTid: case PhysicalType::kFloat32: case PhysicalType::kFloat64:
      return KeyKind::kNumber;
    case PhysicalType::kString:
      // Strings without zero bytes: padding does not confuse them.
      switch (column.type.oid) {
        case type_oid::kText: case type_oid::kVarchar: case type_oid::kName: case type_oid::kBpchar: return KeyKind::kText;
        default: return KeyKind::kRest;
      }
    default: return KeyKind::kRest;
  }
}

// ---- statistics

void KeyStatistics::AddNumbers(const Vector& vector, uint32_t rows) {
  const VectorView view = vector.View();
  WithNumber(vector.physical(), [&](auto kind) {
    using Number = decltype(kind);
    if (view.validity == nullptr && view.indices == nullptr) {
      const auto* values = static_cast<const Number*>(view.data);
      const uint32_t count = view.mask == 0 ? 1 : rows;
      uint64_t low = least, high = greatest;
      for (uint32_t i = 0; i < count; ++i) {
        const uint64_t number = Ordered(values[i]);
        low = std::min(low, number);
        high = std::max(high, number);
      }
      least = low;
      greatest = high;
      return;
    }
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) {
        nulls = true;
        continue;
      }
      const uint64_t number = Ordered(view.get<Number>(i));
      least = std::min(least, number);
      greatest = std::max(greatest, number);
    }
  });
}

void KeyStatistics::AddText(std::string_view text) {
  if (!any_text) {
    any_text = true;
    first = text;
    common = static_cast<uint32_t>(text.size());
  }
  common = CommonBytes(first, text, common);
  longest = std::max(longest, static_cast<uint32_t>(text.size()));
}

void KeyStatistics::AddTexts(const Vector& vector, uint32_t rows, bool blank_trimmed) {
  const VectorView view = vector.View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!view.valid(i)) {
      nulls = true;
      continue;
    }
    const StringRef& text = view.get<StringRef>(i);
    AddText(blank_trimmed ? TrimBlanks(text.view()) : text.view());
  }
}

void KeyStatistics::Add(const KeyStatistics& other) {
  nulls = nulls || other.nulls;
  least = std::min(least, other.least);
  greatest = std::max(greatest, other.greatest);
  if (!other.any_text) return;
  const uint32_t longer = std::max(longest, other.longest);
  AddText(std::string_view(other.first).substr(0, other.common));
  longest = longer;
}

// ---- layout

KeyCode::KeyCode(std::vector<SortKeySlot> keys, std::vector<KeyStatistics> statistics, bool has_rest, std::vector<StagedColumn> columns, uint64_t most_rows)
    : columns_(std::move(columns)) {
  for (size_t k = 0; k < statistics.size(); ++k) {
    const bool rest = has_rest && k + 1 == statistics.size();
    keys_.push_back({keys[k].column, rest ? SortOrder{} : keys[k].order, rest ? KeyKind::kRest : KindOf(columns_[keys[k].column]), std::move(statistics[k])});
  }
  // Without row numbers, where the keys hold everything.
  Lay(kEntryBits);
  bool all = exact();
  for (size_t c = 0; c < columns_.size(); ++c) all = all && Holds(static_cast<uint32_t>(c));
  if (all) return;
  row_bits_ = std::max(1, static_cast<int>(std::bit_width(most_rows)));
  Lay(kEntryBits - row_bits_);
}

void KeyCode::Lay(uint32_t capacity) {
  fields_.clear();
  field_of_column_.assign(columns_.size(), -1);
  uint32_t room = capacity;
  for (first_cut_ = 0; first_cut_ < keys_.size(); ++first_cut_) {
    const auto key = static_cast<uint32_t>(first_cut_);
    if (!(keys_[key].kind == KeyKind::kNumber ? AddNumber(key, room) : AddText(key, room))) break;
  }
  key_bits_ = capacity - room;
  uint32_t shift = key_bits_ + row_bits_;
  for (Field& field : fields_) field.shift = shift -= field.bits;
}

bool KeyCode::AddNumber(uint32_t number, uint32_t& room) {
  const Key& key = keys_[number];
  const KeyStatistics& statistics = key.statistics;
  const bool none = statistics.least > statistics.greatest;
  const uint64_t range = none ? 0 : statistics.greatest - statistics.least;
  if (range == ~uint64_t{0} && statistics.nulls) {   // no code is left for null
    if (room == 0) return false;
    fields_.push_back({Field::Kind::kNull, number, 1, 0});
    --room;
  }
  const uint64_t codes = range == ~uint64_t{0} ? range : range + (statistics.nulls ? 1 : 0);
  const auto bits = static_cast<uint32_t>(std::bit_width(codes));
  const uint32_t kept = std::min(bits, room);
  if (kept != 0) fields_.push_back({Field::Kind::kNumber, number, kept, 0, bits - kept});
  room -= kept;
  if (kept != bits) return false;
  const PhysicalType physical = columns_[key.column].physical;
  // A value that is in the code: not -0, which is there as 0. One that all rows have needs no bits, and is not there.
  if (!IsFloat(physical) && bits != 0 && fields_.back().key == number) field_of_column_[key.column] = static_cast<int>(fields_.size() - 1);
  if (field_of_column_[key.column] >= 0 && range == ~uint64_t{0} && statistics.nulls) field_of_column_[key.column] = -1;
  return true;
}

bool KeyCode::AddText(uint32_t number, uint32_t& room) {
  const KeyStatistics& statistics = keys_[number].statistics;
  if (statistics.nulls) {
    if (room == 0) return false;
    fields_.push_back({Field::Kind::kNull, number, 1, 0});
    --room;
  }
  uint32_t skip = statistics.common, left = statistics.longest - statistics.common;
  while (left != 0 && room >= 8) {
    const uint32_t bytes = std::min({left, room / 8, 8u});
    fields_.push_back({Field::Kind::kBytes, number, 8 * bytes, 0, 0, skip, bytes});
    room -= 8 * bytes;
    skip += bytes;
    left -= bytes;
  }
  return left == 0;
}

// ---- codes

void KeyCode::NumberCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const {
  const Key& key = keys_[field.key];
  const KeyStatistics& statistics = key.statistics;
  const StagedValues& column = block.columns[key.column];
  const uint8_t* values = column.values.get() + size_t{from} * column.width;
  // Modulo 2^64: code = start + value or start - value.
  const bool descending = key.order.descending;
  const bool none = statistics.least > statistics.greatest;
  const uint64_t least = none ? 0 : statistics.least, greatest = none ? 0 : statistics.greatest;
  const bool null_bit = greatest - least == ~uint64_t{0};
  const uint64_t before = statistics.nulls && key.order.nulls_first && !null_bit ? 1 : 0;
  const uint64_t start = (descending ? greatest : uint64_t{0} - least) + before;
  const auto write = [&](auto kind, uint64_t base) {
    using Number = decltype(kind);
    if (descending) {
      for (uint32_t i = 0; i < count; ++i) codes[i] = start - (base + Ordered(ReadAt<Number>(values, i)));
    } else {
      for (uint32_t i = 0; i < count; ++i) codes[i] = start + (base + Ordered(ReadAt<Number>(values, i)));
    }
  };
  if (column.narrowed) {
    switch (column.width) {
      case 1: write(uint8_t{}, column.base); break;
      case 2: write(uint16_t{}, column.base); break;
      case 4: write(uint32_t{}, column.base); break;
      default: write(uint64_t{}, column.base); break;
    }
  } else {
    WithNumber(columns_[key.column].physical, [&](auto kind) { write(kind, 0); });
  }
  if (column.nulls != nullptr) {
    const uint64_t null_code = null_bit || key.order.nulls_first ? 0 : greatest - least + 1;
    for (uint32_t i = 0; i < count; ++i) codes[i] = column.nulls[from + i] != 0 ? null_code : codes[i];
  }
  if (field.drop != 0) {
    for (uint32_t i = 0; i < count; ++i) codes[i] >>= field.drop;
  }
}

void KeyCode::NullCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const {
  const Key& key = keys_[field.key];
  const uint64_t null_code = key.order.nulls_first ? 0 : 1;
  const StagedValues& column = block.columns[key.column];
  for (uint32_t i = 0; i < count; ++i) codes[i] = column.null(from + i) ? null_code : 1 - null_code;
}

void KeyCode::ByteCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const {
  const Key& key = keys_[field.key];
  const bool rest = key.kind == KeyKind::kRest;
  const auto* texts = (rest ? block.rest.get() : reinterpret_cast<const StringRef*>(block.columns[key.column].values.get())) + from;
  const uint32_t drop = 64 - field.bits;
  const uint64_t mask = (key.order.descending ? ~uint64_t{0} : 0) >> drop;
  if (!rest && columns_[key.column].type.oid == type_oid::kBpchar) {
    for (uint32_t i = 0; i < count; ++i) codes[i] = WordOf(Trimmed(texts[i]), field.skip) >> drop ^ mask;
  } else {
    for (uint32_t i = 0; i < count; ++i) codes[i] = WordOf(texts[i], field.skip) >> drop ^ mask;
  }
  if (rest || block.columns[key.column].nulls == nullptr) return;
  const uint8_t* nulls = block.columns[key.column].nulls.get() + from;
  for (uint32_t i = 0; i < count; ++i) codes[i] = nulls[i] != 0 ? 0 : codes[i];
}

void KeyCode::Encode(const StagedBlock& block, uint32_t from, uint32_t count, uint64_t first_row, uint64_t* low, uint64_t* high) const {
  const bool is_wide = wide();
  for (uint32_t i = 0; i < count; ++i) low[i] = row_bits_ != 0 ? first_row + i : 0;
  if (is_wide) std::fill_n(high, count, 0);
  uint64_t codes[kVectorSize];
  for (const Field& field : fields_) {
    switch (field.kind) {
      case Field::Kind::kNumber: NumberCodes(field, block, from, count, codes); break;
      case Field::Kind::kNull: NullCodes(field, block, from, count, codes); break;
      case Field::Kind::kBytes: ByteCodes(field, block, from, count, codes); break;
    }
    const uint32_t shift = field.shift;
    if (shift < 64) {
      for (uint32_t i = 0; i < count; ++i) low[i] |= codes[i] << shift;
      if (shift == 0 || shift + field.bits <= 64) continue;
      for (uint32_t i = 0; i < count; ++i) high[i] |= codes[i] >> (64 - shift);
    } else {
      for (uint32_t i = 0; i < count; ++i) high[i] |= codes[i] << (shift - 64);
    }
  }
}

template <class Entry>
void KeyCode::Decode(uint32_t number, const Entry* entries, uint32_t count, Vector& out) const {
  const StagedColumn& column = columns_[number];
  const Field& field = fields_[static_cast<size_t>(field_of_column_[number])];
  const Key& key = keys_[field.key];
  const KeyStatistics& statistics = key.statistics;
  const uint64_t mask = ~uint64_t{0} >> (64 - field.bits);
  const bool descending = key.order.descending;
  const uint64_t range = statistics.least > statistics.greatest ? 0 : statistics.greatest - statistics.least;
  const uint64_t before = statistics.nulls && key.order.nulls_first ? 1 : 0;
  const uint64_t start = descending ? statistics.greatest + before : statistics.least - before;
  if (out.capacity() < count) out.Reset(column.type, count <= 64 ? 64 : std::max(count, kVectorSize));
  out.set_type(column.type);
  out.Reset(column.physical);
  const auto code_of = [&](uint32_t i) { return static_cast<uint64_t>(entries[i] >> field.shift) & mask; };
  const auto decode = [&](auto kind) {
    using Number = decltype(kind);
    auto* const to = out.data<Number>();
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t ordered = descending ? start - code_of(i) : start + code_of(i);
      to[i] = static_cast<Number>(std::is_signed_v<Number> ? static_cast<uint64_t>(PlainInteger(ordered)) : ordered);
    }
  };
  switch (column.physical) {
    case PhysicalType::kInt16: decode(int16_t{}); break;
    case PhysicalType::kInt32: decode(int32_t{}); break;
    case PhysicalType::kInt64: decode(int64_t{}); break;
    case PhysicalType::kUInt32: decode(uint32_t{}); break;
    case PhysicalType::kTid: decode(uint64_t{}); break;
    default: decode(uint8_t{}); break;
  }
  if (column.type.oid == type_oid::kNumeric) out.set_shape(column.shape);
  if (!statistics.nulls) return;
  const uint64_t null_code = key.order.nulls_first ? 0 : range + 1;
  uint64_t* validity = nullptr;
  for (uint32_t i = 0; i < count; ++i) {
    if (code_of(i) != null_code) continue;
    if (validity == nullptr) validity = out.MutableValidity();
    validity[i >> 6] &= ~(uint64_t{1} << (i & 63));
  }
}
template void KeyCode::Decode(uint32_t, const uint64_t*, uint32_t, Vector&) const;
template void KeyCode::Decode(uint32_t, const unsigned __int128*, uint32_t, Vector&) const;

// ---- comparison

int KeyCode::CompareRows(std::span<const StagedBlock* const> blocks, uint64_t a, uint64_t b) const {
  const StagedBlock& x = *blocks[a >> StagedRows::kBlockBits];
  const StagedBlock& y = *blocks[b >> StagedRows::kBlockBits];
  constexpr uint64_t kMask = StagedRows::kBlockRows - 1;
  for (size_t k = first_cut_; k < keys_.size(); ++k) {
    const int order = CompareKey(keys_[k], x, static_cast<uint32_t>(a & kMask), y, static_cast<uint32_t>(b & kMask));
    if (order != 0) return order;
  }
  return 0;
}

int KeyCode::CompareKey(const Key& key, const StagedBlock& a, uint32_t a_row, const StagedBlock& b, uint32_t b_row) const {
  if (key.kind == KeyKind::kRest) return CompareBytes(a.rest[a_row].view(), b.rest[b_row].view());
  const StagedValues& x = a.columns[key.column];
  const StagedValues& y = b.columns[key.column];
  const bool x_null = x.null(a_row), y_null = y.null(b_row);
  if (x_null || y_null) return x_null == y_null ? 0 : x_null == key.order.nulls_first ? -1 : 1;
  int order = 0;
  if (key.kind == KeyKind::kText) {
    const auto p = ReadAt<StringRef>(x.values.get(), a_row), q = ReadAt<StringRef>(y.values.get(), b_row);
    order = columns_[key.column].type.oid == type_oid::kBpchar ? CompareBytes(TrimBlanks(p.view()), TrimBlanks(q.view())) : p.Compare(q);
  } else {
    const auto number = [&](const StagedValues& values, uint32_t row) {
      if (values.narrowed) return values.Ordered(row);
      uint64_t ordered = 0;
      WithNumber(columns_[key.column].physical, [&](auto kind) { ordered = Ordered(ReadAt<decltype(kind)>(values.values.get(), row)); });
      return ordered;
    };
    order = CompareNumbers(number(x, a_row), number(y, b_row));
  }
  return key.order.descending ? -order : order;
}

}  // namespace gather::executor

#include <unicode/uchar.h>

#include <charconv>
#include <cstring>
#include <string>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

// PostgreSQL's limit on one value.
constexpr int64_t kMaxValueBytes = 0x3FFFFFFF;

[[noreturn]] void ThrowTooLarge() { throw SqlError(sqlstate::kProgramLimitExceeded, "requested length too large"); }

void CheckLength(int64_t bytes) {
  if (bytes + 4 > kMaxValueBytes) ThrowTooLarge();
}

StringRef Part(std::string_view text) { return StringRef(text.data(), static_cast<uint32_t>(text.size())); }

StringRef Join(Vector& result, std::string_view a, std::string_view b) {
  CheckLength(static_cast<int64_t>(a.size()) + static_cast<int64_t>(b.size()));
  return WriteString(result, a.size() + b.size(), [&](char* to) {
    if (!a.empty()) std::memcpy(to, a.data(), a.size());
    if (!b.empty()) std::memcpy(to + a.size(), b.data(), b.size());
  });
}

// The text form of any value: strings as they are.
class TextOf {
 public:
  TextOf(const Vector& vector, const IoSettings& settings)
      : vector_(vector), settings_(settings), is_text_(vector.physical() == PhysicalType::kString && (vector.type().oid == type_oid::kText ||
        vector.type().oid == type_oid::kVarchar || vector.type().oid == type_oid::kName)), output_(is_text_ ? nullptr : GetType(vector.type().oid).text_out) {}
  std::string_view operator()(uint32_t row) {
    if (is_text_) return StringAt(vector_.View(), row);
    buffer_.clear();
    output_(vector_, row, settings_, buffer_);
    // Cast to text, as || does: character(n) loses its padding.
    if (vector_.type().oid == type_oid::kBpchar) {
      while (!buffer_.empty() && buffer_.back() == ' ') buffer_.pop_back();
    }
    if (vector_.type().oid == type_oid::kBool) return buffer_ == "t" ? "true" : "false";
    return buffer_;
  }

 private:
  const Vector& vector_;
  const IoSettings& settings_;
  const bool is_text_;
  const TextOutKernel output_;
  std::string buffer_;
};

// Applies an ASCII mapping to whole strings, and `map` to the characters of strings that are not ASCII.
template <class Ascii, class Unicode>
void MapCase(const Vector& argument, uint32_t rows, Vector& result, Ascii ascii, Unicode unicode) {
  std::string buffer;
  MapRows<StringRef, StringRef>(argument, rows, result, [&](const StringRef& source) {
    const std::string_view text = source.view();
    if (IsAscii(text)) {
      return WriteString(result, text.size(), [&](char* to) {
        for (size_t i = 0; i < text.size(); ++i) to[i] = ascii(text[i]);
      });
    }
    buffer.clear();
    for (std::string_view rest = text; !rest.empty();) {
      uint32_t bytes;
      AppendUtf8(unicode(Utf8Decode(rest, &bytes)), buffer);
      rest.remove_prefix(bytes);
    }
    return result.AddString(buffer);
  });
}

char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// substring's part in characters [start, start + length); to the end without a length.
std::string_view Substr(std::string_view text, int32_t start, bool has_length, int32_t length) {
  const uint32_t first = start > 1 ? static_cast<uint32_t>(start) - 1 : 0;
  int64_t count = -1;
  if (has_length) {
    if (length < 0) throw SqlError(sqlstate::kSubstringError, "negative substring length not allowed");
    int32_t end;
    if (!__builtin_add_overflow(start, length, &end)) {
      if (end < 1) return {};
      count = static_cast<int64_t>(end) - 1 - first;
    }
  }
  text.remove_prefix(Utf8Prefix(text, first));
  if (count >= 0) text = text.substr(0, Utf8Prefix(text, static_cast<uint32_t>(count)));
  return text;
}

// The set of characters to trim: ASCII ones in a bitmap.
class TrimSet {
 public:
  explicit TrimSet(std::string_view characters) : characters_(characters), ascii_(IsAscii(characters)) {
    if (!ascii_) return;
    for (char c : characters) bits_[static_cast<uint8_t>(c) >> 6] |= uint64_t{1} << (c & 63);
  }
  std::string_view Left(std::string_view text) const {
    while (!text.empty()) {
      const uint32_t bytes = ascii_ ? 1 : Utf8FirstBytes(text);
      if (!Has(text.substr(0, bytes))) break;
      text.remove_prefix(bytes);
    }
    return text;
  }
  std::string_view Right(std::string_view text) const {
    while (!text.empty()) {
      size_t start = text.size() - 1;
      if (!ascii_) {
        while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80) --start;
      }
      if (!Has(text.substr(start))) break;
      text = text.substr(0, start);
    }
    return text;
  }

 private:
  bool Has(std::string_view character) const {
    if (ascii_) {
      const uint8_t byte = static_cast<uint8_t>(character[0]);
      return byte < 128 && (bits_[byte >> 6] >> (byte & 63) & 1) != 0;
    }
    for (std::string_view rest = characters_; !rest.empty();) {
      const uint32_t bytes = Utf8FirstBytes(rest);
      if (rest.substr(0, bytes) == character) return true;
      rest.remove_prefix(bytes);
    }
    return false;
  }
  const std::string_view characters_;
  const bool ascii_;
  uint64_t bits_[2] = {0, 0};
};

template <class F>
void Trim(std::span<const Vector> arguments, uint32_t rows, Vector& result, F trim) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View();
  StringRef* out = result.data<StringRef>();
  if (arguments.size() == 1 || arguments[1].is_constant()) {
    const TrimSet set(arguments.size() == 1 || arguments[1].IsNull(0) ? std::string_view(" ") : StringAt(arguments[1].View(), 0));
    ForValidRows(result, rows, [&](uint32_t row) { out[row] = Part(trim(set, StringAt(texts, row))); });
    return;
  }
  const VectorView sets = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = Part(trim(TrimSet(StringAt(sets, row)), StringAt(texts, row))); });
}

template <bool left>
void Pad(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView texts = arguments[0].View(), lengths = arguments[1].View();
  const bool has_fill = arguments.size() > 2;
  const VectorView fills = has_fill ? arguments[2].View() : VectorView{};
  StringRef* out = result.data<StringRef>();
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row), fill = has_fill ? StringAt(fills, row) : std::string_view(" ");
    const uint32_t target = std::max(lengths.get<int32_t>(row), 0);
    const uint32_t length = Utf8Length(text);
    CheckLength(static_cast<int64_t>(fill.empty() ? std::min(length, target) : target) * 4);
    if (length >= target || fill.empty()) {
      out[row] = result.AddString(text.substr(0, Utf8Prefix(text, target)));
      return;
    }
    buffer.clear();
    if (!left) buffer += text;
    for (uint32_t missing = target - length; missing > 0;) {
      const uint32_t characters = Utf8Length(fill);
      if (characters > missing) {
        buffer += fill.substr(0, Utf8Prefix(fill, missing));
        break;
      }
      buffer += fill;
      missing -= characters;
    }
    if (left) buffer += text;
    out[row] = result.AddString(buffer);
  });
}

template <class T>
void Hex(const Vector& argument, uint32_t rows, Vector& result) {
  MapRows<StringRef, T>(argument, rows, result, [&](T value) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof(digits), static_cast<std::make_unsigned_t<T>>(value), 16).ptr;
    return result.AddString({digits, static_cast<size_t>(end - digits)});
  });
}

}  // namespace

GATHER_KERNEL(TextConcat) {
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                           [&](const StringRef& a, const StringRef& b) { return Join(result, a.view(), b.view()); });
}

GATHER_KERNEL(AnyTextConcat) {
  TextOf left(arguments[0], *context.io);
  const VectorView right = arguments[1].View();
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = Join(result, left(row), StringAt(right, row)); });
}

GATHER_KERNEL(TextAnyConcat) {
  const VectorView left = arguments[0].View();
  TextOf right(arguments[1], *context.io);
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = Join(result, StringAt(left, row), right(row)); });
}

GATHER_KERNEL(NameConcatOid) {
  MapRows<StringRef, StringRef, Oid>(arguments[0], arguments[1], rows, result, [&](const StringRef& name, Oid oid) {
    const std::string suffix = "_" + std::to_string(oid);
    std::string_view head = name.view();
    // The name gives way so that the suffix fits.
    if (head.size() + suffix.size() > 63) {
      size_t end = 63 - suffix.size();
      while (end > 0 && (static_cast<uint8_t>(head[end]) & 0xC0) == 0x80) --end;
      head = head.substr(0, end);
    }
    return Join(result, head, suffix);
  });
}

GATHER_KERNEL(Lower) {
  MapCase(arguments[0], rows, result, AsciiLower, [](char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); });
}

GATHER_KERNEL(Upper) {
  MapCase(arguments[0], rows, result, AsciiUpper, [](char32_t c) { return static_cast<char32_t>(u_toupper(static_cast<UChar32>(c))); });
}

GATHER_KERNEL(InitCap) {
  std::string buffer;
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [&](const StringRef& source) {
    buffer.clear();
    bool in_word = false;
    for (std::string_view rest = source.view(); !rest.empty();) {
      uint32_t bytes;
      const UChar32 c = static_cast<UChar32>(Utf8Decode(rest, &bytes));
      rest.remove_prefix(bytes);
      AppendUtf8(static_cast<char32_t>(in_word ? u_tolower(c) : u_toupper(c)), buffer);
      in_word = u_isalnum(c);
    }
    return result.AddString(buffer);
  });
}

GATHER_KERNEL(Substring) {
  result.KeepAlive(arguments[0]);
  const bool has_length = arguments.size() > 2;
  const VectorView texts = arguments[0].View(), starts = arguments[1].View(), lengths = has_length ? arguments[2].View() : VectorView{};
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) {
    out[row] = Part(Substr(StringAt(texts, row), starts.get<int32_t>(row), has_length, has_length ? lengths.get<int32_t>(row) : 0));
  });
}

GATHER_KERNEL(Overlay) {
  const bool has_length = arguments.size() > 3;
  const VectorView texts = arguments[0].View(), inserts = arguments[1].View(), starts = arguments[2].View();
  const VectorView lengths = has_length ? arguments[3].View() : VectorView{};
  StringRef* out = result.data<StringRef>();
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row), insert = StringAt(inserts, row);
    const int32_t start = starts.get<int32_t>(row);
    const int32_t length = has_length ? lengths.get<int32_t>(row) : static_cast<int32_t>(Utf8Length(insert));
    if (start <= 0) throw SqlError(sqlstate::kSubstringError, "negative substring length not allowed");
    int32_t end;
    if (__builtin_add_overflow(start, length, &end)) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    buffer = Substr(text, 1, true, start - 1);
    buffer += insert;
    buffer += Substr(text, end, false, 0);
    out[row] = result.AddString(buffer);
  });
}

GATHER_KERNEL(Left) {
  result.KeepAlive(arguments[0]);
  MapRows<StringRef, StringRef, int32_t>(arguments[0], arguments[1], rows, result, [](const StringRef& source, int32_t count) {
    const std::string_view text = source.view();
    int64_t characters = count;
    if (count < 0) characters = std::max<int64_t>(static_cast<int64_t>(Utf8Length(text)) + count, 0);
    return Part(text.substr(0, Utf8Prefix(text, static_cast<uint32_t>(characters))));
  });
}

GATHER_KERNEL(Right) {
  result.KeepAlive(arguments[0]);
  MapRows<StringRef, StringRef, int32_t>(arguments[0], arguments[1], rows, result, [](const StringRef& source, int32_t count) {
    const std::string_view text = source.view();
    const int64_t length = Utf8Length(text);
    const int64_t skip = count < 0 ? -static_cast<int64_t>(count) : std::max<int64_t>(length - count, 0);
    return Part(text.substr(Utf8Prefix(text, static_cast<uint32_t>(std::min(skip, length)))));
  });
}

GATHER_KERNEL(LeftPad) { Pad<true>(arguments, rows, result); }
GATHER_KERNEL(RightPad) { Pad<false>(arguments, rows, result); }

GATHER_KERNEL(TrimBoth) {
  Trim(arguments, rows, result, [](const TrimSet& set, std::string_view text) { return set.Right(set.Left(text)); });
}
GATHER_KERNEL(TrimLeft) {
  Trim(arguments, rows, result, [](const TrimSet& set, std::string_view text) { return set.Left(text); });
}
GATHER_KERNEL(TrimRight) {
  Trim(arguments, rows, result, [](const TrimSet& set, std::string_view text) { return set.Right(text); });
}

GATHER_KERNEL(Repeat) {
  MapRows<StringRef, StringRef, int32_t>(arguments[0], arguments[1], rows, result, [&](const StringRef& source, int32_t count) {
    const int64_t bytes = static_cast<int64_t>(source.size()) * std::max(count, 0);
    CheckLength(bytes);
    return WriteString(result, static_cast<size_t>(bytes), [&](char* to) {
      // What is there is copied behind itself, twice as much each time.
      if (bytes == 0) return;
      std::memcpy(to, source.data(), source.size());
      for (int64_t done = source.size(); done < bytes; done += std::min(done, bytes - done)) std::memcpy(to + done, to, static_cast<size_t>(std::min(done, bytes - done)));
    });
  });
}

GATHER_KERNEL(Reverse) {
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [&](const StringRef& source) {
    const std::string_view text = source.view();
    return WriteString(result, text.size(), [&](char* to) {
      char* end = to + text.size();
      for (std::string_view rest = text; !rest.empty();) {
        const uint32_t bytes = Utf8FirstBytes(rest);
        end -= bytes;
        std::memcpy(end, rest.data(), bytes);
        rest.remove_prefix(bytes);
      }
    });
  });
}

GATHER_KERNEL(Translate) {
  const VectorView texts = arguments[0].View(), froms = arguments[1].View(), tos = arguments[2].View();
  StringRef* out = result.data<StringRef>();
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view from = StringAt(froms, row), to = StringAt(tos, row);
    buffer.clear();
    for (std::string_view rest = StringAt(texts, row); !rest.empty();) {
      const std::string_view character = rest.substr(0, Utf8FirstBytes(rest));
      rest.remove_prefix(character.size());
      uint32_t index = 0;
      std::string_view search = from;
      while (!search.empty() && search.substr(0, Utf8FirstBytes(search)) != character) {
        search.remove_prefix(Utf8FirstBytes(search));
        ++index;
      }
      if (search.empty()) {
        buffer += character;
        continue;
      }
      const std::string_view target = to.substr(Utf8Prefix(to, index));
      buffer += target.substr(0, Utf8FirstBytes(target));
    }
    out[row] = result.AddString(buffer);
  });
}

GATHER_KERNEL(Ascii) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& text) {
    uint32_t bytes;
    return static_cast<int32_t>(Utf8Decode(text.view(), &bytes));
  });
}

GATHER_KERNEL(Chr) {
  std::string buffer;
  MapRows<StringRef, int32_t>(arguments[0], rows, result, [&](int32_t value) {
    if (value < 0) throw SqlError(sqlstate::kInvalidParameterValue, "character number must be positive");
    if (value == 0) throw SqlError(sqlstate::kProgramLimitExceeded, "null character not permitted");
    if (value > 0x10FFFF) throw SqlError(sqlstate::kProgramLimitExceeded, Format("requested character too large for encoding: %u", value));
    if (value >= 0xD800 && value < 0xE000) {
      throw SqlError(sqlstate::kProgramLimitExceeded, Format("requested character not valid for encoding: %u", value));
    }
    buffer.clear();
    AppendUtf8(static_cast<char32_t>(value), buffer);
    return result.AddString(buffer);
  });
}

GATHER_KERNEL(ToHex32) { Hex<int32_t>(arguments[0], rows, result); }
GATHER_KERNEL(ToHex64) { Hex<int64_t>(arguments[0], rows, result); }

}  // namespace gather::catalog

#include "catalog/records.h"

#include <cstring>
#include <type_traits>

#include "types/error.h"

namespace gather::catalog {

namespace {

// Writes or reads: one function per struct below names its fields once for both, so that they cannot disagree.
class RecordStream {
 public:
  RecordStream() : writing_(true) { Number(version_); }
  explicit RecordStream(std::string_view record) : writing_(false), rest_(record) {
    Number(version_);
    if (version_ == 0 || version_ > kRecordVersion) {
      throw SqlError(sqlstate::kDataCorrupted, Format("catalog record has version %d, this server reads up to version %d", version_, kRecordVersion));
    }
  }

  template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
  void Number(T& number) { Raw(&number, sizeof(number)); }
  void Raw(void* bytes, size_t count) {
    if (writing_) {
      out_.append(static_cast<const char*>(bytes), count);
    } else {
      std::memcpy(bytes, Take(count), count);
    }
  }
  bool HasVersion(uint8_t version) const { return version_ >= version; }
  void Text(std::string& text) {
    auto size = static_cast<uint32_t>(text.size());
    Number(size);
    if (writing_) {
      out_ += text;
    } else {
      text.assign(Take(size), size);
    }
  }
  template <class Element, class Visit>
  void List(std::vector<Element>& list, Visit visit) {
    auto count = static_cast<uint32_t>(list.size());
    Number(count);
    if (!writing_) {
      if (count > rest_.size()) Damaged();
      list.resize(count);
    }
    for (Element& element : list) visit(element);
  }
  template <class Value, class Visit>
  void Optional(std::optional<Value>& value, Visit visit) {
    bool present = value.has_value();
    Number(present);
    if (!present) return;
    if (!writing_) value.emplace();
    visit(*value);
  }
  void Type(SqlType& type) { Number(type.oid), Number(type.typmod); }
  void Value(Datum& datum) { Type(datum.type), Number(datum.is_null), Raw(datum.raw, sizeof(datum.raw)), Text(datum.bytes); }
  void Oids(std::vector<Oid>& oids) {
    List(oids, [&](Oid& oid) { Number(oid); });
  }
  void Columns(std::vector<ColumnId>& columns) {
    List(columns, [&](ColumnId& column) { Number(column.value); });
  }

  std::string Finish() { return std::move(out_); }
  void ExpectEnd() const {
    if (!rest_.empty()) Damaged();
  }

 private:
  [[noreturn]] static void Damaged() { throw SqlError(sqlstate::kDataCorrupted, "catalog record is damaged"); }
  const char* Take(size_t bytes) {
    if (bytes > rest_.size()) Damaged();
    const char* at = rest_.data();
    rest_.remove_prefix(bytes);
    return at;
  }

  const bool writing_;
  uint8_t version_ = kRecordVersion;
  std::string out_;
  std::string_view rest_;
};

void Fields(RecordStream& io, SchemaEntry& e) { 
  io.Number(e.oid), io.Text(e.name), io.Number(e.owner), io.Text(e.comment);
  if (io.HasVersion(2)) io.Number(e.database);
}

void Fields(RecordStream& io, RoleEntry& e) {
  io.Number(e.oid), io.Text(e.name), io.Number(e.superuser), io.Number(e.create_role), io.Number(e.create_db), io.Number(e.can_login);
  io.Number(e.inherit), io.Number(e.replication), io.Number(e.bypass_rls), io.Number(e.connection_limit), io.Text(e.password), io.Text(e.comment);
}

void Fields(RecordStream& io, DatabaseEntry& e) {
  io.Number(e.oid), io.Text(e.name), io.Number(e.owner), io.Number(e.is_template), io.Text(e.comment);
  if (!io.HasVersion(2)) return;
  io.Number(e.allow_connections), io.Number(e.connection_limit);
  io.List(e.settings, [&](auto& setting) { io.Text(setting.first), io.Text(setting.second); });
}

void Fields(RecordStream& io, Catalog::SequenceState& e) { io.Number(e.last_value), io.Number(e.is_called); }

void Fields(RecordStream& io, ColumnEntry& e) {
  io.Number(e.id.value), io.Text(e.name), io.Type(e.type), io.Number(e.not_null), io.Number(e.dropped), io.Text(e.default_sql);
  io.Number(e.identity), io.Number(e.sequence), io.Value(e.missing), io.Number(e.collation), io.Text(e.comment);
  if (io.HasVersion(3)) io.Number(e.generated);
  if (io.HasVersion(4)) io.Number(e.statistics_target);
}

void Fields(RecordStream& io, CheckConstraint& e) {
  io.Number(e.oid), io.Text(e.name), io.Text(e.expression_sql), io.Columns(e.columns);
}

void Fields(RecordStream& io, ForeignKey& e) {
  io.Number(e.oid), io.Text(e.name), io.Columns(e.columns), io.Number(e.table), io.Columns(e.referenced), io.Number(e.index);
  io.Number(e.match), io.Number(e.on_update), io.Number(e.on_delete), io.Columns(e.delete_set);
  io.Number(e.deferrable), io.Number(e.initially_deferred), io.Number(e.validated);
}

void Fields(RecordStream& io, IndexEntry& e) {
  io.Number(e.table), io.Number(e.kind);
  io.List(e.columns, [&](IndexColumn& c) {
    io.Number(c.column.value), io.Text(c.expression_sql), io.Type(c.type), io.Number(c.order.descending), io.Number(c.order.nulls_first);
  });
  io.Columns(e.include), io.Text(e.predicate_sql), io.Number(e.nulls_distinct), io.Text(e.method), io.Number(e.constraint_oid), io.Number(e.valid);
}

void Fields(RecordStream& io, SequenceEntry& e) {
  io.Type(e.type), io.Number(e.start), io.Number(e.increment), io.Number(e.minimum), io.Number(e.maximum), io.Number(e.cache), io.Number(e.cycle);
  io.Number(e.owner_table), io.Number(e.owner_column.value);
}

void Fields(RecordStream& io, RelationEntry& e) {
  io.Number(e.oid), io.Number(e.schema), io.Text(e.name), io.Number(e.kind), io.Number(e.owner), io.Text(e.comment);
  io.List(e.columns, [&](ColumnEntry& c) { Fields(io, c); });
  io.Number(e.storage.value);
  io.List(e.checks, [&](CheckConstraint& c) { Fields(io, c); });
  io.Oids(e.indexes);
  io.List(e.options, [&](std::pair<std::string, std::string>& option) { io.Text(option.first), io.Text(option.second); });
  io.Number(e.temporary), io.Number(e.row_type);
  io.Optional(e.index, [&](IndexEntry& index) { Fields(io, index); });
  io.Optional(e.sequence, [&](SequenceEntry& sequence) { Fields(io, sequence); });
  io.Text(e.view_sql), io.Oids(e.depends_on);
  if (!io.HasVersion(5)) return;
  io.List(e.foreign_keys, [&](ForeignKey& key) { Fields(io, key); });
  io.Oids(e.referenced_by);
}

template <class Entry>
std::string Encode(Entry entry) {
  RecordStream io;
  Fields(io, entry);
  return io.Finish();
}

template <class Entry>
Entry Decode(std::string_view record) {
  RecordStream io(record);
  Entry entry{};
  Fields(io, entry);
  io.ExpectEnd();
  return entry;
}

template <class Number>
void AppendBigEndian(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof(number)) * 8 - 8; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

}  // namespace

std::string RecordKey(char kind, Oid oid) {
  std::string key(1, kind);
  AppendBigEndian(key, oid);
  return key;
}

std::string SequenceRecordKey(StorageId storage) {
  std::string key(1, 'q');
  AppendBigEndian(key, storage.value);
  return key;
}

std::string EncodeSchema(const SchemaEntry& entry) { return Encode(entry); }
std::string EncodeRelation(const RelationEntry& entry) { return Encode(entry); }
std::string EncodeRole(const RoleEntry& entry) { return Encode(entry); }
std::string EncodeDatabase(const DatabaseEntry& entry) { return Encode(entry); }
std::string EncodeSequenceState(const Catalog::SequenceState& state) { return Encode(state); }

SchemaEntry DecodeSchema(std::string_view record) { return Decode<SchemaEntry>(record); }
RelationEntry DecodeRelation(std::string_view record) { return Decode<RelationEntry>(record); }
RoleEntry DecodeRole(std::string_view record) { return Decode<RoleEntry>(record); }
DatabaseEntry DecodeDatabase(std::string_view record) { return Decode<DatabaseEntry>(record); }
Catalog::SequenceState DecodeSequenceState(std::string_view record) { return Decode<Catalog::SequenceState>(record); }

}  // namespace gather::catalog

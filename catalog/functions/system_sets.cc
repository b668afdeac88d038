// Set-returning system functions: key words, storage options, array elements with their numbers.
#include "catalog/functions/system_kernel.h"
#include "catalog/keywords.h"
#include "types/array.h"

namespace gather::catalog {

namespace {

class KeywordSource final : public SetSource {
 public:
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    for (; rows < kVectorSize && next_ < Keywords().size(); rows++, next_++) {
      const Keyword& keyword = Keywords()[next_];
      SetText(out[0], rows, keyword.word);
      out[1].data<int8_t>()[rows] = static_cast<int8_t>(keyword.category);
      out[2].data<uint8_t>()[rows] = keyword.bare_label;
      SetText(out[3], rows, Category(keyword.category));
      SetText(out[4], rows, keyword.bare_label ? "can be bare label" : "requires AS");
    }
    return rows;
  }

 private:
  static const char* Category(char category) {
    switch (category) {
      case 'U': return "unreserved";
      case 'C': return "unreserved (cannot be function or type name)";
      case 'T': return "reserved (can be function or type name)";
      default: return "reserved";
    }
  }
  size_t next_ = 0;
};

// {a=1,b} as (a,1), (b,null).
class OptionSource final : public SetSource {
 public:
  explicit OptionSource(std::string array) : array_(std::move(array)), reader_(array_) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    ArrayReader::Element element;
    while (rows < kVectorSize && reader_.Next(&element)) {
      if (element.is_null) continue;
      const size_t equals = element.bytes.find('=');
      SetText(out[0], rows, element.bytes.substr(0, equals));
      if (equals == std::string_view::npos) SetNullText(out[1], rows); else SetText(out[1], rows, element.bytes.substr(equals + 1));
      rows++;
    }
    return rows;
  }

 private:
  const std::string array_;
  ArrayReader reader_;
};

// information_schema._pg_expandarray: the elements and their place, from 1.
class ExpandSource final : public SetSource {
 public:
  explicit ExpandSource(std::string array) : array_(std::move(array)), reader_(array_) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    ArrayReader::Element element;
    while (rows < kVectorSize && reader_.Next(&element)) {
      if (element.is_null) {
        out[0].SetNull(rows);
      } else {
        out[0].Set(rows, ArrayElementDatum(reader_.element_type(), element));
      }
      out[1].data<int32_t>()[rows] = ++number_;
      rows++;
    }
    return rows;
  }

 private:
  const std::string array_;
  ArrayReader reader_;
  int32_t number_ = 0;
};

class EmptySource final : public SetSource {
 public:
  uint32_t Next(FunctionContext&, std::span<Vector>) override { return 0; }
};

template <class Source>
std::unique_ptr<SetSource> OverArray(FunctionContext&, std::span<const Vector> arguments) {
  if (arguments[0].IsNull(0)) return std::make_unique<EmptySource>();
  return std::make_unique<Source>(TextAt(arguments[0], 0));
}

}  // namespace

void AddCatalogSetFunctions(FunctionTable& table) {
  using namespace type_oid;
  FunctionInfo keywords;
  keywords.oid = 1686, keywords.name = "pg_get_keywords", keywords.result = kRecord, keywords.volatility = Volatility::kStable;
  keywords.doc = "list of SQL keywords", keywords.returns_set = true;
  keywords.set_kernel = [](FunctionContext&, std::span<const Vector>) -> std::unique_ptr<SetSource> { return std::make_unique<KeywordSource>(); };
  keywords.argument_names = {"word", "catcode", "barelabel", "catdesc", "baredesc"};
  keywords.out_columns = {kText, kChar, kBool, kText, kText};
  table.functions.push_back(std::move(keywords));

  FunctionInfo options;
  options.oid = 2289, options.name = "pg_options_to_table", options.arguments = {kTextArray}, options.result = kRecord;
  options.volatility = Volatility::kStable, options.doc = "convert generic options array to name/value table", options.returns_set = true;
  options.set_kernel = OverArray<OptionSource>;
  options.argument_names = {"options_array", "option_name", "option_value"};
  options.out_columns = {kText, kText};
  table.functions.push_back(std::move(options));

  // Of a table that is no partition: none, and there are no partitions yet.
  FunctionInfo ancestors;
  ancestors.oid = 3425, ancestors.name = "pg_partition_ancestors", ancestors.arguments = {kRegclass}, ancestors.result = kRegclass;
  ancestors.volatility = Volatility::kImmutable, ancestors.doc = "view ancestors of the partition", ancestors.returns_set = true;
  ancestors.set_kernel = [](FunctionContext&, std::span<const Vector>) -> std::unique_ptr<SetSource> { return std::make_unique<EmptySource>(); };
  ancestors.argument_names = {"partitionid", "relid"};
  table.functions.push_back(std::move(ancestors));

  FunctionInfo expand;
  expand.name = "_pg_expandarray", expand.arguments = {kAnyarray}, expand.result = kRecord;
  expand.doc = "the elements of an array with their numbers", expand.returns_set = true, expand.set_kernel = OverArray<ExpandSource>;
  expand.argument_names = {"", "x", "n"};
  expand.out_columns = {kAnyelement, kInt4};
  expand.in_information_schema = true;
  table.functions.push_back(std::move(expand));
}

}  // namespace gather::catalog

// The eight tables of TPC-H at a scale factor, after the specification's clause 4.2.3: any range of rows of any table,
// as text.
//
// Rows depend on nothing but their table, number and the scale factor. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/tpch/generator/text_pool.h"

namespace gather::tpch {

// The lines between fields and at the end of a row.
struct Format {
  char separator = '|';
  bool trailing_separator = false;
};

class Generator {
 public:
  explicit Generator(double scale_factor);

  // Rows to ask for in ranges: for lineitem and partsupp the numbers of their parents, orders and part.
  int64_t Units(std::string_view table) const;
  // Appends the rows of units [first, last) to `out`.
  void Append(std::string_view table, int64_t first, int64_t last, Format format, std::string& out);

  static const std::vector<std::string_view>& Tables();

 private:
  class Row;
  struct Line;
  struct Order;

  void Region(int64_t index, Row row);
  void Nation(int64_t index, Row row);
  void Supplier(int64_t index, Row row);
  void Customer(int64_t index, Row row);
  void Part(int64_t index, Row row);
  void PartSupp(int64_t index, Row row);
  void Orders(int64_t index, Row row);
  void LineItem(int64_t index, Row row);

  Order MakeOrder(int64_t index) const;
  // The supplier number `nth` (0 to 3) of a part.
  int64_t SupplierOf(int64_t part, int nth) const;
  static int64_t RetailPrice(int64_t part);  // cents

  const double scale_factor_;
  const int64_t suppliers_, customers_, parts_, orders_, clerks_;
  TextPool text_;
};

}  // namespace gather::tpch

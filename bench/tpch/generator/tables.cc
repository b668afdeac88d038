#include "bench/tpch/generator/tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "bench/tpch/generator/words.h"

namespace gather::tpch {
namespace {

// One stream of random numbers per table. An order's lines and comments have their own, so that orders and lineitem
// agree without carrying what only one of them prints.
enum Stream : uint64_t {
  kRegionStream = 1,
  kNationStream,
  kSupplierStream,
  kComplaintStream,
  kCustomerStream,
  kPartStream,
  kPartSuppStream,
  kOrderStream,
  kOrderTextStream,
  kLineTextStream,
};

constexpr int kLinesPerOrder = 7;
constexpr int kSuppliersPerPart = 4;

constexpr int Day(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day))
      .time_since_epoch()
      .count();
}
constexpr int kStartDate = Day(1992, 1, 1);
constexpr int kCurrentDate = Day(1995, 6, 17);
constexpr int kEndDate = Day(1998, 12, 31);

std::string_view Pick(std::span<const std::string_view> list, Random& random) {
  return list[static_cast<size_t>(random.Uniform(0, static_cast<int64_t>(list.size()) - 1))];
}

int64_t Scaled(int64_t rows, double scale_factor) {
  return std::max<int64_t>(1, std::llround(static_cast<double>(rows) * scale_factor));
}

}  // namespace

// Appends the fields of one row. Small, copied.
class Generator::Row {
 public:
  Row(std::string& out, Format format) : out_(out), format_(format) {}

  Row& Text(std::string_view text) {
    Separate();
    out_ += text;
    return *this;
  }
  Row& Integer(int64_t value) {
    Separate();
    AppendInteger(value);
    return *this;
  }
  Row& Cents(int64_t value) {
    Separate();
    if (value < 0) out_ += '-';
    value = std::abs(value);
    AppendInteger(value / 100);
    out_ += '.';
    out_ += static_cast<char>('0' + value / 10 % 10);
    out_ += static_cast<char>('0' + value % 10);
    return *this;
  }
  Row& Date(int days) {
    Separate();
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    AppendInteger(static_cast<int>(date.year()));
    out_ += '-';
    AppendPadded(static_cast<unsigned>(date.month()), 2);
    out_ += '-';
    AppendPadded(static_cast<unsigned>(date.day()), 2);
    return *this;
  }
  Row& Numbered(std::string_view prefix, int64_t number, int digits) {
    Separate();
    out_ += prefix;
    AppendPadded(static_cast<uint64_t>(number), digits);
    return *this;
  }
  // 4.2.2.9: country code, then three random groups.
  Row& Phone(int64_t nation, Random& random) {
    Separate();
    AppendInteger(nation + 10);
    out_ += '-';
    AppendInteger(random.Uniform(100, 999));
    out_ += '-';
    AppendInteger(random.Uniform(100, 999));
    out_ += '-';
    AppendInteger(random.Uniform(1000, 9999));
    return *this;
  }
  // 4.2.2.7: a random v-string over 64 characters.
  Row& VString(Random& random, int low, int high) {
    static constexpr std::string_view kCharacters = "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ,";
    static_assert(kCharacters.size() == 64);
    Separate();
    const int64_t length = random.Uniform(low, high);
    uint64_t bits = 0;
    for (int64_t i = 0; i < length; ++i, bits >>= 6) {
      if (i % 10 == 0) bits = random.Next();
      out_ += kCharacters[bits & 63];
    }
    return *this;
  }
  void End() {
    if (format_.trailing_separator) out_ += format_.separator;
    out_ += '\n';
    first_ = true;
  }

 private:
  void Separate() {
    if (!first_) out_ += format_.separator;
    first_ = false;
  }
  void AppendInteger(int64_t value) {
    char buffer[24];
    out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  }
  void AppendPadded(uint64_t value, int digits) {
    char buffer[24];
    char* end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    for (auto width = end - buffer; width < digits; ++width) out_ += '0';
    out_.append(buffer, end);
  }

  std::string& out_;
  const Format format_;
  bool first_ = true;
};

struct Generator::Line {
  int64_t part, supplier, quantity, extended_price, discount, tax;
  int ship_date, commit_date, receipt_date;
  char return_flag, status;
  std::string_view instruction, mode;
};

struct Generator::Order {
  int64_t key, customer, clerk, total;
  int date;
  char status;
  std::string_view priority;
  int count;
  std::array<Line, kLinesPerOrder> lines;
};

Generator::Generator(double scale_factor)
    : scale_factor_(scale_factor),
      suppliers_(std::max<int64_t>(kSuppliersPerPart, Scaled(10000, scale_factor))),
      customers_(std::max<int64_t>(3, Scaled(150000, scale_factor))),
      parts_(Scaled(200000, scale_factor)),
      orders_(Scaled(1500000, scale_factor)),
      clerks_(std::max<int64_t>(1000, Scaled(1000, scale_factor))) {}

const std::vector<std::string_view>& Generator::Tables() {
  static const std::vector<std::string_view> tables = {"region", "nation",   "supplier", "customer",
                                                       "part",   "partsupp", "orders",   "lineitem"};
  return tables;
}

int64_t Generator::Units(std::string_view table) const {
  if (table == "region") return static_cast<int64_t>(kRegions.size());
  if (table == "nation") return static_cast<int64_t>(kNations.size());
  if (table == "supplier") return suppliers_;
  if (table == "customer") return customers_;
  if (table == "part" || table == "partsupp") return parts_;
  if (table == "orders" || table == "lineitem") return orders_;
  throw std::invalid_argument("TPC-H has no table \"" + std::string(table) + "\"");
}

void Generator::Append(std::string_view table, int64_t first, int64_t last, Format format, std::string& out) {
  void (Generator::*make)(int64_t, Row) = table == "region"     ? &Generator::Region
                                          : table == "nation"   ? &Generator::Nation
                                          : table == "supplier" ? &Generator::Supplier
                                          : table == "customer" ? &Generator::Customer
                                          : table == "part"     ? &Generator::Part
                                          : table == "partsupp" ? &Generator::PartSupp
                                          : table == "orders"   ? &Generator::Orders
                                                                : &Generator::LineItem;
  for (int64_t index = first; index < last; ++index) (this->*make)(index, Row(out, format));
}

void Generator::Region(int64_t index, Row row) {
  Random random(kRegionStream, static_cast<uint64_t>(index));
  row.Integer(index).Text(kRegions[static_cast<size_t>(index)]).Text(text_.Draw(random, 31, 115)).End();
}

void Generator::Nation(int64_t index, Row row) {
  Random random(kNationStream, static_cast<uint64_t>(index));
  const tpch::Nation& nation = kNations[static_cast<size_t>(index)];
  row.Integer(index).Text(nation.name).Integer(nation.region).Text(text_.Draw(random, 31, 114)).End();
}

void Generator::Supplier(int64_t index, Row row) {
  Random random(kSupplierStream, static_cast<uint64_t>(index));
  const int64_t key = index + 1;
  const int64_t nation = random.Uniform(0, 24);
  row.Integer(key).Numbered("Supplier#", key, 9).VString(random, 10, 40).Integer(nation).Phone(nation, random);
  row.Cents(random.Uniform(-99999, 999999));
  std::string comment(text_.Draw(random, 25, 100));

  // Of every 10,000 suppliers, five get complaints and five recommendations: a random one of each run of 2,000.
  constexpr int64_t kRun = 2000;
  Random choice(kComplaintStream, static_cast<uint64_t>(index / kRun));
  const int64_t complained = choice.Uniform(0, kRun - 1);
  const int64_t recommended = (complained + choice.Uniform(1, kRun - 1)) % kRun;
  if (index % kRun == complained || index % kRun == recommended) {
    constexpr std::string_view kFirst = "Customer";
    const std::string_view second = index % kRun == complained ? "Complaints" : "Recommends";
    const auto length = static_cast<int64_t>(comment.size());
    const auto slack = length - static_cast<int64_t>(kFirst.size() + second.size());
    const int64_t at = random.Uniform(0, slack);
    const int64_t between = random.Uniform(0, slack - at);
    comment.replace(static_cast<size_t>(at), kFirst.size(), kFirst);
    comment.replace(static_cast<size_t>(at + between) + kFirst.size(), second.size(), second);
  }
  row.Text(comment).End();
}

void Generator::Customer(int64_t index, Row row) {
  Random random(kCustomerStream, static_cast<uint64_t>(index));
  const int64_t key = index + 1;
  const int64_t nation = random.Uniform(0, 24);
  row.Integer(key).Numbered("Customer#", key, 9).VString(random, 10, 40).Integer(nation).Phone(nation, random);
  row.Cents(random.Uniform(-99999, 999999)).Text(Pick(kSegments, random)).Text(text_.Draw(random, 29, 116)).End();
}

int64_t Generator::RetailPrice(int64_t part) { return 90000 + part / 10 % 20001 + 100 * (part % 1000); }

void Generator::Part(int64_t index, Row row) {
  Random random(kPartStream, static_cast<uint64_t>(index));
  const int64_t key = index + 1;
  // Five different colors: the head of a partial shuffle.
  std::array<uint8_t, 128> order;
  for (size_t i = 0; i < kColors.size(); ++i) order[i] = static_cast<uint8_t>(i);
  std::string name;
  for (size_t i = 0; i < 5; ++i) {
    std::swap(order[i], order[static_cast<size_t>(random.Uniform(static_cast<int64_t>(i), std::ssize(kColors) - 1))]);
    name += (i == 0 ? "" : " ");
    name += kColors[order[i]];
  }
  const int64_t manufacturer = random.Uniform(1, 5);
  const int64_t brand = manufacturer * 10 + random.Uniform(1, 5);
  row.Integer(key).Text(name).Numbered("Manufacturer#", manufacturer, 1).Numbered("Brand#", brand, 2);
  std::string type(Pick(kTypeSizes, random));
  type.append(" ").append(Pick(kTypeFinishes, random));
  type.append(" ").append(Pick(kTypeMetals, random));
  row.Text(type).Integer(random.Uniform(1, 50));
  std::string container(Pick(kContainerSizes, random));
  container.append(" ").append(Pick(kContainerKinds, random));
  row.Text(container).Cents(RetailPrice(key)).Text(text_.Draw(random, 5, 22)).End();
}

int64_t Generator::SupplierOf(int64_t part, int nth) const {
  const int64_t step = suppliers_ / kSuppliersPerPart + (part - 1) / suppliers_;
  auto formula = [&](int i) { return (part + i * step) % suppliers_ + 1; };
  // The specification's formula gives four different suppliers from about 230 suppliers on; below, take the next free
  // one.
  constexpr int64_t kFormulaSuffices = 240;
  if (suppliers_ >= kFormulaSuffices) return formula(nth);
  std::array<int64_t, kSuppliersPerPart> taken{};
  for (int i = 0; i <= nth; ++i) {
    int64_t supplier = formula(i);
    while (std::find(taken.begin(), taken.begin() + i, supplier) != taken.begin() + i)
      supplier = supplier % suppliers_ + 1;
    taken[static_cast<size_t>(i)] = supplier;
  }
  return taken[static_cast<size_t>(nth)];
}

void Generator::PartSupp(int64_t index, Row row) {
  Random random(kPartSuppStream, static_cast<uint64_t>(index));
  for (int nth = 0; nth < kSuppliersPerPart; ++nth) {
    row.Integer(index + 1).Integer(SupplierOf(index + 1, nth)).Integer(random.Uniform(1, 9999));
    row.Cents(random.Uniform(100, 100000)).Text(text_.Draw(random, 49, 198)).End();
  }
}

Generator::Order Generator::MakeOrder(int64_t index) const {
  Random random(kOrderStream, static_cast<uint64_t>(index));
  Order order;
  // Of each 32 keys only the first 8 are used (4.2.3).
  order.key = (index / 8) * 32 + index % 8 + 1;
  do {
    order.customer = random.Uniform(1, customers_);
  } while (order.customer % 3 == 0);  // a third of the customers has no orders
  order.date = static_cast<int>(random.Uniform(kStartDate, kEndDate - 151));
  order.priority = Pick(kPriorities, random);
  order.clerk = random.Uniform(1, clerks_);
  order.count = static_cast<int>(random.Uniform(1, kLinesPerOrder));
  order.total = 0;
  int open = 0;
  for (int i = 0; i < order.count; ++i) {
    Line& line = order.lines[static_cast<size_t>(i)];
    line.part = random.Uniform(1, parts_);
    line.supplier = SupplierOf(line.part, static_cast<int>(random.Uniform(0, kSuppliersPerPart - 1)));
    line.quantity = random.Uniform(1, 50);
    line.extended_price = line.quantity * RetailPrice(line.part);
    line.discount = random.Uniform(0, 10);
    line.tax = random.Uniform(0, 8);
    line.ship_date = order.date + static_cast<int>(random.Uniform(1, 121));
    line.commit_date = order.date + static_cast<int>(random.Uniform(30, 90));
    line.receipt_date = line.ship_date + static_cast<int>(random.Uniform(1, 30));
    const bool returned = random.Uniform(0, 1) == 1;
    line.return_flag = line.receipt_date > kCurrentDate ? 'N' : returned ? 'R' : 'A';
    line.status = line.ship_date > kCurrentDate ? 'O' : 'F';
    line.instruction = Pick(kInstructions, random);
    line.mode = Pick(kModes, random);
    open += line.status == 'O';
    // Cents, each factor cut to two digits in turn.
    order.total += line.extended_price * (100 - line.discount) / 100 * (100 + line.tax) / 100;
  }
  order.status = open == 0 ? 'F' : open == order.count ? 'O' : 'P';
  return order;
}

void Generator::Orders(int64_t index, Row row) {
  const Order order = MakeOrder(index);
  Random random(kOrderTextStream, static_cast<uint64_t>(index));
  row.Integer(order.key).Integer(order.customer).Text({&order.status, 1}).Cents(order.total).Date(order.date);
  row.Text(order.priority).Numbered("Clerk#", order.clerk, 9).Integer(0).Text(text_.Draw(random, 19, 78)).End();
}

void Generator::LineItem(int64_t index, Row row) {
  const Order order = MakeOrder(index);
  Random random(kLineTextStream, static_cast<uint64_t>(index));
  for (int i = 0; i < order.count; ++i) {
    const Line& line = order.lines[static_cast<size_t>(i)];
    row.Integer(order.key).Integer(line.part).Integer(line.supplier).Integer(i + 1).Integer(line.quantity);
    row.Cents(line.extended_price).Cents(line.discount).Cents(line.tax);
    row.Text({&line.return_flag, 1}).Text({&line.status, 1});
    row.Date(line.ship_date).Date(line.commit_date).Date(line.receipt_date);
    row.Text(line.instruction).Text(line.mode).Text(text_.Draw(random, 10, 43)).End();
  }
}

}  // namespace gather::tpch

// Calls registry functions as the executor does, on texts: for unit tests of catalog/functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/type.h"
#include "types/vector.h"

namespace gather::catalog {

class FunctionRegistry;

struct Argument {
  SqlType type;
  std::vector<const char*> rows;      // null pointer: SQL null
};

const FunctionRegistry& Registry();
// How the arguments are handed over; the answer must not depend on it.
enum class Shape { kFlat, kDictionary };
// "a|b|NULL": the result's rows as text; "ERROR 22012 division by zero" when it raises. One-row arguments are constants if others have more.
std::string Call(std::string_view name, const std::vector<Argument>& arguments, Shape shape = Shape::kFlat, SqlType result_type = {});
// All shapes agree; that text.
std::string CallAllShapes(std::string_view name, const std::vector<Argument>& arguments);
// An aggregate over the rows in one group, in chunks of one to all rows, through partial states: all ways must agree.
std::string Aggregate(std::string_view name, const std::vector<Argument>& arguments);
// Reads texts into a vector as storage would leave it: numeric(p,s) scaled.
Vector ParseVector(SqlType type, const std::vector<const char*>& rows);
std::string ShowVector(const Vector& vector, uint32_t rows);

}  // namespace gather::catalog

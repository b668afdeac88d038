// The math library over float8, with PostgreSQL's domain checks and its exact results in degrees. Kernels for float.cc's rows.
#pragma once

#include <span>

#include "catalog/function.h"

namespace gather::catalog {

void Float8Acos(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Acosd(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Acosh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Asin(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Asind(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Asinh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Atan(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Atan2(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Atan2d(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Atand(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Atanh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cbrt(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Ceil(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cos(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cosd(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cosh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cot(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Cotd(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Degrees(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Exp(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Floor(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Ln(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Log10(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Pi(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Power(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Radians(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Random(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Round(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8SetSeed(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Sign(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Sin(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Sind(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Sinh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Sqrt(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Tan(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Tand(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Tanh(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8Trunc(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);
void Float8WidthBucket(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result);

}  // namespace gather::catalog

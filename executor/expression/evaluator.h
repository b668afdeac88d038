// Evaluator: a bound expression compiled for one participant of one execution. A tree of nodes, each with its own scratch vectors.
//
// Not thread-safe: every participant compiles its own. Evaluates vector by vector; rows that a statement must not evaluate (the other branch of a
// CASE, the rest of an AND that is already false) are never shown to a node: they are left out by the selection of its input.
// What does not depend on the input is computed once, when it is first needed (an error in it then surfaces only if it is reached).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "executor/pipeline.h"
#include "sql/expression.h"
#include "types/chunk.h"

namespace gather::executor {

// Rows to evaluate: rows [0, rows) of `chunk`, or, with a selection, rows selection[0 … rows).
// `outer` and `case_test` are aligned with the chunk's rows: the selection applies to them too.
struct EvaluationInput {
  const Chunk* chunk = nullptr;
  const Chunk* outer = nullptr;
  const Vector* case_test = nullptr;
  const Selection* selection = nullptr;
  uint32_t rows = 0;
  uint64_t epoch = 0;                   // not 0: the number of the chunk, for results shared between expressions

  RowIndex row(uint32_t i) const { return selection != nullptr ? (*selection)[i] : i; }
  EvaluationInput Narrowed(const Selection& to) const {
    EvaluationInput narrowed = *this;
    narrowed.selection = &to;
    narrowed.rows = to.size();
    narrowed.epoch = 0;
    return narrowed;
  }
};

class Evaluator {
 public:
  explicit Evaluator(SqlType type);
  virtual ~Evaluator() = default;
  Evaluator(const Evaluator&) = delete;

  // One value per input row; `out` is overwritten (any kind, perhaps sharing the input's buffers). rows > 0.
  virtual void Evaluate(const EvaluationInput& input, Vector& out) = 0;
  // For conditions: the chunk's row numbers (not positions in the selection) where it is true, ascending.
  virtual void Select(const EvaluationInput& input, Selection& out);
  // Does not depend on the input rows.
  virtual bool constant() const { return false; }
  // Hands the input's own vectors through.
  virtual bool borrows() const { return false; }

  SqlType type() const { return type_; }
  PhysicalType physical() const { return physical_; }

 protected:
  const SqlType type_;
  const PhysicalType physical_;
  Vector condition_;                     // scratch of Select
};
using EvaluatorPtr = std::unique_ptr<Evaluator>;

EvaluatorPtr Compile(const sql::ExprRef& expr, Participant& participant);

// Flat, owned, all valid, with room for `rows`.
inline void PrepareResult(Vector& out, SqlType type, PhysicalType physical, uint32_t rows) {
  if (out.capacity() < rows || out.capacity() == 0) {
    out.Reset(type, rows <= 64 ? 64 : rows <= kVectorSize ? kVectorSize : rows);
    if (out.physical() != physical) out.Reset(physical);
  } else {
    out.set_type(type);
    out.Reset(physical);
  }
}

// Several expressions over the same rows. A subexpression that occurs more than once is evaluated once per chunk.
class ExpressionList {
 public:
  ExpressionList() = default;
  ExpressionList(const std::vector<sql::ExprRef>& expressions, Participant& participant);
  size_t size() const { return list_.size(); }
  // Value of expression `which`. Call NextChunk before the first of a new chunk.
  void NextChunk() { ++epoch_; }
  void Evaluate(size_t which, const Chunk& chunk, Vector& out);
  void Evaluate(size_t which, const EvaluationInput& input, Vector& out);
  // All values of a new chunk, as the vectors of `out`.
  void EvaluateAll(const Chunk& chunk, Chunk& out);
  Evaluator& operator[](size_t which) { return *list_[which]; }

 private:
  std::vector<EvaluatorPtr> list_;
  uint64_t epoch_ = 0;
};

// A condition over chunks.
class Filter {
 public:
  Filter(const sql::ExprRef& condition, Participant& participant) : evaluator_(Compile(condition, participant)) {}
  // Rows of `chunk` that satisfy it; true when all do (`selected` is then not filled).
  bool Select(const Chunk& chunk, Selection& selected, const Chunk* outer = nullptr);

 private:
  EvaluatorPtr evaluator_;
};

}  // namespace gather::executor

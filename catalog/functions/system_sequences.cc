// nextval, currval, lastval, setval and what else asks sequences.
#include "catalog/functions/system_kernel.h"

namespace gather::catalog {

namespace {

RelationRef SequenceOf(SessionServices& session, Oid oid) {
  RelationRef relation = session.catalog_view()->FindRelation(oid);
  if (relation == nullptr) throw SqlError(sqlstate::kUndefinedTable, Format("relation with OID %u does not exist", oid));
  if (relation->kind != RelationKind::kSequence) {
    throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a sequence", relation->name.c_str()));
  }
  return relation;
}

void RefuseReadOnly(SessionServices& session, const RelationEntry& sequence, const char* function) {
  if (!sequence.temporary && session.settings().GetBool("transaction_read_only")) {
    throw SqlError(sqlstate::kReadOnlySqlTransaction, Format("cannot execute %s() in a read-only transaction", function));
  }
}

GATHER_SYSTEM_KERNEL(NextValue) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef sequence = SequenceOf(session, At<Oid>(arguments[0], row));
    RefuseReadOnly(session, *sequence, "nextval");
    const int64_t value = session.catalog().NextValue(*sequence);
    session.RecordSequenceValue(sequence->oid, value);
    result.data<int64_t>()[row] = value;
  });
}

GATHER_SYSTEM_KERNEL(CurrentValue) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    result.data<int64_t>()[row] = session.CurrentSequenceValue(SequenceOf(session, At<Oid>(arguments[0], row))->oid);
  });
}

GATHER_SYSTEM_KERNEL(LastValue) {
  SessionServices& session = SessionOf(context);
  for (uint32_t row = 0; row < rows; row++) result.data<int64_t>()[row] = session.LastSequenceValue();
}

GATHER_SYSTEM_KERNEL(SetValue) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef sequence = SequenceOf(session, At<Oid>(arguments[0], row));
    RefuseReadOnly(session, *sequence, "setval");
    const int64_t value = At<int64_t>(arguments[1], row);
    const bool is_called = arguments.size() < 3 || BoolAt(arguments[2], row);
    session.catalog().SetValue(*sequence, value, is_called);
    if (is_called) session.RecordSequenceValue(sequence->oid, value);
    result.data<int64_t>()[row] = value;
  });
}

GATHER_SYSTEM_KERNEL(SequenceLastValue) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const Catalog::SequenceState state = session.catalog().ReadSequence(*SequenceOf(session, At<Oid>(arguments[0], row)));
    if (state.is_called) result.data<int64_t>()[row] = state.last_value; else result.SetNull(row);
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1574, "nextval", {kRegclass}, kInt8, NextValue, "sequence next value", true, Volatility::kVolatile,
     ParallelSafety::kUnsafe},
    {1575, "currval", {kRegclass}, kInt8, CurrentValue, "sequence current value", true, Volatility::kVolatile,
     ParallelSafety::kUnsafe},
    {2559, "lastval", {}, kInt8, LastValue, "current value from last used sequence", true, Volatility::kVolatile,
     ParallelSafety::kUnsafe},
    {1576, "setval", {kRegclass, kInt8}, kInt8, SetValue, "set sequence value", true, Volatility::kVolatile,
     ParallelSafety::kUnsafe},
    {1765, "setval", {kRegclass, kInt8, kBool}, kInt8, SetValue, "set sequence value and is_called status", true,
     Volatility::kVolatile, ParallelSafety::kUnsafe},
    {4032, "pg_sequence_last_value", {kRegclass}, kInt8, SequenceLastValue, "sequence last value", true,
     Volatility::kVolatile, ParallelSafety::kUnsafe},
    // clang-format on
};

}  // namespace

void AddSequenceFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog

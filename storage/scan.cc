#include "storage/scan.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "storage/append_rows.h"
#include "storage/table_state.h"
#include "types/error.h"

namespace gather::storage {

struct TableScan::State {
  std::shared_ptr<TableStore> table;
  Snapshot snapshot;
  std::vector<ScanColumn> columns;
  std::shared_ptr<const GroupList> groups;
  std::vector<uint64_t> first_vector;                    // of each group; last entry: their number

  // Filters are only ever added. Cursors compare the count and copy under the latch.
  std::atomic<uint32_t> filter_count{0};
  mutable std::mutex latch;
  std::vector<ZoneFilter> filters;
};

TableScan::TableScan(std::shared_ptr<TableStore> table, const Snapshot& snapshot, std::vector<ScanColumn> columns, std::vector<ZoneFilter> filters)
    : state_(std::make_unique<State>()) {
  if (snapshot.serializable != nullptr) table->state().storage.transactions().conflicts().ReadTable(snapshot.serializable, table->id());
  state_->groups = table->state().Groups();
  state_->table = std::move(table);
  state_->snapshot = snapshot;
  state_->columns = std::move(columns);
  state_->filters = std::move(filters);
  state_->filter_count = static_cast<uint32_t>(state_->filters.size());
  uint64_t vectors = 0;
  state_->first_vector.reserve(state_->groups->groups.size() + 1);
  for (const auto& group : state_->groups->groups) {
    state_->first_vector.push_back(vectors);
    vectors += (group->rows() + kVectorSize - 1) / kVectorSize;
  }
  state_->first_vector.push_back(vectors);
}

TableScan::~TableScan() = default;
uint64_t TableScan::vectors() const { return state_->first_vector.back(); }
const std::vector<ScanColumn>& TableScan::columns() const { return state_->columns; }

void TableScan::AddFilter(ZoneFilter filter) {
  std::lock_guard lock(state_->latch);
  state_->filters.push_back(std::move(filter));
  state_->filter_count.store(static_cast<uint32_t>(state_->filters.size()), std::memory_order_release);
}

namespace {

// Positions of the scan's columns among those a row group holds; -1: it does not hold it.
void FindColumns(std::span<const ScanColumn> wanted, const std::vector<StoredColumn>& held, std::vector<int>* positions) {
  positions->assign(wanted.size(), -1);
  for (size_t c = 0; c < wanted.size(); ++c) {
    for (size_t i = 0; i < held.size(); ++i) {
      if (held[i].id == wanted[c].id) (*positions)[c] = static_cast<int>(i);
    }
  }
}

Vector MissingColumn(const ScanColumn& column) {
  return column.missing.is_null ? Vector::ConstantNull(column.type) : Vector::Constant(column.missing);
}

}  // namespace

std::optional<IntegerRange> TableScan::RangeOf(uint32_t column) const {
  constexpr uint32_t kMostVectors = 256;                 // of rows to look at: some 0.2 ms
  const ScanColumn& wanted = state_->columns[column];
  if (ZoneKindOf(wanted.type, GetType(wanted.type.oid).physical) != ZoneKind::kInteger) return std::nullopt;
  Zone all;
  uint32_t looked_at = 0;
  std::vector<int> positions;
  Vector values;
  for (const auto& group : state_->groups->groups) {
    const RowGroup::Pinned pinned = group->Pin();
    FindColumns({&wanted, 1}, pinned.columns(), &positions);
    if (positions[0] < 0) {
      all.Add(MissingColumn(wanted), 1);
    } else if (pinned.frozen != nullptr) {
      all.Merge(pinned.frozen->zone(static_cast<uint32_t>(positions[0])));
    } else {
      for (uint32_t vector = 0; vector * kVectorSize < pinned.rows; ++vector) {
        if (++looked_at > kMostVectors) return std::nullopt;
        const uint32_t rows = std::min(kVectorSize, pinned.rows - vector * kVectorSize);
        pinned.fresh->Read(static_cast<uint32_t>(positions[0]), vector, rows, values);
        all.Add(values, rows);
      }
    }
  }
  if (all.kind == ZoneKind::kNone) return IntegerRange{};
  return IntegerRange{static_cast<int64_t>(all.low_integer()), static_cast<int64_t>(all.high_integer())};
}

struct ScanCursor::State {
  explicit State(const TableScan& of) : scan(of.state()) {}

  const TableScan::State& scan;
  std::vector<ZoneFilter> filters;                       // those the scan had when we last looked

  // The group at hand.
  size_t group = ~size_t{0};
  std::shared_ptr<RowGroup> owner;
  RowGroup::Pinned pinned;
  std::vector<int> positions;
  std::vector<std::shared_ptr<const Segment>> segments;  // of the scan's columns, once read
  bool group_excluded = false;

  // The vector at hand.
  uint32_t vector = 0;
  uint32_t rows = 0;                                     // slots
  uint32_t visible_rows = 0;
  bool all_visible = true;
  Selection visible;                                     // unless all are
  uint64_t pruned = 0;

  void EnterGroup(size_t number);
  void LookForFilters();
  void CheckGroup();
  bool VectorExcluded();
  const Segment& SegmentOf(uint32_t column) {
    if (segments[column] == nullptr) segments[column] = pinned.frozen->Load(static_cast<uint32_t>(positions[column]));
    return *segments[column];
  }
};

void ScanCursor::State::EnterGroup(size_t number) {
  group = number;
  owner = scan.groups->groups[number];
  pinned = owner->Pin();
  FindColumns(scan.columns, pinned.columns(), &positions);
  segments.assign(scan.columns.size(), nullptr);
  CheckGroup();
}

void ScanCursor::State::LookForFilters() {
  if (filters.size() == scan.filter_count.load(std::memory_order_acquire)) return;
  {
    std::lock_guard lock(scan.latch);
    filters = scan.filters;
  }
  if (owner != nullptr) CheckGroup();
}

void ScanCursor::State::CheckGroup() {
  group_excluded = false;
  if (pinned.frozen == nullptr) return;
  for (const ZoneFilter& filter : filters) {
    const int position = positions[filter.column];
    if (position < 0) continue;
    if (pinned.frozen->zone(static_cast<uint32_t>(position)).Excludes(scan.columns[filter.column].type, filter)) {
      group_excluded = true;
      return;
    }
  }
}

bool ScanCursor::State::VectorExcluded() {
  if (group_excluded) return true;
  if (pinned.frozen == nullptr) return false;
  for (const ZoneFilter& filter : filters) {
    if (positions[filter.column] < 0) continue;
    if (SegmentOf(filter.column).zone(vector).Excludes(scan.columns[filter.column].type, filter)) return true;
  }
  return false;
}

ScanCursor::ScanCursor(const TableScan& scan) : state_(std::make_unique<State>(scan)) {}
ScanCursor::~ScanCursor() = default;
ScanCursor::ScanCursor(ScanCursor&&) noexcept = default;

uint32_t ScanCursor::Open(uint64_t number) {
  State& state = *state_;
  const std::vector<uint64_t>& first = state.scan.first_vector;
  if (number >= first.back()) ThrowInternal("scan past the end of the table");
  state.LookForFilters();
  if (state.group == ~size_t{0} || number < first[state.group] || number >= first[state.group + 1]) {
    state.EnterGroup(static_cast<size_t>(std::upper_bound(first.begin(), first.end(), number) - first.begin() - 1));
  }
  state.vector = static_cast<uint32_t>(number - first[state.group]);
  state.rows = std::min(kVectorSize, state.pinned.rows - state.vector * kVectorSize);
  // Rows first: what nobody may see is not even read from disk (a bulk insert's segments may not be there yet).
  state.all_visible = state.pinned.versions->AllVisible(state.vector, state.scan.snapshot);
  if (state.all_visible) {
    state.visible_rows = state.rows;
  } else {
    state.visible.Renew();
    state.visible_rows = state.pinned.versions->Visible(state.vector, state.rows, state.scan.snapshot, state.visible.data());
    state.visible.set_size(state.visible_rows);
    state.all_visible = state.visible_rows == state.rows;
  }
  if (state.visible_rows != 0 && !state.filters.empty() && state.VectorExcluded()) {
    state.visible_rows = 0;
    ++state.pruned;
  }
  return state.visible_rows;
}

void ScanCursor::Read(uint32_t column, Vector& out) {
  State& state = *state_;
  const ScanColumn& wanted = state.scan.columns[column];
  if (state.positions[column] < 0) {
    out = MissingColumn(wanted);
  } else if (state.pinned.frozen != nullptr) {
    const Segment& segment = state.SegmentOf(column);
    if (state.all_visible) segment.Read(state.vector, out);
    else segment.Read(state.vector, state.visible.data(), state.visible_rows, out);
  } else {
    state.pinned.fresh->Read(static_cast<uint32_t>(state.positions[column]), state.vector, state.rows, out);
    if (!state.all_visible) out.Slice(state.visible, state.visible_rows);
  }
  out.set_type(wanted.type);
}

void ScanCursor::Read(uint32_t column, const Selection& rows, Vector& out) {
  State& state = *state_;
  if (rows.size() == state.visible_rows) {
    Read(column, out);
    return;
  }
  const ScanColumn& wanted = state.scan.columns[column];
  if (state.positions[column] < 0) {
    out = MissingColumn(wanted);
  } else if (state.pinned.frozen != nullptr) {
    RowIndex picked[kVectorSize];
    const RowIndex* slots = rows.data();
    if (!state.all_visible) {
      for (uint32_t i = 0; i < rows.size(); ++i) picked[i] = state.visible[rows[i]];
      slots = picked;
    }
    state.SegmentOf(column).Read(state.vector, slots, rows.size(), out);
  } else {
    state.pinned.fresh->Read(static_cast<uint32_t>(state.positions[column]), state.vector, state.rows, out);
    if (!state.all_visible) out.Slice(state.visible, state.visible_rows);
    out.Slice(rows, rows.size());
  }
  out.set_type(wanted.type);
}

void ScanCursor::ReadRowIds(Vector& out) {
  State& state = *state_;
  out = Vector(type_oid::kTid);
  auto* ids = out.data<RowId>();
  const uint64_t group = state.owner->number();
  for (uint32_t i = 0; i < state.visible_rows; ++i) {
    ids[i] = RowId(group, state.vector * kVectorSize + (state.all_visible ? i : state.visible[i]));
  }
}

uint64_t ScanCursor::vectors_pruned() const { return state_->pruned; }

// ---- Fetch

uint32_t TableStore::Fetch(const Snapshot& snapshot, std::span<const RowId> ids, std::span<const ScanColumn> columns, Chunk& out,
                           Selection& found) const {
  found.Renew();
  if (out.columns() != columns.size()) {
    out.Clear();
    for (const ScanColumn& column : columns) out.Add(Vector(column.type, kVectorSize));
  }
  uint32_t rows = 0;
  std::vector<int> positions;
  Vector part;
  RowIndex picked[kVectorSize];
  for (size_t i = 0; i < ids.size();) {
    // A run of ids in one vector.
    const uint64_t run = ids[i].value / kVectorSize;
    const size_t begin = i;
    while (i < ids.size() && i - begin < kVectorSize && ids[i].value / kVectorSize == run) ++i;
    const std::shared_ptr<RowGroup> group = state_->Find(ids[begin]);
    if (group == nullptr) continue;
    const RowGroup::Pinned pinned = group->Pin();
    uint32_t count = 0;
    for (size_t k = begin; k < i; ++k) {
      const uint32_t slot = ids[k].slot();
      if (slot >= pinned.rows || !pinned.versions->IsVisible(slot, snapshot)) continue;
      picked[count++] = slot % kVectorSize;
      found.Add(static_cast<RowIndex>(k));
    }
    if (count == 0) continue;
    const uint32_t vector = ids[begin].slot() / kVectorSize;
    FindColumns(columns, pinned.columns(), &positions);
    const bool only = begin == 0 && i == ids.size();     // the usual point lookup: no copy needed
    for (size_t c = 0; c < columns.size(); ++c) {
      Vector& target = only ? out[c] : part;
      if (positions[c] < 0) {
        target = MissingColumn(columns[c]);
      } else if (pinned.frozen != nullptr) {
        pinned.frozen->Load(static_cast<uint32_t>(positions[c]))->Read(vector, picked, count, target);
      } else {
        pinned.fresh->Read(static_cast<uint32_t>(positions[c]), vector, std::min(kVectorSize, pinned.rows - vector * kVectorSize), target);
        Selection selection(count);
        std::copy(picked, picked + count, selection.data());
        selection.set_size(count);
        target.Slice(selection, count);
      }
      target.set_type(columns[c].type);
      if (only) continue;
      if (rows == 0) out[c].Reset(columns[c].type, std::max<uint32_t>(static_cast<uint32_t>(ids.size()), kVectorSize));
      AppendRows(part, count, out[c], rows);
    }
    rows += count;
  }
  out.set_rows(rows);
  state_->MarkRead(snapshot, ids, found);
  return rows;
}

uint32_t TableStore::FindVisible(const Snapshot& snapshot, std::span<const RowId> ids, Selection& found) const {
  found.Renew();
  uint32_t looked_at = 0;
  std::shared_ptr<RowGroup> group;
  RowGroup::Pinned pinned;
  uint64_t group_number = ~uint64_t{0}, vector_number = ~uint64_t{0};
  bool all = false;
  for (uint32_t i = 0; i < ids.size(); ++i) {
    if (ids[i].group() != group_number) {
      group_number = ids[i].group();
      group = state_->Find(ids[i]);
      if (group != nullptr) pinned = group->Pin();
    }
    if (group == nullptr) continue;
    const uint32_t slot = ids[i].slot();
    if (ids[i].value / kVectorSize != vector_number) {
      vector_number = ids[i].value / kVectorSize;
      all = pinned.versions->AllVisible(slot / kVectorSize, snapshot);
    }
    if (slot >= pinned.rows) continue;
    looked_at += all ? 0 : 1;
    if (all || pinned.versions->IsVisible(slot, snapshot)) found.Add(i);
  }
  state_->MarkRead(snapshot, ids, found);
  return looked_at;
}

}  // namespace gather::storage

#include "storage/scan.h"

#include <algorithm>
#include <atomic>
#include <mutex>

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

struct ScanCursor::State {
  explicit State(const TableScan& of) : scan(of.state()), positions(scan.columns.size(), -1) {}

  const TableScan::State& scan;

  // The group at hand.
  size_t group = ~size_t{0};
  std::shared_ptr<RowGroup> owner;
  RowGroup::Pinned pinned;
  std::vector<int> positions;                            // of the scan's columns within the group; -1: it does not hold it

  // The vector at hand.
  uint32_t vector = 0;
  uint32_t rows = 0;                                     // slots
  uint32_t visible_rows = 0;
  bool all_visible = true;
  Selection visible;                                     // unless all are
  uint64_t pruned = 0;

  void EnterGroup(size_t number);
  void ReadColumn(uint32_t column, Vector& out);
};

void ScanCursor::State::EnterGroup(size_t number) {
  group = number;
  owner = scan.groups->groups[number];
  pinned = owner->Pin();
  const std::vector<StoredColumn>& held = pinned.columns();
  for (size_t c = 0; c < scan.columns.size(); ++c) {
    positions[c] = -1;
    for (size_t i = 0; i < held.size(); ++i) {
      if (held[i].id == scan.columns[c].id) positions[c] = static_cast<int>(i);
    }
  }
}

ScanCursor::ScanCursor(const TableScan& scan) : state_(std::make_unique<State>(scan)) {}
ScanCursor::~ScanCursor() = default;
ScanCursor::ScanCursor(ScanCursor&&) noexcept = default;

uint32_t ScanCursor::Open(uint64_t number) {
  State& state = *state_;
  const std::vector<uint64_t>& first = state.scan.first_vector;
  if (number >= first.back()) ThrowInternal("scan past the end of the table");
  if (state.group == ~size_t{0} || number < first[state.group] || number >= first[state.group + 1]) {
    state.EnterGroup(static_cast<size_t>(std::upper_bound(first.begin(), first.end(), number) - first.begin() - 1));
  }
  state.vector = static_cast<uint32_t>(number - first[state.group]);
  state.rows = std::min(kVectorSize, state.pinned.rows - state.vector * kVectorSize);
  state.all_visible = state.pinned.versions->AllVisible(state.vector, state.scan.snapshot);
  if (state.all_visible) {
    state.visible_rows = state.rows;
  } else {
    state.visible.Renew();
    state.visible_rows = state.pinned.versions->Visible(state.vector, state.rows, state.scan.snapshot, state.visible.data());
    state.visible.set_size(state.visible_rows);
    state.all_visible = state.visible_rows == state.rows;
  }
  return state.visible_rows;
}

// All slots of the vector, visible or not.
void ScanCursor::State::ReadColumn(uint32_t column, Vector& out) {
  const ScanColumn& wanted = scan.columns[column];
  if (positions[column] < 0) {
    out = wanted.missing.is_null ? Vector::ConstantNull(wanted.type) : Vector::Constant(wanted.missing);
  } else {
    pinned.fresh->Read(static_cast<uint32_t>(positions[column]), vector, rows, out);
  }
  out.set_type(wanted.type);
}

void ScanCursor::Read(uint32_t column, Vector& out) {
  state_->ReadColumn(column, out);
  if (!state_->all_visible) out.Slice(state_->visible, state_->visible_rows);
}

void ScanCursor::Read(uint32_t column, const Selection& rows, Vector& out) {
  state_->ReadColumn(column, out);
  if (!state_->all_visible) out.Slice(state_->visible, state_->visible_rows);
  out.Slice(rows, rows.size());
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

namespace {

// Appends row `row` of `from` as row `at` of `to` (flat, owned).
void AppendRow(const Vector& from, uint32_t row, Vector& to, uint32_t at) {
  if (from.physical() != to.physical() && at == 0) to.Reset(from.physical());
  if (at == 0) to.set_shape(from.shape());
  if (from.type().oid == type_oid::kNumeric && (from.physical() != to.physical() || from.shape().scale != to.shape().scale)) {
    if (to.physical() != PhysicalType::kString) {
      Vector packed(to.type(), to.capacity());
      for (uint32_t i = 0; i < at; ++i) packed.Set(i, to.Get(i));
      to = std::move(packed);
    }
    to.Set(at, from.Get(row));
    return;
  }
  to.Append(from, row, 1, at);
}

}  // namespace

uint32_t TableStore::Fetch(const Snapshot& snapshot, std::span<const RowId> ids, std::span<const ScanColumn> columns, Chunk& out,
                           Selection& found) const {
  found.Renew();
  if (out.columns() != columns.size()) {
    out.Clear();
    for (const ScanColumn& column : columns) out.Add(Vector(column.type, kVectorSize));
  }
  for (size_t c = 0; c < columns.size(); ++c) out[c].Reset(columns[c].type, std::max<uint32_t>(static_cast<uint32_t>(ids.size()), 1));
  uint32_t rows = 0;
  std::shared_ptr<RowGroup> group;
  RowGroup::Pinned pinned;
  std::vector<Vector> sources(columns.size());
  uint64_t loaded = ~uint64_t{0};                        // vector that `sources` holds
  for (uint32_t i = 0; i < ids.size(); ++i) {
    const RowId id = ids[i];
    if (group == nullptr || group->number() != id.group()) {
      group = state_->Find(id);
      if (group == nullptr) continue;
      pinned = group->Pin();
      loaded = ~uint64_t{0};
    }
    if (id.slot() >= pinned.rows || !pinned.versions->IsVisible(id.slot(), snapshot)) continue;
    const uint32_t vector = id.slot() / kVectorSize;
    for (size_t c = 0; c < columns.size(); ++c) {
      if (loaded != vector) {
        int position = -1;
        const std::vector<StoredColumn>& held = pinned.columns();
        for (size_t k = 0; k < held.size(); ++k) {
          if (held[k].id == columns[c].id) position = static_cast<int>(k);
        }
        if (position < 0) {
          sources[c] = columns[c].missing.is_null ? Vector::ConstantNull(columns[c].type) : Vector::Constant(columns[c].missing);
        } else {
          pinned.fresh->Read(static_cast<uint32_t>(position), vector, std::min(kVectorSize, pinned.rows - vector * kVectorSize), sources[c]);
        }
        sources[c].set_type(columns[c].type);
      }
      AppendRow(sources[c], id.slot() % kVectorSize, out[c], rows);
    }
    loaded = vector;
    found.Add(i);
    ++rows;
  }
  out.set_rows(rows);
  return rows;
}

}  // namespace gather::storage

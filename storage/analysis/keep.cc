// What a table keeps of its analyses: ANALYZE's, on disk, and one that a planner made for want of a fresh one, in memory.
#include <algorithm>
#include <cmath>

#include "storage/analysis/analysis.h"
#include "storage/keys.h"
#include "storage/table_state.h"
#include "types/error.h"

namespace gather::storage {

namespace {
// A share of the rows: with that many changed, an analysis is too old to plan by.
constexpr double kOutdated = 0.1;
}  // namespace

const DatedAnalysis& TableStore::State::Analysed() const {
  if (analysis_loaded) return analysed;
  analysis_loaded = true;
  std::string record;
  if (!storage.kv().Get(Family::kTables, AnalysisKey(id), &record)) return analysed;
  analysed.analysis = DecodeAnalysis(record);
  if (analysed.analysis == nullptr) return analysed;
  // The counters began at zero with the server: what has changed before shows in the number of rows at least.
  analysed.live = analysed.analysis->rows;
  const double difference = std::abs(static_cast<double>(counters->live.load(std::memory_order_relaxed)) - analysed.live);
  if (difference > 0) counters->changed.fetch_add(static_cast<uint64_t>(difference), std::memory_order_relaxed);
  return analysed;
}

DatedAnalysis TableStore::State::Date(AnalysisRef analysis) const {
  return {std::move(analysis), counters->changed.load(std::memory_order_relaxed), counters->appended.load(std::memory_order_relaxed),
          static_cast<double>(counters->live.load(std::memory_order_relaxed))};
}

bool TableStore::State::IsOutdated(const DatedAnalysis& dated, std::span<const ScanColumn> columns) const {
  if (dated.analysis == nullptr) return true;
  for (const ScanColumn& column : columns) {
    if (dated.analysis->Position(column.id, column.type) < 0) return true;
  }
  const DatedAnalysis now = Date(nullptr);
  const double most = kOutdated * std::max(dated.live, now.live);
  return std::abs(now.live - dated.live) > most || static_cast<double>(now.changed - dated.changed) > most ||
         static_cast<double>(now.appended - dated.appended) > most;
}

void TableStore::State::SaveAnalysis() {
  AnalysisRef analysis;
  {
    std::lock_guard lock(analysis_latch);
    if (!analysis_unsaved || !committed.load() || dropped.load()) return;
    analysis_unsaved = false;
    analysis = analysed.analysis;
  }
  storage.kv().Put(Family::kTables, AnalysisKey(id), EncodeAnalysis(*analysis), false);
}

AnalysisRef KeptAnalysis(const TableStore& table) {
  std::lock_guard lock(table.state().analysis_latch);
  return table.state().Analysed().analysis;
}

AnalysisRef CurrentAnalysis(const std::shared_ptr<TableStore>& table, const Snapshot& snapshot, std::span<const ScanColumn> columns) {
  TableStore::State& state = table->state();
  AnalysisRef outdated;
  const auto find = [&]() -> AnalysisRef {
    std::lock_guard lock(state.analysis_latch);
    for (const DatedAnalysis* dated : {&state.Analysed(), static_cast<const DatedAnalysis*>(&state.looked)}) {
      if (!state.IsOutdated(*dated, columns)) return dated->analysis;
      if (dated->analysis != nullptr) outdated = dated->analysis;
    }
    return nullptr;
  };
  if (AnalysisRef found = find()) return found;
  std::unique_lock looking(state.looking, std::try_to_lock);
  if (!looking.owns_lock()) {
    if (outdated != nullptr) return outdated;
    looking.lock();
    if (AnalysisRef found = find()) return found;
  }
  DatedAnalysis dated = state.Date(nullptr);
  Snapshot newest = state.storage.transactions().Latest();
  newest.own = snapshot.own;
  newest.command = snapshot.command;
  try {
    dated.analysis = Analyze(table, newest, QuickAnalysis({columns.begin(), columns.end()}));
  } catch (const SqlError&) {
    return outdated;                                     // the statement will meet the error itself, or not
  }
  std::lock_guard lock(state.analysis_latch);
  state.looked = dated;
  return dated.analysis;
}

uint64_t BeginAnalysis(const TableStore& table) {
  KeptAnalysis(table);
  return table.state().counters->changed.load(std::memory_order_relaxed);
}

void KeepAnalysis(const TableStore& table, TableAnalysis analysis, uint64_t begun, bool automatic, int64_t now) {
  auto& state = const_cast<TableStore&>(table).state();
  {
    std::lock_guard lock(state.analysis_latch);
    if (const AnalysisRef& before = state.Analysed().analysis; before != nullptr) {
      analysis.history = before->history;
      for (ColumnAnalysis& column : analysis.columns) {
        const ColumnAnalysis* known = column.listed ? nullptr : before->Find(column.id, column.type);
        if (known != nullptr) column = *known;
      }
    }
    (automatic ? analysis.history.automatic_at : analysis.history.by_command_at) = now;
    ++(automatic ? analysis.history.automatic : analysis.history.by_command);
    DatedAnalysis dated = state.Date(std::make_shared<const TableAnalysis>(std::move(analysis)));
    dated.changed = begun;
    state.analysed = std::move(dated);
    state.looked = {};
    state.analysis_unsaved = true;
    state.counters->changed_before.store(begun, std::memory_order_relaxed);
  }
  state.SaveAnalysis();
}

void TakeOverAnalysis(const TableStore& former, const TableStore& table) {
  const AnalysisRef analysis = KeptAnalysis(former);
  if (analysis == nullptr) return;
  auto& state = const_cast<TableStore&>(table).state();
  std::lock_guard lock(state.analysis_latch);
  state.analysis_loaded = state.analysis_unsaved = true;
  state.analysed = {analysis, 0, 0, analysis->rows};
}

}  // namespace gather::storage

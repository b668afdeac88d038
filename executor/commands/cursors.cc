#include "executor/commands/cursors.h"

#include "executor/commands/nested.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
Portal& FindCursor(Session& session, std::string_view name) {
  const auto found = session.portals().find(std::string(name));
  if (found == session.portals().end()) {
    throw SqlError(sqlstate::kInvalidCursorName, Format("cursor \"%s\" does not exist", std::string(name).c_str()));
  }
  return *found->second;
}

// The rows [from, to) of a cursor whose rows are all kept in `all`.
void Deliver(const std::vector<Chunk>& all, uint64_t from, uint64_t to, bool reverse, std::vector<Chunk>* out) {
  std::vector<Chunk> rows;
  uint64_t start = 0;
  for (const Chunk& chunk : all) {
    const uint64_t end = start + chunk.rows();
    const uint64_t first = std::max(from, start), last = std::min(to, end);
    if (first < last) {
      Selection selection;
      for (uint64_t row = first; row < last; ++row) {
        selection.Add(static_cast<RowIndex>((reverse ? last - 1 - (row - first) : row) - start));
      }
      Chunk part = chunk;
      part.Slice(selection, selection.size());
      rows.push_back(std::move(part));
    }
    start = end;
  }
  if (reverse) std::reverse(rows.begin(), rows.end());
  for (Chunk& chunk : rows) out->push_back(std::move(chunk));
}

// PostgreSQL's portal positions: 0 before the first row, n on row n, count + 1 after the last.
struct ScrollRange {
  uint64_t from, to;                                       // rows delivered: [from, to), 0-based
  bool reverse;
  uint64_t position;                                       // afterwards
};

ScrollRange Scroll(uint64_t position, uint64_t count, ast::FetchDirection direction, int64_t how_many) {
  const auto end = static_cast<int64_t>(count) + 1;
  const auto at = static_cast<int64_t>(position);
  const auto single = [&](int64_t target) -> ScrollRange {
    if (target < 1) return {0, 0, false, 0};
    if (target > static_cast<int64_t>(count)) return {0, 0, false, static_cast<uint64_t>(end)};
    return {static_cast<uint64_t>(target - 1), static_cast<uint64_t>(target), false, static_cast<uint64_t>(target)};
  };
  if (direction == ast::FetchDirection::kAbsolute) return single(how_many < 0 ? end + how_many : how_many);
  if (direction == ast::FetchDirection::kRelative) return single(at + how_many);
  int64_t steps = direction == ast::FetchDirection::kBackward ? (how_many == ast::kFetchAll ? -end : -how_many) : how_many;
  if (steps == 0) return single(at);
  if (steps > 0) {
    const int64_t last = steps == ast::kFetchAll ? end : std::min(end, at + steps);
    const int64_t stop = std::min(last, static_cast<int64_t>(count));
    return {static_cast<uint64_t>(std::min<int64_t>(at, stop)), static_cast<uint64_t>(stop), false,
            static_cast<uint64_t>(at + steps > static_cast<int64_t>(count) || steps == ast::kFetchAll ? end : last)};
  }
  const int64_t first = std::max<int64_t>(0, at + steps);
  const int64_t from = std::max<int64_t>(first, 1) - 1, to = std::max<int64_t>(at - 1, 0);
  return {static_cast<uint64_t>(std::min(from, to)), static_cast<uint64_t>(to), true, static_cast<uint64_t>(first)};
}
}  // namespace

std::string DeclareCursorCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DeclareCursorStmt>(node);
  Session& session = context.session;
  if (!statement.hold) session.RequireBlock("DECLARE CURSOR");
  if (statement.binary) ThrowNotSupported("binary cursors are not supported");
  const std::string name(statement.name);
  if (session.portals().contains(name)) throw SqlError(sqlstate::kDuplicateCursor, Format("cursor \"%s\" already exists", name.c_str()));
  auto prepared = session.MakePrepared("", NestedStatement(context.statement, statement.query), context.statement.text, context.statement.parameter_types);
  if (prepared->bound->kind != sql::StatementKind::kQuery) {
    throw SqlError(sqlstate::kInvalidCursorState, "DECLARE CURSOR must specify a SELECT statement");
  }
  std::unique_ptr<Portal> portal = session.MakePortal(name, prepared, context.parameters);
  portal->cursor = true;
  portal->hold = statement.hold;
  portal->scroll = !statement.no_scroll;
  portal->forward_only = statement.no_scroll;
  session.OpenPortal(*portal);
  session.portals()[name] = std::move(portal);
  return "DECLARE CURSOR";
}

std::string FetchCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::FetchStmt>(node);
  Session& session = context.session;
  Portal& portal = FindCursor(session, statement.name);
  const bool forward = statement.direction == ast::FetchDirection::kForward && statement.how_many > 0;
  uint64_t rows = 0;
  const auto keep = [&](const Chunk& chunk, uint32_t first, uint32_t count) {
    rows += count;
    if (statement.is_move) return;
    Selection selection;
    for (uint32_t i = 0; i < count; ++i) selection.Add(first + i);
    Chunk part = chunk;
    part.Slice(selection, count);
    context.rows.push_back(std::move(part));
  };
  if (forward && !portal.keeps_rows) {
    // The common case streams: nothing is kept for going back until someone does.
    session.FetchRows(portal, statement.how_many == ast::kFetchAll ? 0 : static_cast<uint64_t>(statement.how_many), keep);
  } else {
    if (portal.forward_only) {
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "cursor can only scan forward").Hint("Declare it with SCROLL option to enable backward scan.");
    }
    session.KeepRows(portal);
    uint64_t count = 0;
    for (const Chunk& chunk : portal.kept) count += chunk.rows();
    const ScrollRange range = Scroll(portal.scroll_position, count, statement.direction, statement.how_many);
    rows = range.to - range.from;
    if (!statement.is_move) Deliver(portal.kept, range.from, range.to, range.reverse, &context.rows);
    portal.scroll_position = range.position;
  }
  return (statement.is_move ? "MOVE " : "FETCH ") + std::to_string(rows);
}

std::string ClosePortalCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ClosePortalStmt>(node);
  auto& portals = context.session.portals();
  if (statement.name.empty()) {
    std::erase_if(portals, [](const auto& entry) { return entry.second->cursor; });
    return "CLOSE CURSOR ALL";
  }
  FindCursor(context.session, statement.name);
  portals.erase(std::string(statement.name));
  return "CLOSE CURSOR";
}

}  // namespace gather::executor

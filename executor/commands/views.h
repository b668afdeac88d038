// CREATE VIEW, and keeping the text of views right when what they read is renamed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateViewCommand(CommandContext& context, const sql::ast::Node& node);

// The queries of the views that read a relation, bound before it changes; written anew afterwards.
struct ViewText {
  Oid view;
  std::shared_ptr<const sql::BoundStatement> query;
};
using ViewTexts = std::vector<ViewText>;
ViewTexts BindDependentViews(Session& session, Oid relation);
void RewriteDependentViews(Session& session, const ViewTexts& views);

}  // namespace gather::executor

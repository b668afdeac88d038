// The whole typed parse tree. See sql/ast/node.h for its shape and lifetime.
#pragma once

#include "sql/ast/commands.h"
#include "sql/ast/definitions.h"
#include "sql/ast/expressions.h"
#include "sql/ast/node.h"
#include "sql/ast/queries.h"

#include "types/interrupt.h"

namespace gather {

void InterruptFlag::Throw() const {
  switch (reason()) {
    case InterruptReason::kStatementTimeout: throw SqlError(sqlstate::kQueryCanceled, "canceling statement due to statement timeout");
    case InterruptReason::kLockTimeout: throw SqlError(sqlstate::kLockNotAvailable, "canceling statement due to lock timeout");
    case InterruptReason::kShutdown:
      throw SqlError(sqlstate::kAdminShutdown, "terminating connection due to administrator command").Severity("FATAL");
    case InterruptReason::kClientGone: throw SqlError(sqlstate::kConnectionFailure, "connection to client lost").Severity("FATAL");
    default: throw SqlError(sqlstate::kQueryCanceled, "canceling statement due to user request");
  }
}

}  // namespace gather

// Finds the anomalies in a history that its isolation level forbids (names: Adya 1999).
//
// At every level: aborted reads (G1a), intermediate reads (G1b), dirty writes and cycles of ww and wr (G0, G1c), appends that are lost, own writes not seen.
// From REPEATABLE READ on, which is snapshot isolation: cycles in which no two rw are neighbours (G-single and kin). SERIALIZABLE: every cycle (G2).
#pragma once

#include <string>
#include <vector>

#include "tests/isolation/history.h"

namespace gather::isolation {

struct Anomaly {
  std::string name;
  std::string description;     // with the transactions that take part
};

std::vector<Anomaly> FindAnomalies(const History& history, Level level);

}  // namespace gather::isolation

// What earlier runs say about workers: nothing before enough samples, then whether the measured speedup is worth them; and it is forgotten
// with the table's size.
#include "planner/parallel_history.h"

#include <gtest/gtest.h>

namespace gather::planner {
namespace {

using Advice = ParallelHistory::Advice;

ParallelDecision Decision(uint64_t shape, double rows, int workers) {
  ParallelDecision decision;
  decision.shape = shape;
  decision.rows = rows;
  decision.workers = workers;
  return decision;
}

TEST(ParallelHistoryTest, FewSamplesDecideNothing) {
  ParallelHistory history;
  for (uint64_t i = 1; i < ParallelHistory::kSamples; ++i) history.Add(Decision(1, 5000, 2), 2, 10, 10);
  EXPECT_EQ(history.Ask(1, 5000).advice, Advice::kNone);
  history.Add(Decision(1, 5000, 2), 2, 10, 10);
  EXPECT_EQ(history.Ask(1, 5000).advice, Advice::kSerial);
  EXPECT_EQ(history.Ask(2, 5000).advice, Advice::kNone);
}

TEST(ParallelHistoryTest, SpeedupKeepsWorkers) {
  ParallelHistory history;
  for (uint64_t i = 0; i < ParallelHistory::kSamples; ++i) history.Add(Decision(1, 5000, 2), 2, 10, 18);
  const ParallelHistory::Verdict verdict = history.Ask(1, 5000);
  EXPECT_EQ(verdict.advice, Advice::kParallel);
  EXPECT_NEAR(verdict.speedup, 1.8, 0.01);
}

TEST(ParallelHistoryTest, SlowSerialRunsAreTriedWithWorkers) {
  ParallelHistory history;
  for (uint64_t i = 0; i < ParallelHistory::kSamples; ++i) {
    history.Add(Decision(1, 5000, 0), 0, ParallelHistory::kSlowMs * 2, 0);
    history.Add(Decision(2, 5000, 0), 0, ParallelHistory::kSlowMs / 2, 0);
  }
  EXPECT_EQ(history.Ask(1, 5000).advice, Advice::kParallel);
  EXPECT_EQ(history.Ask(2, 5000).advice, Advice::kNone);
}

TEST(ParallelHistoryTest, PlannedButNotLaunchedIsASerialSample) {
  ParallelHistory history;
  history.Add(Decision(1, 5000, 2), 0, 3, 0);
  const ParallelHistory::Record record = history.All().at(0);
  EXPECT_EQ(record.serial_samples, 1u);
  EXPECT_EQ(record.parallel_samples, 0u);
  EXPECT_DOUBLE_EQ(record.serial_ms, 3);
}

TEST(ParallelHistoryTest, AVerdictAgainstWorkersIsReviewed) {
  ParallelHistory history;
  for (uint64_t i = 0; i < ParallelHistory::kSamples; ++i) history.Add(Decision(1, 5000, 2), 2, 10, 10);
  for (uint64_t i = 1; i < ParallelHistory::kRetry; ++i) history.Add(Decision(1, 5000, 0), 0, 1, 0);
  EXPECT_EQ(history.Ask(1, 5000).advice, Advice::kSerial);
  history.Add(Decision(1, 5000, 0), 0, 1, 0);
  EXPECT_EQ(history.Ask(1, 5000).advice, Advice::kNone);
}

TEST(ParallelHistoryTest, ATableOfAnotherSizeIsAnotherMatter) {
  ParallelHistory history;
  for (uint64_t i = 0; i < ParallelHistory::kSamples; ++i) history.Add(Decision(1, 5000, 2), 2, 10, 10);
  EXPECT_EQ(history.Ask(1, 50000).advice, Advice::kNone);
  history.Add(Decision(1, 50000, 2), 2, 10, 18);
  EXPECT_EQ(history.All().at(0).executions, 1u);
}

TEST(ParallelHistoryTest, ForgetsWhatWasUsedLeast) {
  ParallelHistory history;
  for (uint64_t shape = 0; shape < ParallelHistory::kMostShapes + 5; ++shape) history.Add(Decision(shape, 5000, 0), 0, 1, 0);
  EXPECT_EQ(history.All().size(), ParallelHistory::kMostShapes);
  EXPECT_EQ(history.All().front().last.shape, ParallelHistory::kMostShapes + 4);
  history.Reset();
  EXPECT_TRUE(history.All().empty());
}

}  // namespace
}  // namespace gather::planner

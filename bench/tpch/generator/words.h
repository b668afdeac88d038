// The word lists of the TPC-H specification (4.2.2.13 and 4.2.2.14), with the weights of the pseudo-text grammar.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "bench/tpch/generator/random.h"

namespace gather::tpch {

struct Weighted {
  std::string_view text;
  int weight;
};

// Draws one of the entries, each as often as its weight says.
class Distribution {
 public:
  explicit Distribution(std::span<const Weighted> entries);
  std::string_view Draw(Random& random) const {
    return slots_[static_cast<size_t>(random.Uniform(0, static_cast<int64_t>(slots_.size()) - 1))];
  }

 private:
  std::vector<std::string_view> slots_;  // each entry `weight` times: the weights are small
};

// Pseudo text.
extern const Distribution kNouns, kVerbs, kAdjectives, kAdverbs, kPrepositions, kAuxiliaries, kTerminators;
// Grammar: N noun phrase, V verb phrase, P prepositional phrase, T terminator; within phrases n, v, j, d (adverb), x.
extern const Distribution kSentences, kNounPhrases, kVerbPhrases;

struct Nation {
  std::string_view name;
  int region;
};
extern const std::span<const std::string_view> kRegions, kColors, kSegments, kPriorities, kInstructions, kModes,
    kTypeSizes, kTypeFinishes, kTypeMetals, kContainerSizes, kContainerKinds;
extern const std::span<const Nation> kNations;

}  // namespace gather::tpch

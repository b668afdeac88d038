#include "bench/tpch/generator/text_pool.h"

#include <cstring>
#include <string>

#include "bench/tpch/generator/words.h"

namespace gather::tpch {
namespace {

constexpr uint64_t kTextStream = 100;
constexpr size_t kLongestSentence = 512;  // five phrases of the longest words stay below

void AppendPhrase(std::string& out, std::string_view pattern, Random& random) {
  for (char symbol : pattern) {
    switch (symbol) {
      case 'n':
        out += kNouns.Draw(random);
        break;
      case 'v':
        out += kVerbs.Draw(random);
        break;
      case 'j':
        out += kAdjectives.Draw(random);
        break;
      case 'd':
        out += kAdverbs.Draw(random);
        break;
      case 'x':
        out += kAuxiliaries.Draw(random);
        break;
      case ',':
        out.back() = ',';
        break;  // after an adjective, in place of its blank
    }
    out += ' ';
  }
}

void AppendSentence(std::string& out, Random& random) {
  for (char symbol : kSentences.Draw(random)) {
    switch (symbol) {
      case 'N':
        AppendPhrase(out, kNounPhrases.Draw(random), random);
        break;
      case 'V':
        AppendPhrase(out, kVerbPhrases.Draw(random), random);
        break;
      case 'P':
        out += kPrepositions.Draw(random);
        out += " the ";
        AppendPhrase(out, kNounPhrases.Draw(random), random);
        break;
      case 'T':
        out.pop_back();
        out += kTerminators.Draw(random);
        out += ' ';
        break;
    }
  }
}

}  // namespace

TextPool::TextPool() : blocks_(kBlocks) {}

void TextPool::Fill(Block& block, uint64_t number) {
  Random random(kTextStream, number);
  std::string text;
  text.reserve(kBlockSize + kLongestSentence);
  while (text.size() < kBlockSize) AppendSentence(text, random);
  block.text = std::make_unique<char[]>(kBlockSize);
  std::memcpy(block.text.get(), text.data(), kBlockSize);
}

std::string_view TextPool::Draw(Random& random, int low, int high) {
  const auto length = static_cast<size_t>(random.Uniform(low, high));
  const auto number = static_cast<size_t>(random.Uniform(0, kBlocks - 1));
  const auto offset = static_cast<size_t>(random.Uniform(0, static_cast<int64_t>(kBlockSize - length)));
  Block& block = blocks_[number];
  std::call_once(block.once, Fill, std::ref(block), number);
  return {block.text.get() + offset, length};
}

}  // namespace gather::tpch

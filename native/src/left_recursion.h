#pragma once

#include <cstdint>
#include <vector>

#include "gbnf.h"

namespace espalier {

// Rules of which each can begin with the next, before it has taken a character, and the last is among those before it.
// Empty if the grammar has no such circle.
std::vector<uint32_t> left_recursion(const GrammarRules &rules);

}  // namespace espalier

#include "paths.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr int32_t unknown = -1;

}  // namespace

void Paths::apply(const Operation &operation) {
    std::vector<int32_t> &to = paths_[operation.to];
    if (operation.kind == copy_operation) {
        const std::vector<int32_t> &from = paths_[operation.from];
        const size_t end = std::min(from.size(), static_cast<size_t>(operation.end));
        to.assign(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
        // A checked removal takes all that follows, or nothing.
        const bool removes = operation.end == -1 || static_cast<size_t>(operation.end) >= to.size();
        if (removes && static_cast<size_t>(operation.start) < to.size()) {
            to.resize(operation.start);
        }
    }
}

void Paths::append(const std::vector<Token> &tokens) {
    for (const Token &token : tokens) {
        std::vector<int32_t> &path = paths_[token.sequence];
        path.resize(token.position, unknown);
        path.push_back(token.id);
    }
}

void Paths::clear() {
    for (std::vector<int32_t> &path : paths_) {
        path.clear();
    }
}

void Paths::restored(int sequence, int length) { paths_[sequence].assign(length, unknown); }

}  // namespace espalier

#include "logit_changes.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace espalier {

namespace {

// What is a number stays one: a row that overflows would be taken for that of a damaged model.
float bounded(float before, float after) { return std::isfinite(before) ? std::clamp(after, -FLT_MAX, FLT_MAX) : before; }

}  // namespace

const float *LogitChanger::apply(
    const float *logits, const LogitChanges &changes, const int32_t *path, size_t length, size_t reply) {
    std::copy_n(logits, row_.size(), row_.begin());
    for (const auto &[token, bias] : changes.bias) {
        row_[token] = bounded(row_[token], row_[token] + bias);
    }
    if (changes.repeat != 1) {
        const size_t window =
            changes.last_n < 0 ? length : std::min(length, static_cast<size_t>(changes.last_n));
        for (size_t i = length - window; i < length; ++i) {
            const int32_t token = path[i];
            if (token >= 0 && counts_[token]++ == 0) {
                const float logit = row_[token];
                row_[token] = bounded(logit, logit > 0 ? logit / changes.repeat : logit * changes.repeat);
            }
        }
        for (size_t i = length - window; i < length; ++i) {
            if (path[i] >= 0) {
                counts_[path[i]] = 0;
            }
        }
    }
    if (changes.presence != 0 || changes.frequency != 0) {
        for (size_t i = reply; i < length; ++i) {
            if (path[i] >= 0) {
                ++counts_[path[i]];
            }
        }
        for (size_t i = reply; i < length; ++i) {
            const int32_t token = path[i];
            if (token >= 0 && counts_[token] > 0) {
                const float less = static_cast<float>(counts_[token]) * changes.frequency + changes.presence;
                row_[token] = bounded(row_[token], row_[token] - less);
                counts_[token] = 0;
            }
        }
    }
    return row_.data();
}

}  // namespace espalier

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace espalier {

// What is changed in a row of logits before a token is drawn from it, in this order, as llama.cpp does it:
//
//   bias        logit += bias of the token
//   repeat      logit /= repeat where it is above 0, else logit *= repeat: tokens of the path's last last_n ones
//   frequency   logit -= frequency * how often the reply has the token
//   presence    logit -= presence, if the reply has the token
struct LogitChanges {
    float presence = 0;
    float frequency = 0;
    float repeat = 1;
    // -1 for the whole path, its prompt included.
    int last_n = 0;
    std::vector<std::pair<int32_t, float>> bias;
};

// Makes changed copies of rows. One thread at a time.
class LogitChanger {
   public:
    explicit LogitChanger(size_t vocabulary) : row_(vocabulary), counts_(vocabulary) {}

    // The row as it is to be drawn from, until the next call.
    // path: the tokens up to the one whose logits the row has; a negative one is not known, and counts for nothing.
    // reply: where in it the reply begins; length or less.
    const float *apply(
        const float *logits, const LogitChanges &changes, const int32_t *path, size_t length, size_t reply);

   private:
    std::vector<float> row_;
    // All 0 between two calls.
    std::vector<int32_t> counts_;
};

}  // namespace espalier

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "row_pass.h"
#include "truncation.h"

namespace espalier {

struct SamplingParams {
    // Divides the logits; 0 takes the most likely token, the lowest id among equals.
    float temperature = 0;
    // The k most likely tokens are kept; 0 keeps all.
    int top_k = 0;
    // Of those, the smallest set whose probabilities reach this sum; 1 keeps all.
    float top_p = 1;
    // Before both, tokens less likely than this share of the most likely one are dropped; 0 drops none.
    float min_p = 0;
};

struct Drawn {
    int token;
    // Natural logarithm of the token's probability at temperature 1 under the full vocabulary.
    float log_prob;
    // Entropy of the distribution at temperature 1, in nats.
    float entropy;
};

// A number in [0, 1) that depends on nothing but its arguments, so that a token is drawn alike whatever the order of
// the rows and the number of threads. It is splitmix64's output function:
//
//   z = seed + 0x9E3779B97F4A7C15 * (position + 1)            (64 bits, overflow wraps)
//   z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9
//   z = (z ^ z >>> 27) * 0x94D049BB133111EB
//   z = z ^ z >>> 31
//   (z >>> 11) * 2^-53
//
// position is that of the token being drawn: one more than that of the token whose logits are read.
double uniform(uint64_t seed, int64_t position);

// Another such number for the same place: the n-th, from 1, where the one before led to a token that was refused.
double uniform_again(uint64_t seed, int64_t position, int n);

// Reads rows of logits. One row at a time, one thread at a time; the scratch memory is kept between rows.
class Sampler {
   public:
    explicit Sampler(size_t vocabulary);

    // Looks at a row, which must stay as it is until the last question about it. False if no logit of it is finite or
    // one is plus infinity; nothing can be asked then.
    bool read(const float *logits, float temperature);

    // temperature as given to read().
    Drawn draw(const SamplingParams &params, double uniform);

    float log_prob(int token) const;
    // What the row read has, for a masked copy of it.
    const float *logits() const { return logits_; }
    // The lowest id among equals.
    int most_likely() const;
    // The count likeliest tokens, the likeliest first, and of equals the lowest id; fewer if there are not so many that
    // are possible. They stay until the next call.
    const std::vector<int> &likeliest(int count);
    float top_log_prob() const;
    float entropy() const;

   private:
    int draw_from_all(double uniform) const;

    size_t vocabulary_;
    std::vector<Block> blocks_;
    Truncation truncation_;
    std::vector<int> likeliest_;
    const float *logits_ = nullptr;
    float inverse_temperature_ = 1;
    float max_ = 0;
    double log_sum_ = 0;
    double entropy_ = 0;
    double tempered_sum_ = 0;
};

}  // namespace espalier

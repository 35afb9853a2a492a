#pragma once

#include <cstddef>
#include <vector>

#include "row_pass.h"

namespace espalier {

struct SamplingParams;

// A row of logits and what the pass over it has found.
struct TemperedRow {
    const float *logits;
    size_t vocabulary;
    const Block *blocks;
    float max;
    // More than 0.
    float inverse_temperature;
    // Sum of exp((logit - max) * inverse_temperature).
    double sum;
};

// Draws from the tokens that min-p, then top-k, then top-p keep. Which those are is exact, ties included: of equal logits
// the lower id counts as the more likely one.
//
// Such a set is a cut: all tokens above a logit, and of those that have it the ones up to an id. To find it, only tokens
// near it are taken out of the row and put in order. Where they are to be looked for is known in advance: for top-k, the
// k-th largest of the maxima of many parts of the row is a lower bound; for top-p, a sample of the row tells to a few
// hundredths, and the sum of all that lies above says whether it was right. It is looked for elsewhere if not.
//
// One row at a time, one thread at a time; the scratch memory is kept between rows.
class Truncation {
   public:
    // uniform: in [0, 1). The same one draws the same token whatever the row's order was found out by: tokens are gone
    // through in the order of their ids.
    int draw(const TemperedRow &row, const SamplingParams &params, double uniform);

   private:
    enum class Measure { count, weight };

    struct Cut {
        float logit;
        // Of the tokens with this logit, those up to this one are kept.
        int last;

        bool keeps(float other, int token) const {
            return static_cast<int>(other > logit) | (static_cast<int>(other == logit) & static_cast<int>(token <= last));
        }
    };

    // As in Search.
    struct Range {
        float from;
        float above;
    };

    struct Candidate {
        float logit;
        float measure;
        int token;
    };

    size_t blocks() const { return (row_.vocabulary + block_size - 1) / block_size; }

    Cut find(Measure measure, double target, double about_dropped, float lowest);
    float bound_of_most_likely(size_t count);
    Range guess(Measure measure, double dropped, float lowest);
    // Sums what lies above, into masses_, and lists what lies between.
    void search(Range range);
    double measure_of_listed(Measure measure) const;
    // The cut at which what lies above and, in their order, those listed reach a target; the last of them if they do not.
    Cut cut_of_listed(Measure measure, double above, double target);
    // The others weigh nothing from now on; those kept are added to masses_.
    void keep_listed(const Cut &cut);
    double mass() const;
    int pick(const Cut &cut, double uniform) const;

    TemperedRow row_{};
    // Of each block: the weight of the tokens that are kept.
    std::vector<double> masses_;
    // Tokens near the cut, in the order of ids.
    std::vector<float> logits_;
    std::vector<int> tokens_;
    std::vector<float> weights_;
    size_t listed_ = 0;
    // Where those of each block begin among them, and their end.
    std::vector<size_t> starts_;
    // What was searched, and how many tokens lie above.
    Range range_{};
    size_t above_ = 0;
    std::vector<Candidate> candidates_;
    std::vector<float> maxima_;
    std::vector<float> sample_;
};

}  // namespace espalier

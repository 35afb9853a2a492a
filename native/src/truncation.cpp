#include "truncation.h"

#include <algorithm>
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstdint>
#include <functional>

#include "sampler.h"

namespace espalier {

namespace {

// Rows shorter than this are not sampled, nor is a sample read in which fewer tokens than this can be drawn at all.
constexpr size_t least_row = 1024;
constexpr size_t least_sample = 32;
// The sample is so many times the root of the row's length.
constexpr double sample_factor = 6;
// Standard deviations of the sample's sums that a cut is expected within.
constexpr double deviations = 2.5;
// Places in which a sample is put in order, and those in which candidates are.
constexpr int sample_places = 128;
constexpr int places = 64;
// So few are sorted.
constexpr size_t few = 24;

float just_below(float x) { return std::nextafter(x, -INFINITY); }

// Numbers in the order of their size, the largest first, as far as some places of the same width can tell.
class Places {
   public:
    Places(float top, float bottom) : top_(top), per_unit_(top > bottom ? places / (double{top} - bottom) : 0) {}

    int of(float x) const { return std::min(places - 1, static_cast<int>((top_ - x) * per_unit_)); }

   private:
    double top_;
    double per_unit_;
};

double sum_of(const float *numbers, size_t count) {
    // Sums that do not wait for each other.
    double sums[4] = {};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (size_t j = 0; j < 4; ++j) {
            sums[j] += numbers[i + j];
        }
    }
    for (; i < count; ++i) {
        sums[i % 4] += numbers[i];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// The place in which the sum from the first on reaches a target, or the last; `above` becomes the sum before it.
int reached(const double *measured, double &above, double target) {
    int place = 0;
    while (place < places - 1 && above + measured[place] < target) {
        above += measured[place++];
    }
    return place;
}

}  // namespace

int Truncation::draw(const TemperedRow &row, const SamplingParams &params, double uniform) {
    row_ = row;
    masses_.resize(blocks());
    starts_.resize(blocks() + 1);
    float lowest = -FLT_MAX;
    if (params.min_p > 0) {
        const float temperature = 1 / row.inverse_temperature;
        lowest = std::max(lowest, row.max + temperature * std::log(params.min_p));
    }
    Cut cut{lowest, INT_MAX};
    double sum = row.sum;
    if (params.top_k > 0) {
        const auto count = static_cast<double>(params.top_k);
        cut = find(Measure::count, count, static_cast<double>(row.vocabulary) - count, lowest);
        sum = mass();
    } else if (params.min_p > 0) {
        search({INFINITY, just_below(lowest)});
        sum = mass();
    }
    if (params.top_p < 1) {
        // Less than what min-p and top-k keep: there is no need to look among those alone.
        const double target = params.top_p * sum;
        if (params.top_k > 0 && above_ == 0) {
            const Cut nucleus = cut_of_listed(Measure::weight, 0, target);
            // Those that top-k dropped are still listed, though they weigh nothing.
            cut = cut.keeps(nucleus.logit, nucleus.last) ? nucleus : cut;
            std::fill(masses_.begin(), masses_.end(), 0.0);
            keep_listed(cut);
        } else {
            cut = find(Measure::weight, target, row.sum - target, lowest);
        }
    }
    return pick(cut, uniform);
}

// No more than so many parts of the row can have a larger maximum than the token sought.
float Truncation::bound_of_most_likely(size_t count) {
    if (2 * count <= blocks()) {
        maxima_.resize(blocks());
        std::transform(row_.blocks, row_.blocks + blocks(), maxima_.begin(), [](const Block &block) { return block.max; });
    } else {
        maxima_.resize(blocks() * parts_per_block);
        part_maxima(row_.logits, row_.vocabulary, maxima_.data());
    }
    const auto last = maxima_.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::nth_element(maxima_.begin(), last, maxima_.end(), std::greater<float>());
    return *last;
}

// What is found is the smallest set of the most likely tokens that comes to the target. about_dropped: what all the other
// tokens of the row come to, by which is guessed where to look.
Truncation::Cut Truncation::find(Measure measure, double target, double about_dropped, float lowest) {
    const Range everything{lowest, row_.max};
    Range range = everything;
    if (measure == Measure::count && target <= static_cast<double>(blocks() * parts_per_block)) {
        range.from = std::max(lowest, bound_of_most_likely(static_cast<size_t>(target)));
    } else {
        range = guess(measure, about_dropped, lowest);
    }
    double above = 0;
    for (int attempt = 0;; ++attempt) {
        search(range);
        above = measure == Measure::count ? static_cast<double>(above_) : mass();
        if (range.above < row_.max && above >= target) {
            range = {range.above, row_.max};
        } else if (range.from > lowest && above + measure_of_listed(measure) < target) {
            range = {lowest, just_below(range.from)};
        } else {
            break;
        }
        // Rounding could have the sums of two searches contradict each other.
        if (attempt == 1) {
            range = everything;
        } else if (attempt == 2) {
            break;
        }
    }
    const Cut cut = cut_of_listed(measure, above, target);
    keep_listed(cut);
    return cut;
}

// A token's share of the sample's sum is as uncertain as its weight is large, so that a few likely ones, which a sample
// misses or overrates, are always looked for above.
Truncation::Range Truncation::guess(Measure measure, double dropped, float lowest) {
    const Range everything{lowest, row_.max};
    if (row_.vocabulary < least_row || dropped <= 0) {
        return everything;
    }
    const double length = static_cast<double>(row_.vocabulary);
    const auto stride = static_cast<size_t>(std::sqrt(length) / sample_factor);
    const size_t drawn = row_.vocabulary / stride;
    sample_.resize(2 * drawn);
    float *logits = sample_.data();
    float *weights = logits + drawn;
    size_t size = 0;
    float top = -FLT_MAX;
    float bottom = FLT_MAX;
    uint64_t random = 1;
    for (size_t i = 0; i < drawn; ++i) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const float logit = row_.logits[i * stride + ((random >> 33) * stride >> 31)];
        if (logit >= lowest) {
            logits[size++] = logit;
            top = std::max(top, logit);
            bottom = std::min(bottom, logit);
        }
    }
    if (size < least_sample) {
        return everything;
    }
    if (measure == Measure::weight) {
        // All the tokens below this together weigh little of what is dropped.
        const double negligible = row_.max - std::log(100 * length / dropped) / row_.inverse_temperature;
        bottom = std::max(bottom, static_cast<float>(std::max(negligible, -double{FLT_MAX})));
    }
    const double width = (double{top} - bottom) / sample_places;
    if (!(width > 0)) {
        return {std::max(lowest, bottom), row_.max};
    }
    double edge = 1;
    double step = 1;
    if (measure == Measure::weight) {
        weigh(logits, size, row_.max, row_.inverse_temperature, weights);
        edge = std::exp((double{bottom} - row_.max) * row_.inverse_temperature);
        step = std::exp(width * row_.inverse_temperature);
    } else {
        std::fill_n(weights, size, 1.0f);
    }
    const double scale = static_cast<double>(stride);
    double masses[sample_places] = {};
    double squares[sample_places] = {};
    const double places_per_unit = 1 / width;
    for (size_t i = 0; i < size; ++i) {
        const int place =
            std::min(sample_places - 1, static_cast<int>(std::max(0.0, double{logits[i]} - bottom) * places_per_unit));
        const double weight = scale * weights[i];
        masses[place] += weight;
        squares[place] += weight * weight;
    }
    Range range = everything;
    double below = measure == Measure::count ? scale * static_cast<double>(drawn - size) : 0;
    double square = scale * below;
    edge *= scale;
    bool surely_dropped = true;
    for (int i = 0; i < sample_places; ++i) {
        below += masses[i];
        square += squares[i];
        edge *= step;
        const double missing = dropped - below;
        const double variance = square - below * below / static_cast<double>(drawn) + edge * edge;
        const bool sure = missing * missing > deviations * deviations * variance;
        const auto to = static_cast<float>(bottom + (i + 1) * width);
        surely_dropped = surely_dropped && sure && missing > 0;
        if (surely_dropped) {
            range.from = to;
        } else if (sure && missing < 0) {
            range.above = std::min(to, row_.max);
            break;
        }
    }
    return range;
}

void Truncation::search(Range range) {
    const Search search{range.from, range.above, row_.max, row_.inverse_temperature};
    listed_ = 0;
    above_ = 0;
    range_ = range;
    for (size_t i = 0; i < masses_.size(); ++i) {
        masses_[i] = 0;
        starts_[i] = listed_;
        const float max = row_.blocks[i].max;
        if (max == -FLT_MAX || (max < range.from && max <= range.above)) {
            continue;
        }
        if (logits_.size() < listed_ + block_size) {
            logits_.resize(2 * listed_ + block_size);
            tokens_.resize(2 * listed_ + block_size);
        }
        const size_t start = i * block_size;
        const Found found = search_block(
            row_.logits + start, std::min<size_t>(block_size, row_.vocabulary - start), search, static_cast<int>(start),
            logits_.data() + listed_, tokens_.data() + listed_);
        masses_[i] = found.weight;
        above_ += found.above;
        listed_ += found.listed;
    }
    starts_.back() = listed_;
    weights_.resize(std::max(weights_.size(), listed_));
    weigh(logits_.data(), listed_, row_.max, row_.inverse_temperature, weights_.data());
}

double Truncation::measure_of_listed(Measure measure) const {
    if (measure == Measure::count) {
        return static_cast<double>(listed_);
    }
    return sum_of(weights_.data(), listed_);
}

// Puts numbers in places by their distance from the top, until the places of few are left to be sorted.
Truncation::Cut Truncation::cut_of_listed(Measure measure, double above, double target) {
    const auto measure_of = [&](size_t i) { return measure == Measure::count ? 1.0f : weights_[i]; };
    const auto candidate = [&](size_t i) { return Candidate{logits_[i], measure_of(i), tokens_[i]}; };
    candidates_.clear();
    const Places near(std::min(range_.above, row_.max), range_.from);
    if (listed_ <= few || range_.from == -FLT_MAX) {
        for (size_t i = 0; i < listed_; ++i) {
            candidates_.push_back(candidate(i));
        }
    } else {
        double measured[places] = {};
        for (size_t i = 0; i < listed_; ++i) {
            measured[near.of(logits_[i])] += measure_of(i);
        }
        const int place = reached(measured, above, target);
        for (size_t i = 0; i < listed_; ++i) {
            if (near.of(logits_[i]) == place) {
                candidates_.push_back(candidate(i));
            }
        }
    }
    if (candidates_.empty()) {
        // All that is listed does not reach the target.
        return {range_.from, INT_MAX};
    }
    for (;;) {
        float top = -FLT_MAX;
        float bottom = FLT_MAX;
        for (const Candidate &one : candidates_) {
            top = std::max(top, one.logit);
            bottom = std::min(bottom, one.logit);
        }
        if (top == bottom) {
            break;
        }
        if (candidates_.size() <= few) {
            std::sort(candidates_.begin(), candidates_.end(), [](const Candidate &a, const Candidate &b) {
                return a.logit > b.logit || (a.logit == b.logit && a.token < b.token);
            });
            break;
        }
        // The top is in the first place and the bottom in the last, so that there are fewer each time.
        const Places nearer(top, bottom);
        double measured[places] = {};
        for (const Candidate &one : candidates_) {
            measured[nearer.of(one.logit)] += one.measure;
        }
        const int place = reached(measured, above, target);
        const auto elsewhere = [&](const Candidate &one) { return nearer.of(one.logit) != place; };
        candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(), elsewhere), candidates_.end());
    }
    size_t last = 0;
    while (last + 1 < candidates_.size() && (above += candidates_[last].measure) < target) {
        ++last;
    }
    return {candidates_[last].logit, candidates_[last].token};
}

void Truncation::keep_listed(const Cut &cut) {
    for (size_t block = 0; block < masses_.size(); ++block) {
        const size_t start = starts_[block];
        const size_t end = starts_[block + 1];
        for (size_t i = start; i < end; ++i) {
            weights_[i] = cut.keeps(logits_[i], tokens_[i]) ? weights_[i] : 0;
        }
        masses_[block] += sum_of(weights_.data() + start, end - start);
    }
}

double Truncation::mass() const {
    double sum = 0;
    for (double mass : masses_) {
        sum += mass;
    }
    return sum;
}

int Truncation::pick(const Cut &cut, double uniform) const {
    double left = uniform * mass();
    size_t chosen = 0;
    for (size_t i = 0; i < masses_.size(); ++i) {
        if (masses_[i] > 0) {
            chosen = i;
            if (left < masses_[i]) {
                break;
            }
            left -= masses_[i];
        }
    }
    // Rounding can leave a little more than the tokens of the block sum up to; the last of them gets it.
    const size_t start = chosen * block_size;
    const size_t count = std::min<size_t>(block_size, row_.vocabulary - start);
    const float *logits = row_.logits + start;
    float weights[block_size];
    weigh(logits, count, row_.max, row_.inverse_temperature, weights);
    int last = -1;
    for (size_t i = 0; i < count; ++i) {
        const int token = static_cast<int>(start + i);
        if (weights[i] > 0 && cut.keeps(logits[i], token)) {
            last = token;
            left -= weights[i];
            if (left < 0) {
                break;
            }
        }
    }
    return last;
}

}  // namespace espalier

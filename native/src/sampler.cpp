#include "sampler.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <iterator>

namespace espalier {

namespace {

// Shares of the most likely token's probability at which candidates for top-k and top-p are looked for, in turn: the
// first is nearly always enough, and few tokens reach it.
constexpr float candidate_shares[] = {1e-3f, 1e-7f, 0};

// Below this the most likely token is as good as certain, and logits divided by it can overflow.
constexpr float lowest_temperature = 1e-4f;

constexpr int buckets = 512;
constexpr float buckets_per_nat = 32;

}  // namespace

double uniform(uint64_t seed, int64_t position) {
    uint64_t z = seed + UINT64_C(0x9E3779B97F4A7C15) * (static_cast<uint64_t>(position) + 1);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-53;
}

double uniform_again(uint64_t seed, int64_t position, int n) {
    return uniform(seed ^ UINT64_C(0xD1B54A32D192ED03) * static_cast<uint64_t>(n), position);
}

Sampler::Sampler(size_t vocabulary) : vocabulary_(vocabulary), blocks_((vocabulary + block_size - 1) / block_size) {}

bool Sampler::read(const float *logits, float temperature) {
    logits_ = logits;
    inverse_temperature_ = temperature >= lowest_temperature ? 1 / temperature : 0;
    pass_over_row(logits, vocabulary_, inverse_temperature_, blocks_.data());
    max_ = -FLT_MAX;
    for (const Block &block : blocks_) {
        max_ = std::max(max_, block.max);
    }
    if (!(max_ > -FLT_MAX && max_ <= FLT_MAX)) {
        return false;
    }
    double sum = 0;
    double weighted = 0;
    tempered_sum_ = 0;
    for (const Block &block : blocks_) {
        if (block.max == -FLT_MAX) {
            continue;
        }
        const double below = static_cast<double>(block.max) - max_;
        const double scale = std::exp(below);
        sum += scale * block.sum;
        weighted += scale * (block.weighted + below * block.sum);
        tempered_sum_ += std::exp(below * inverse_temperature_) * block.tempered;
    }
    log_sum_ = std::log(sum);
    entropy_ = log_sum_ - weighted / sum;
    return true;
}

Drawn Sampler::draw(const SamplingParams &params, double uniform) {
    int token;
    if (inverse_temperature_ == 0 || params.top_k == 1) {
        token = most_likely();
    } else if (params.top_k == 0 && params.top_p >= 1 && params.min_p <= 0) {
        token = draw_from_all(uniform);
    } else {
        token = draw_from_kept(params, uniform);
    }
    return {token, log_prob(token), entropy()};
}

float Sampler::log_prob(int token) const {
    const double below = static_cast<double>(logits_[token]) - max_;
    return std::isnan(below) ? -INFINITY : static_cast<float>(below - log_sum_);
}

float Sampler::top_log_prob() const { return static_cast<float>(-log_sum_); }

float Sampler::entropy() const { return static_cast<float>(std::max(0.0, entropy_)); }

int Sampler::most_likely() const {
    size_t block = 0;
    while (blocks_[block].max != max_) {
        ++block;
    }
    size_t token = block * block_size;
    while (logits_[token] != max_) {
        ++token;
    }
    return static_cast<int>(token);
}

const std::vector<int> &Sampler::likeliest(int count) {
    const auto less_likely = [this](int a, int b) {
        return logits_[a] < logits_[b] || (logits_[a] == logits_[b] && a > b);
    };
    // Few blocks have a token that is likelier than those found so far.
    likeliest_.clear();
    const auto wanted = static_cast<size_t>(count);
    for (size_t block = 0; block < blocks_.size(); ++block) {
        if (blocks_[block].max == -FLT_MAX ||
            (likeliest_.size() == wanted && (wanted == 0 || blocks_[block].max <= logits_[likeliest_.back()]))) {
            continue;
        }
        const size_t end = std::min(vocabulary_, (block + 1) * block_size);
        for (size_t i = block * block_size; i < end; ++i) {
            const auto token = static_cast<int>(i);
            if (!(logits_[i] > -FLT_MAX) ||
                (likeliest_.size() == wanted && (wanted == 0 || !less_likely(likeliest_.back(), token)))) {
                continue;
            }
            const auto place = std::upper_bound(
                likeliest_.begin(), likeliest_.end(), token, [&](int a, int b) { return less_likely(b, a); });
            likeliest_.insert(place, token);
            if (likeliest_.size() > wanted) {
                likeliest_.pop_back();
            }
        }
    }
    return likeliest_;
}

int Sampler::draw_from_all(double uniform) const {
    double left = uniform * tempered_sum_;
    size_t chosen = blocks_.size();
    for (size_t i = 0; i < blocks_.size(); ++i) {
        const Block &block = blocks_[i];
        if (block.max == -FLT_MAX) {
            continue;
        }
        const double mass = std::exp((static_cast<double>(block.max) - max_) * inverse_temperature_) * block.tempered;
        if (mass <= 0) {
            continue;
        }
        chosen = i;
        if (left < mass) {
            break;
        }
        left -= mass;
    }
    // Rounding can leave a little more than the tokens of the block sum up to; the last of them gets it.
    const Block &block = blocks_[chosen];
    left *= std::exp((static_cast<double>(max_) - block.max) * inverse_temperature_);
    const size_t end = std::min(vocabulary_, (chosen + 1) * block_size);
    int last = -1;
    for (size_t token = chosen * block_size; token < end; ++token) {
        const float weight = fast_exp((logits_[token] - block.max) * inverse_temperature_);
        if (weight > 0) {
            last = static_cast<int>(token);
            left -= weight;
            if (left < 0) {
                break;
            }
        }
    }
    return last;
}

bool Sampler::more_likely(const Candidate &a, const Candidate &b) {
    return a.logit > b.logit || (a.logit == b.logit && a.token < b.token);
}

bool Sampler::by_token(const Candidate &a, const Candidate &b) { return a.token < b.token; }

int Sampler::draw_from_kept(const SamplingParams &params, double uniform) {
    const float temperature = 1 / inverse_temperature_;
    const float lowest = params.min_p > 0 ? max_ + temperature * std::log(params.min_p) : -FLT_MAX;
    const bool by_count = params.top_k > 0;
    for (float share : candidate_shares) {
        const float cut = share > 0 ? max_ + temperature * std::log(share) : -FLT_MAX;
        gather(std::max(cut, lowest));
        // Without top-k, top-p needs the sum of all that min-p keeps.
        const bool enough = by_count ? kept_.size() >= static_cast<size_t>(params.top_k)
                                     : params.min_p <= 0 && kept_weight() >= params.top_p * tempered_sum_;
        if (enough || cut <= lowest) {
            break;
        }
    }
    if (by_count && kept_.size() > static_cast<size_t>(params.top_k)) {
        keep_most_likely(params.top_k);
    }
    if (params.top_p < 1) {
        keep_nucleus(params.top_p * (by_count || params.min_p > 0 ? kept_weight() : tempered_sum_));
    }
    // In the order of ids, so that a number picks the same token whatever order the selection left.
    double left = uniform * kept_weight();
    int last = kept_.front().token;
    for (const Candidate &candidate : kept_) {
        if (candidate.weight > 0) {
            last = candidate.token;
            left -= candidate.weight;
            if (left < 0) {
                break;
            }
        }
    }
    return last;
}

void Sampler::gather(float lowest_logit) {
    kept_.clear();
    for (size_t block = 0; block < blocks_.size(); ++block) {
        if (blocks_[block].max < lowest_logit || blocks_[block].max == -FLT_MAX) {
            continue;
        }
        const size_t end = std::min(vocabulary_, (block + 1) * block_size);
        for (size_t token = block * block_size; token < end; ++token) {
            const float logit = logits_[token];
            if (logit >= lowest_logit) {
                kept_.push_back({logit, fast_exp((logit - max_) * inverse_temperature_), static_cast<int>(token)});
            }
        }
    }
}

void Sampler::keep_most_likely(size_t count) {
    std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(count), kept_.end(), more_likely);
    kept_.resize(count);
    std::sort(kept_.begin(), kept_.end(), by_token);
}

void Sampler::keep_nucleus(double mass) {
    // Buckets by distance from the most likely token show where the sum reaches the mass; only one needs sorting.
    const auto bucket_of = [this](const Candidate &candidate) {
        const float distance = (max_ - candidate.logit) * inverse_temperature_;
        return std::min(buckets - 1, static_cast<int>(std::min(distance, 1e6f) * buckets_per_nat));
    };
    double masses[buckets] = {};
    for (const Candidate &candidate : kept_) {
        masses[bucket_of(candidate)] += candidate.weight;
    }
    int last = 0;
    double above = 0;
    while (last < buckets - 1 && above + masses[last] < mass) {
        above += masses[last++];
    }
    boundary_.clear();
    std::copy_if(kept_.begin(), kept_.end(), std::back_inserter(boundary_), [&](const Candidate &candidate) {
        return bucket_of(candidate) == last;
    });
    std::sort(boundary_.begin(), boundary_.end(), more_likely);
    size_t least = 0;
    while (least + 1 < boundary_.size() && (above += boundary_[least].weight) < mass) {
        ++least;
    }
    if (!boundary_.empty()) {
        const auto less_likely = [&](const Candidate &other) { return more_likely(boundary_[least], other); };
        kept_.erase(std::remove_if(kept_.begin(), kept_.end(), less_likely), kept_.end());
    }
}

double Sampler::kept_weight() const {
    double total = 0;
    for (const Candidate &candidate : kept_) {
        total += candidate.weight;
    }
    return total;
}

}  // namespace espalier

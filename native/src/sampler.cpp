#include "sampler.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace espalier {

namespace {

// Below this the most likely token is as good as certain, and logits divided by it can overflow.
constexpr float lowest_temperature = 1e-4f;

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
        token = truncation_.draw(
            {logits_, vocabulary_, blocks_.data(), max_, inverse_temperature_, tempered_sum_}, params, uniform);
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
    likeliest_.clear();
    const auto wanted = static_cast<size_t>(count);
    // A token has to be likelier than this. Ids rise, so that of equals the lowest is found first.
    float bound = wanted > 0 ? -FLT_MAX : INFINITY;
    for (size_t block = 0; block < blocks_.size(); ++block) {
        // Few blocks have a token that is likelier than those found so far.
        if (blocks_[block].max <= bound) {
            continue;
        }
        const size_t end = std::min(vocabulary_, (block + 1) * block_size);
        for (size_t i = block * block_size; i < end; ++i) {
            if (!(logits_[i] > bound)) {
                continue;
            }
            if (likeliest_.size() == wanted) {
                likeliest_.pop_back();
            }
            const auto token = static_cast<int>(i);
            const auto place = std::upper_bound(
                likeliest_.begin(), likeliest_.end(), token, [this](int a, int b) { return logits_[a] > logits_[b]; });
            likeliest_.insert(place, token);
            if (likeliest_.size() == wanted) {
                bound = logits_[likeliest_.back()];
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

}  // namespace espalier

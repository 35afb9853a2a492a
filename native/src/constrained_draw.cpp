#include "constrained_draw.h"

#include <cmath>

namespace espalier {

namespace {

// Draws before the whole row is masked.
constexpr int draws = 4;

}  // namespace

ConstrainedDraw::Result ConstrainedDraw::draw(
    Sampler &sampler, const SamplingParams &params, uint64_t seed, int64_t position, Grammar &grammar, int state) {
    const bool greedy = params.temperature <= 0 || params.top_k == 1;
    // The number of draws must not depend on what is known of the grammar already: the same seed draws the same tokens.
    for (int i = 0; i < (greedy ? 1 : draws); ++i) {
        const Drawn drawn =
            sampler.draw(params, i == 0 ? uniform(seed, position) : uniform_again(seed, position, i));
        const int next = grammar.next(state, drawn.token);
        if (next != Grammar::refused) {
            return {drawn, next};
        }
    }
    const auto allowed = grammar.allowed(state);
    if (allowed->empty()) {
        return {{-1, 0, 0}, Grammar::refused};
    }
    if (masked_ == nullptr) {
        masked_ = std::make_unique<Sampler>(vocabulary_);
        row_.resize(vocabulary_);
    }
    const float *logits = sampler.logits();
    for (size_t token = 0; token < vocabulary_; ++token) {
        row_[token] = Grammar::is_set(*allowed, static_cast<int>(token)) ? logits[token] : -INFINITY;
    }
    if (!masked_->read(row_.data(), params.temperature)) {
        return {{-1, 0, 0}, Grammar::refused};
    }
    const int token = masked_->draw(params, uniform_again(seed, position, draws)).token;
    return {{token, sampler.log_prob(token), sampler.entropy()}, grammar.next(state, token)};
}

}  // namespace espalier

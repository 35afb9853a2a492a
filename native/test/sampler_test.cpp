#include "sampler.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

#include "check.h"

namespace {

using espalier::Drawn;
using espalier::Sampler;
using espalier::SamplingParams;

// Distances below include the float results' own rounding.
constexpr double tolerance = 2e-5;

std::vector<float> random_logits(size_t count, unsigned seed, float deviation = 3) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> logits(count);
    for (float &logit : logits) {
        logit = normal(random);
    }
    return logits;
}

std::vector<double> probabilities(const std::vector<float> &logits, double temperature) {
    const double max = *std::max_element(logits.begin(), logits.end());
    std::vector<double> p;
    for (float logit : logits) {
        p.push_back(std::exp((logit - max) / temperature));
    }
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double &value : p) {
        value /= sum;
    }
    return p;
}

// The definition, in double precision and with a full sort.
std::vector<double> reference(const std::vector<float> &logits, const SamplingParams &params) {
    std::vector<double> p = probabilities(logits, params.temperature);
    std::vector<int> order(p.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return p[a] > p[b]; });
    const double least = params.min_p * p[order[0]];
    size_t kept = 0;
    while (kept < order.size() && p[order[kept]] >= least && (params.top_k == 0 || kept < size_t(params.top_k))) {
        ++kept;
    }
    double sum = 0;
    for (size_t i = 0; i < kept; ++i) {
        sum += p[order[i]];
    }
    if (params.top_p < 1) {
        double reached = 0;
        size_t nucleus = 0;
        while (nucleus < kept && reached < params.top_p * sum) {
            reached += p[order[nucleus++]];
        }
        kept = nucleus;
        sum = reached;
    }
    std::vector<double> result(p.size(), 0.0);
    for (size_t i = 0; i < kept; ++i) {
        result[order[i]] = p[order[i]] / sum;
    }
    return result;
}

void expect_distribution(const std::vector<float> &logits, const SamplingParams &params) {
    const std::vector<double> expected = reference(logits, params);
    constexpr int draws = 10000;
    std::vector<int> counts(logits.size());
    Sampler sampler(logits.size());
    CHECK(sampler.read(logits.data(), params.temperature));
    for (int i = 0; i < draws; ++i) {
        const Drawn drawn = sampler.draw(params, espalier::uniform(42, i));
        CHECK(drawn.token >= 0 && drawn.token < static_cast<int>(logits.size()));
        CHECK(expected[drawn.token] > 0);
        ++counts[drawn.token];
    }
    // Chi-square over the tokens that are expected 10 times or more; the others together are one class.
    double chi = 0;
    double rest_expected = 0;
    double rest_count = 0;
    int classes = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
        const double mean = expected[i] * draws;
        if (mean < 10) {
            rest_expected += mean;
            rest_count += counts[i];
        } else {
            chi += (counts[i] - mean) * (counts[i] - mean) / mean;
            ++classes;
        }
    }
    if (rest_expected >= 10) {
        chi += (rest_count - rest_expected) * (rest_count - rest_expected) / rest_expected;
        ++classes;
    }
    const double freedom = classes - 1;
    // Mean plus five deviations: passes but for one in a million, and the numbers are always the same.
    CHECK(chi <= freedom + 5 * std::sqrt(2 * freedom) + 5);
}

void draws_the_distribution() {
    for (size_t count : {1, 7, 261, 5003}) {
        const std::vector<float> logits = random_logits(count, static_cast<unsigned>(count));
        const SamplingParams cases[] = {
            {1, 0, 1, 0},
            {0.8f, 0, 1, 0},
            {2.5f, 0, 1, 0},
            {0.8f, 5, 1, 0},
            {0.8f, 4000, 1, 0},
            {0.8f, 0, 0.9f, 0},
            {3.0f, 0, 0.999f, 0},
            {0.8f, 0, 1, 0.1f},
            {0.7f, 40, 0.95f, 0.05f},
            {1.5f, 40, 0.5f, 0},
            {1.5f, 0, 0.7f, 0.01f},
        };
        for (const SamplingParams &params : cases) {
            expect_distribution(logits, params);
        }
    }
}

void equal_logits_keep_the_lowest_ids() {
    const std::vector<float> logits(3000, 1.5f);
    Sampler sampler(logits.size());
    CHECK(sampler.read(logits.data(), 0));
    CHECK(sampler.draw({0, 0, 1, 0}, 0.99).token == 0);
    CHECK(sampler.read(logits.data(), 1));
    CHECK(sampler.draw({1, 10, 1, 0}, 0.9999).token == 9);
    CHECK(sampler.draw({1, 0, 0.5f, 0}, 0.9999999).token == 1499);
    CHECK_NEAR(sampler.entropy(), std::log(3000.0), tolerance);
}

void agrees_with_double_precision() {
    for (size_t count : {1, 2, 15, 16, 17, 511, 512, 513, 32003, 49152, 151936, 262144}) {
        for (float deviation : {0.1f, 3.0f, 30.0f}) {
            const std::vector<float> logits = random_logits(count, static_cast<unsigned>(count), deviation);
            const std::vector<double> p = probabilities(logits, 1);
            double entropy = 0;
            for (double value : p) {
                entropy -= value > 0 ? value * std::log(value) : 0;
            }
            Sampler sampler(count);
            CHECK(sampler.read(logits.data(), 0));
            const Drawn best = sampler.draw({0, 0, 1, 0}, 0);
            CHECK(best.token == std::max_element(logits.begin(), logits.end()) - logits.begin());
            CHECK_NEAR(best.log_prob, std::log(p[best.token]), tolerance);
            CHECK_NEAR(best.log_prob, sampler.top_log_prob(), tolerance);
            CHECK_NEAR(best.entropy, entropy, tolerance * (1 + entropy));
            CHECK(sampler.read(logits.data(), 0.6f));
            const Drawn other = sampler.draw({0.6f, 0, 1, 0}, 0.37);
            CHECK_NEAR(other.log_prob, std::log(p[other.token]), tolerance * (1 + std::fabs(other.log_prob)));
        }
    }
}

void the_same_number_draws_the_same_token() {
    const std::vector<float> logits = random_logits(49152, 5);
    Sampler a(logits.size());
    Sampler b(logits.size());
    for (int i = 0; i < 200; ++i) {
        const SamplingParams params{0.5f + 0.01f * i, i % 3 * 20, i % 2 ? 1 : 0.9f, 0};
        CHECK(a.read(logits.data(), params.temperature));
        CHECK(b.read(logits.data(), params.temperature));
        const double number = espalier::uniform(99, i);
        CHECK(a.draw(params, number).token == b.draw(params, number).token);
    }
    // From the documented formula, computed elsewhere.
    CHECK(espalier::uniform(0, 0) == 0.8833108082136426);
    CHECK(espalier::uniform(42, 7) == 0.8006318767135033);
}

void the_likeliest_are_those_of_a_full_sort() {
    for (size_t count : {1, 5, 511, 513, 5003, 49152}) {
        for (int round = 0; round < 8; ++round) {
            std::vector<float> logits = random_logits(count, static_cast<unsigned>(count + round));
            if (round % 2 == 1) {
                // Many are equal.
                for (float &logit : logits) {
                    logit = std::round(logit);
                }
                logits[count / 2] = std::nanf("");
                logits[count / 3] = 1;
                logits.back() = count > 1 ? -INFINITY : 1;
            }
            std::vector<int> order;
            for (size_t i = 0; i < count; ++i) {
                if (std::isfinite(logits[i])) {
                    order.push_back(static_cast<int>(i));
                }
            }
            std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return logits[a] > logits[b]; });
            Sampler sampler(count);
            CHECK(sampler.read(logits.data(), 0.8f));
            for (int wanted : {0, 1, 3, 20}) {
                const std::vector<int> &likeliest = sampler.likeliest(wanted);
                CHECK(likeliest.size() == std::min(order.size(), static_cast<size_t>(wanted)));
                CHECK(std::equal(likeliest.begin(), likeliest.end(), order.begin()));
            }
        }
    }
}

// A row that tokens are not drawn from is read without a temperature.
void what_is_told_of_a_row_is_the_same_at_any_temperature() {
    for (size_t count : {17, 513, 49152}) {
        std::vector<float> logits = random_logits(count, static_cast<unsigned>(count));
        logits[count / 2] = -INFINITY;
        Sampler plain(count);
        CHECK(plain.read(logits.data(), 1));
        for (float temperature : {0.0f, 0.3f, 0.8f, 1.7f}) {
            Sampler tempered(count);
            CHECK(tempered.read(logits.data(), temperature));
            CHECK(tempered.entropy() == plain.entropy());
            for (size_t token = 0; token < count; ++token) {
                CHECK(tempered.log_prob(static_cast<int>(token)) == plain.log_prob(static_cast<int>(token)));
            }
        }
    }
}

void odd_rows_do_not_crash() {
    const float nan = std::nanf("");
    for (size_t count : {1, 16, 700}) {
        Sampler sampler(count);
        CHECK(!sampler.read(std::vector<float>(count, nan).data(), 1));
        CHECK(!sampler.read(std::vector<float>(count, -INFINITY).data(), 1));
        std::vector<float> logits(count, -INFINITY);
        logits[count / 2] = INFINITY;
        CHECK(!sampler.read(logits.data(), 1));
        logits[count / 2] = -5;
        if (count > 1) {
            logits[0] = nan;
        }
        for (const SamplingParams &params :
             {SamplingParams{0, 0, 1, 0}, {1, 0, 1, 0}, {0.7f, 3, 1, 0}, {0.7f, 0, 0.5f, 0}, {2, 0, 1, 0.5f}}) {
            CHECK(sampler.read(logits.data(), params.temperature));
            for (double number : {0.0, 0.5, 0.9999999999}) {
                const Drawn drawn = sampler.draw(params, number);
                CHECK(drawn.token == static_cast<int>(count / 2));
                CHECK_NEAR(drawn.log_prob, 0, tolerance);
                CHECK_NEAR(drawn.entropy, 0, tolerance);
            }
        }
        CHECK(count == 1 || sampler.log_prob(0) == -INFINITY);
    }
    // Extreme but finite: the sums neither overflow nor vanish.
    std::vector<float> logits = {-3e38f, 3e38f, 2.9e38f, 0};
    Sampler sampler(logits.size());
    for (float temperature : {0.0f, 1e-30f, 0.01f, 1.0f, 100.0f}) {
        CHECK(sampler.read(logits.data(), temperature));
        CHECK(sampler.draw({temperature, 0, 1, 0}, 0.999).token == 1);
    }
}

// The tokens that are kept, and what is drawn from them, by a sort of the whole row.
class Sorted {
   public:
    Sorted(const std::vector<float> &logits, float temperature)
        : logits_(logits), inverse_temperature_(1 / temperature), max_(*std::max_element(logits.begin(), logits.end())) {
        for (size_t i = 0; i < logits.size(); ++i) {
            weights_.push_back(espalier::fast_exp((logits[i] - max_) * inverse_temperature_));
            if (logits[i] >= -FLT_MAX) {
                order_.push_back(static_cast<int>(i));
            }
        }
        std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return logits[a] > logits[b]; });
        // As the sampler has it.
        std::vector<espalier::Block> blocks((logits.size() + espalier::block_size - 1) / espalier::block_size);
        espalier::pass_over_row(logits.data(), logits.size(), inverse_temperature_, blocks.data());
        for (const espalier::Block &block : blocks) {
            sum_ += block.max == -FLT_MAX
                ? 0
                : std::exp((static_cast<double>(block.max) - max_) * inverse_temperature_) * block.tempered;
        }
    }

    // How many of the most likely tokens are kept.
    size_t kept(const SamplingParams &params) const {
        size_t kept = order_.size();
        double sum = sum_;
        if (params.min_p > 0) {
            const float least = max_ + 1 / inverse_temperature_ * std::log(params.min_p);
            while (logits_[order_[kept - 1]] < least) {
                --kept;
            }
        }
        if (params.top_k > 0) {
            kept = std::min<size_t>(kept, params.top_k);
        }
        if (params.min_p > 0 || params.top_k > 0) {
            sum = weight(by_id(kept));
        }
        if (params.top_p < 1) {
            size_t nucleus = 1;
            double reached = weights_[order_[0]];
            while (nucleus < kept && reached < params.top_p * sum) {
                reached += weights_[order_[nucleus++]];
            }
            kept = nucleus;
        }
        return kept;
    }

    std::vector<int> by_id(size_t kept) const {
        std::vector<int> tokens(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(kept));
        std::sort(tokens.begin(), tokens.end());
        return tokens;
    }

    double weight(const std::vector<int> &tokens) const {
        double sum = 0;
        for (int token : tokens) {
            sum += weights_[token];
        }
        return sum;
    }

    double weight(int token) const { return weights_[token]; }
    int ranked(size_t rank) const { return order_[rank]; }
    size_t size() const { return order_.size(); }

   private:
    const std::vector<float> &logits_;
    float inverse_temperature_;
    float max_;
    std::vector<float> weights_;
    std::vector<int> order_;
    double sum_ = 0;
};

// The number that draws a token of a set: the middle of its share. 2 if it has none.
double number_of(const Sorted &sorted, const std::vector<int> &tokens, int token) {
    double before = 0;
    for (int other : tokens) {
        if (other == token) {
            break;
        }
        before += sorted.weight(other);
    }
    const double number = (before + sorted.weight(token) / 2) / sorted.weight(tokens);
    return sorted.weight(token) > 0 ? number : 2;
}

// Exactly the tokens are kept that a sort keeps, and the same number draws the same one.
void expect_kept(const char *name, const std::vector<float> &logits, const SamplingParams &params, const Sorted &sorted) {
    const size_t kept = sorted.kept(params);
    const std::vector<int> tokens = sorted.by_id(kept);
    Sampler sampler(logits.size());
    CHECK(sampler.read(logits.data(), params.temperature));
    const auto draws = [&](double number, int token) {
        const int drawn = sampler.draw(params, number).token;
        if ((drawn == token) != (number < 1)) {
            std::fprintf(
                stderr, "%s, %zu tokens, T %g, top-k %d, top-p %g, min-p %g: %zu kept, %.17g draws %d, not %d\n", name,
                logits.size(), params.temperature, params.top_k, params.top_p, params.min_p, kept, number, drawn, token);
        }
        return drawn == token;
    };
    const int probed[] = {
        tokens.front(), tokens.back(), tokens[kept / 2], tokens[kept / 3], sorted.ranked(0), sorted.ranked(kept / 2),
        sorted.ranked(kept - 1), sorted.ranked(kept - std::min<size_t>(kept, 2))};
    for (int token : probed) {
        const double number = number_of(sorted, tokens, token);
        // Shares too small for a number to fall into.
        if (number < 1 && sorted.weight(token) > 1e-9 * sorted.weight(tokens)) {
            CHECK(draws(number, token));
        }
    }
    // The first that is not kept would be drawn by its number if it were.
    if (kept < sorted.size()) {
        const int next = sorted.ranked(kept);
        const double number = number_of(sorted, sorted.by_id(kept + 1), next);
        if (number < 1 && sorted.weight(next) > 1e-9 * sorted.weight(tokens)) {
            CHECK(sampler.draw(params, number).token != next);
        }
    }
}

struct Row {
    const char *name;
    std::vector<float> logits;
};

std::vector<Row> rows_of(size_t count) {
    std::vector<Row> rows;
    const auto seed = static_cast<unsigned>(count);
    for (float deviation : {0.01f, 1.0f, 3.0f, 30.0f}) {
        rows.push_back({"normal", random_logits(count, seed, deviation)});
    }
    rows.push_back({"all equal", std::vector<float>(count, -2.5f)});
    Row dominant{"one dominant", random_logits(count, seed)};
    dominant.logits[count / 3] = 60;
    rows.push_back(dominant);
    Row levels{"few levels", random_logits(count, seed)};
    for (float &logit : levels.logits) {
        logit = std::round(logit);
    }
    rows.push_back(levels);
    Row two{"two levels", random_logits(count, seed)};
    for (float &logit : two.logits) {
        logit = logit > 0 ? 1.0f : 0.5f;
    }
    rows.push_back(two);
    Row rising{"rising", random_logits(count, seed)};
    std::sort(rising.logits.begin(), rising.logits.end());
    rows.push_back(rising);
    Row falling{"falling", rising.logits};
    std::reverse(falling.logits.begin(), falling.logits.end());
    rows.push_back(falling);
    Row masked{"mostly masked", random_logits(count, seed)};
    Row removed{"mostly removed", masked.logits};
    for (size_t i = 0; i < count; ++i) {
        if (i % 41 != count / 2 % 41) {
            masked.logits[i] = -1e30f;
            removed.logits[i] = -INFINITY;
        }
    }
    rows.push_back(masked);
    rows.push_back(removed);
    Row extreme{"extreme", random_logits(count, seed, 1e38f)};
    for (float &logit : extreme.logits) {
        logit = std::clamp(logit, -3e38f, 3e38f);
    }
    rows.push_back(extreme);
    // A sample of the row that takes each so-manieth token sees one kind alone.
    for (size_t period : {2, 16, 64}) {
        Row periodic{"periodic", random_logits(count, seed, 0.5f)};
        for (size_t i = 0; i < count; i += period) {
            periodic.logits[i] += 4;
        }
        rows.push_back(periodic);
    }
    // Likely tokens where a sample may not see them.
    Row clustered{"clustered", random_logits(count, seed, 0.5f)};
    for (size_t i = count / 2; i < std::min(count, count / 2 + 40); ++i) {
        clustered.logits[i] += 9;
    }
    rows.push_back(clustered);
    return rows;
}

void keeps_what_a_sort_keeps() {
    for (size_t count : {1, 2, 17, 512, 513, 1024, 4096, 5003, 32003, 151936}) {
        for (const Row &row : rows_of(count)) {
            for (float temperature : {1.0f, 0.7f, 2.5f}) {
                const Sorted sorted(row.logits, temperature);
                for (const SamplingParams &params : {
                         SamplingParams{temperature, 1 + static_cast<int>(count % 2), 1, 0},
                         {temperature, 2, 1, 0},
                         {temperature, 50, 1, 0},
                         {temperature, 1000, 1, 0},
                         {temperature, static_cast<int>(count - count / 7), 1, 0},
                         {temperature, 0, 0.05f, 0},
                         {temperature, 0, 0.5f, 0},
                         {temperature, 0, 0.95f, 0},
                         {temperature, 0, 0.9999f, 0},
                         {temperature, 0, 1, 0.05f},
                         {temperature, 0, 0.9f, 0.3f},
                         {temperature, 0, 0.9f, 1e-4f},
                         {temperature, 40, 0.95f, 0},
                         {temperature, 700, 0.8f, 0.01f}}) {
                    if (params.top_k != 1) {
                        expect_kept(row.name, row.logits, params, sorted);
                    }
                }
            }
        }
    }
}

}  // namespace

int main() {
    draws_the_distribution();
    keeps_what_a_sort_keeps();
    equal_logits_keep_the_lowest_ids();
    agrees_with_double_precision();
    the_same_number_draws_the_same_token();
    the_likeliest_are_those_of_a_full_sort();
    what_is_told_of_a_row_is_the_same_at_any_temperature();
    odd_rows_do_not_crash();
    return 0;
}

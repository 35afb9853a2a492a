#include "logit_changes.h"

#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

#include "check.h"
#include "llama.h"

namespace {

using espalier::LogitChanger;
using espalier::LogitChanges;

void changes_are_those_of_the_definition() {
    const std::vector<float> logits{2, -1, 0.5f, 3, -4, 1};
    // The prompt is 0 1, the reply 3 3 5; the last four tokens are 1 3 3 5.
    const std::vector<int32_t> path{0, 1, 3, 3, 5};
    LogitChanges changes;
    changes.presence = 0.5f;
    changes.frequency = 0.25f;
    changes.repeat = 2;
    changes.last_n = 4;
    changes.bias = {{4, 10}, {1, -3}};
    LogitChanger changer(logits.size());
    for (int again = 0; again < 2; ++again) {
        const float *row = changer.apply(logits.data(), changes, path.data(), path.size(), 2);
        const float expected[] = {
            2,                        // In the prompt, and further back than the last four.
            (-1 - 3) * 2,             // Biased, then repeated: below 0 it is multiplied. The prompt is not penalised.
            0.5f,                     // Nowhere.
            3 / 2.0f - 2 * 0.25f - 0.5f,  // Twice in the reply.
            6,                        // Biased alone.
            1 / 2.0f - 0.25f - 0.5f,  // Once in the reply.
        };
        for (size_t i = 0; i < logits.size(); ++i) {
            CHECK_NEAR(row[i], expected[i], 1e-6);
        }
    }
    changes.last_n = -1;
    CHECK_NEAR(changer.apply(logits.data(), changes, path.data(), path.size(), 2)[0], 1, 1e-6);
    changes.last_n = 0;
    const float *row = changer.apply(logits.data(), changes, path.data(), path.size(), path.size());
    CHECK_NEAR(row[3], 3, 0);
    CHECK_NEAR(row[5], 1, 0);
}

// With a reply that is the whole path and within what is looked back on, llama.cpp means the same.
void changes_are_those_of_llama_cpp() {
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0, 4);
    for (int round = 0; round < 200; ++round) {
        constexpr size_t vocabulary = 300;
        std::vector<float> logits(vocabulary);
        for (float &logit : logits) {
            logit = normal(random);
        }
        std::vector<int32_t> path(random() % 60);
        for (int32_t &token : path) {
            token = static_cast<int32_t>(random() % (round % 2 ? 10 : vocabulary));
        }
        LogitChanges changes;
        changes.presence = static_cast<float>(round % 5) / 4;
        changes.frequency = static_cast<float>(round % 3) / 2 - 0.5f;
        changes.repeat = round % 7 == 0 ? 1 : 1 + static_cast<float>(round % 4) / 3;
        changes.last_n = 64;
        std::vector<llama_logit_bias> biases;
        for (int i = 0; i < round % 6; ++i) {
            const auto token = static_cast<int32_t>(i * 7 % vocabulary);
            changes.bias.emplace_back(token, normal(random));
            biases.push_back({token, changes.bias.back().second});
        }
        std::vector<llama_token_data> data(vocabulary);
        for (size_t i = 0; i < vocabulary; ++i) {
            data[i] = {static_cast<llama_token>(i), logits[i], 0};
        }
        llama_token_data_array array{data.data(), data.size(), -1, false};
        llama_sampler *bias = llama_sampler_init_logit_bias(
            vocabulary, static_cast<int32_t>(biases.size()), biases.data());
        llama_sampler *penalties = llama_sampler_init_penalties(vocabulary, 64, changes.repeat, changes.frequency, changes.presence);
        for (int32_t token : path) {
            llama_sampler_accept(penalties, token);
        }
        llama_sampler_apply(bias, &array);
        llama_sampler_apply(penalties, &array);
        LogitChanger changer(vocabulary);
        const float *row = changer.apply(logits.data(), changes, path.data(), path.size(), 0);
        for (const llama_token_data &one : data) {
            CHECK_NEAR(row[one.id], one.logit, 1e-4);
        }
        llama_sampler_free(bias);
        llama_sampler_free(penalties);
    }
}

void what_is_not_known_or_no_number_stays_as_it_is() {
    const std::vector<float> logits{FLT_MAX, -FLT_MAX, -INFINITY, std::nanf("")};
    const std::vector<int32_t> path{-1, 0, 1, 2, 3, -1};
    LogitChanges changes;
    changes.presence = 2;
    changes.repeat = 0.1f;
    changes.last_n = -1;
    changes.bias = {{0, 100}, {1, -100}, {2, 100}};
    LogitChanger changer(logits.size());
    const float *row = changer.apply(logits.data(), changes, path.data(), path.size(), 0);
    CHECK(std::isfinite(row[0]));
    CHECK(std::isfinite(row[1]));
    CHECK(row[2] == -INFINITY);
    CHECK(std::isnan(row[3]));
}

}  // namespace

int main() {
    changes_are_those_of_the_definition();
    changes_are_those_of_llama_cpp();
    what_is_not_known_or_no_number_stays_as_it_is();
    return 0;
}

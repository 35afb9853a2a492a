// Times the fused sampler against llama.cpp's own chain, and a plain arg-max, over the same rows, one thread. Prints a line
// of JSON for each vocabulary, kind of row and way of sampling: milliseconds of the processor's time for all rows, the best
// of several runs in turns, and the ratio to a draw of the same temperature that cuts nothing off.
//
//   sampler-bench [rows]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <random>
#include <vector>

#include "llama.h"
#include "row_pass.h"
#include "sampler.h"
#include "thread_clock.h"

namespace {

using espalier::Sampler;
using espalier::SamplingParams;

int arg_max(const float *logits, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; ++i) {
        if (logits[i] > logits[best]) {
            best = i;
        }
    }
    return static_cast<int>(best);
}

template <typename Work>
double millis(Work work) {
    const double start = espalier::computing_seconds();
    work();
    return 1e3 * (espalier::computing_seconds() - start);
}

// llama.cpp's samplers in the order of the fused one, and the candidates as its tools lay them out.
class Chain {
   public:
    Chain(size_t vocabulary, const SamplingParams &params)
        : chain_(llama_sampler_chain_init(llama_sampler_chain_default_params()), llama_sampler_free),
          candidates_(vocabulary) {
        if (params.temperature == 0) {
            add(llama_sampler_init_greedy());
            return;
        }
        add(llama_sampler_init_temp(params.temperature));
        if (params.min_p > 0) {
            add(llama_sampler_init_min_p(params.min_p, 1));
        }
        if (params.top_k > 0) {
            add(llama_sampler_init_top_k(params.top_k));
        }
        if (params.top_p < 1) {
            add(llama_sampler_init_top_p(params.top_p, 1));
        }
        add(llama_sampler_init_dist(7));
    }

    int draw(const float *logits) {
        for (size_t i = 0; i < candidates_.size(); ++i) {
            candidates_[i] = {static_cast<llama_token>(i), logits[i], 0};
        }
        llama_token_data_array all = {candidates_.data(), candidates_.size(), -1, false};
        llama_sampler_apply(chain_.get(), &all);
        return all.data[all.selected].id;
    }

   private:
    void add(llama_sampler *sampler) { llama_sampler_chain_add(chain_.get(), sampler); }

    std::unique_ptr<llama_sampler, decltype(&llama_sampler_free)> chain_;
    std::vector<llama_token_data> candidates_;
};

// What a model is sure of, what it is not, and what no model gives: the same to a hundredth.
enum class Rows { normal, peaked, flat };

constexpr struct {
    Rows rows;
    const char *name;
} kinds[] = {{Rows::normal, "normal"}, {Rows::peaked, "peaked"}, {Rows::flat, "flat"}};

std::vector<float> logits_of(Rows rows, size_t count, size_t vocabulary) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, rows == Rows::flat ? 0.01f : 3);
    std::vector<float> logits(count * vocabulary);
    for (float &logit : logits) {
        logit = normal(random);
    }
    for (size_t row = 0; rows == Rows::peaked && row < count; ++row) {
        for (int i = 0; i < 5; ++i) {
            logits[row * vocabulary + random() % vocabulary] += 18;
        }
    }
    return logits;
}

void time_rows(Rows kind, const char *name, size_t vocabulary, int rows) {
    const std::vector<float> logits = logits_of(kind, static_cast<size_t>(rows), vocabulary);
    Sampler sampler(vocabulary);
    volatile int sink = 0;
    const struct {
        const char *name;
        SamplingParams params;
    } cases[] = {
        {"greedy", {0, 0, 1, 0}},
        {"T=1", {1, 0, 1, 0}},
        {"T=1 top-p 0.95", {1, 0, 0.95f, 0}},
        {"T=0.8", {0.8f, 0, 1, 0}},
        {"T=0.8 top-k 50", {0.8f, 50, 1, 0}},
        {"T=0.8 top-k 1000", {0.8f, 1000, 1, 0}},
        {"T=0.8 top-p 0.95", {0.8f, 0, 0.95f, 0}},
        {"T=0.8 top-p 0.5", {0.8f, 0, 0.5f, 0}},
        {"T=0.8 min-p 0.05", {0.8f, 0, 1, 0.05f}},
        {"T=0.8 top-k 40 top-p 0.95 min-p 0.05", {0.8f, 40, 0.95f, 0.05f}},
    };
    double fused[std::size(cases)];
    double chained[std::size(cases)];
    std::fill(std::begin(fused), std::end(fused), 1e30);
    std::fill(std::begin(chained), std::end(chained), 1e30);
    double naive = 1e30;
    for (int run = 0; run < 9; ++run) {
        naive = std::min(naive, millis([&] {
            for (int row = 0; row < rows; ++row) {
                sink = arg_max(logits.data() + row * vocabulary, vocabulary);
            }
        }));
        for (size_t i = 0; i < std::size(cases); ++i) {
            fused[i] = std::min(fused[i], millis([&] {
                for (int row = 0; row < rows; ++row) {
                    sampler.read(logits.data() + row * vocabulary, cases[i].params.temperature);
                    sink = sampler.draw(cases[i].params, espalier::uniform(7, row)).token;
                }
            }));
            if (run < 3) {
                Chain chain(vocabulary, cases[i].params);
                chained[i] = std::min(chained[i], millis([&] {
                    for (int row = 0; row < rows; ++row) {
                        sink = chain.draw(logits.data() + row * vocabulary);
                    }
                }));
            }
        }
    }
    for (size_t i = 0; i < std::size(cases); ++i) {
        const auto plain = std::find_if(std::begin(cases), std::end(cases), [&](const auto &one) {
            return one.params.temperature == cases[i].params.temperature;
        });
        std::printf(
            "{\"vocabulary\":%zu,\"rows\":%d,\"distribution\":\"%s\",\"sampling\":\"%s\",\"target\":\"%s\","
            "\"fusedMillis\":%.3f,\"overPlain\":%.2f,\"chainMillis\":%.3f,\"argMaxMillis\":%.3f,\"chainOverFused\":%.1f}\n",
            vocabulary, rows, name, cases[i].name, espalier::row_pass_target(), fused[i],
            fused[i] / fused[plain - std::begin(cases)], chained[i], naive, chained[i] / fused[i]);
    }
}

}  // namespace

int main(int argc, char **argv) {
    const int rows = argc > 1 ? std::atoi(argv[1]) : 64;
    for (const size_t vocabulary : {4096, 49152, 151936, 262144}) {
        for (const auto &[kind, name] : kinds) {
            time_rows(kind, name, vocabulary, rows);
        }
    }
}

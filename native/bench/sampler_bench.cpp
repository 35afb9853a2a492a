// Times the fused sampler against llama.cpp's own chain, and a plain arg-max, over the same rows, one thread. Prints a line
// of JSON for each vocabulary and way of sampling: milliseconds for all rows, the best of several runs.
//
//   sampler-bench [rows]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "llama.h"
#include "row_pass.h"
#include "sampler.h"

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
double best_of(int runs, Work work) {
    double best = 1e30;
    for (int i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count());
    }
    return best;
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

void time_vocabulary(size_t vocabulary, int rows) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 3);
    std::vector<float> logits(vocabulary * rows);
    for (float &logit : logits) {
        logit = normal(random);
    }
    Sampler sampler(vocabulary);
    volatile int sink = 0;
    const struct {
        const char *name;
        SamplingParams params;
    } cases[] = {
        {"greedy", {0, 0, 1, 0}},
        {"T=1", {1, 0, 1, 0}},
        {"T=0.8", {0.8f, 0, 1, 0}},
        {"T=0.8 top-k 50", {0.8f, 50, 1, 0}},
        {"T=0.8 top-p 0.95", {0.8f, 0, 0.95f, 0}},
        {"T=0.8 min-p 0.05", {0.8f, 0, 1, 0.05f}},
    };
    const double naive = best_of(7, [&] {
        for (int row = 0; row < rows; ++row) {
            sink = arg_max(logits.data() + row * vocabulary, vocabulary);
        }
    });
    for (const auto &one : cases) {
        const double fused = best_of(7, [&] {
            for (int row = 0; row < rows; ++row) {
                sampler.read(logits.data() + row * vocabulary, one.params.temperature);
                sink = sampler.draw(one.params, espalier::uniform(7, row)).token;
            }
        });
        Chain chain(vocabulary, one.params);
        const double chained = best_of(3, [&] {
            for (int row = 0; row < rows; ++row) {
                sink = chain.draw(logits.data() + row * vocabulary);
            }
        });
        std::printf(
            "{\"vocabulary\":%zu,\"rows\":%d,\"sampling\":\"%s\",\"target\":\"%s\",\"fusedMillis\":%.3f,"
            "\"chainMillis\":%.3f,\"argMaxMillis\":%.3f,\"chainOverFused\":%.1f}\n",
            vocabulary, rows, one.name, espalier::row_pass_target(), fused, chained, naive, chained / fused);
    }
}

}  // namespace

int main(int argc, char **argv) {
    const int rows = argc > 1 ? std::atoi(argv[1]) : 64;
    for (const size_t vocabulary : {4096, 49152, 151936, 262144}) {
        time_vocabulary(vocabulary, rows);
    }
}

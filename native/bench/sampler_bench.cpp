// Times the fused sampler against a plain arg-max over the same rows, one thread.
//
//   sampler-bench [rows]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

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

// Best of several runs, in milliseconds.
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
    std::printf("%zu rows of %zu (%s)\n", static_cast<size_t>(rows), vocabulary, espalier::row_pass_target());
    const double naive = best_of(7, [&] {
        for (int row = 0; row < rows; ++row) {
            sink = arg_max(logits.data() + row * vocabulary, vocabulary);
        }
    });
    std::printf("  %-18s %8.2f ms\n", "plain arg-max", naive);
    for (const auto &one : cases) {
        const double took = best_of(7, [&] {
            for (int row = 0; row < rows; ++row) {
                sampler.read(logits.data() + row * vocabulary, one.params.temperature);
                sink = sampler.draw(one.params, espalier::uniform(7, row)).token;
            }
        });
        std::printf("  %-18s %8.2f ms\n", one.name, took);
    }
}

}  // namespace

int main(int argc, char **argv) {
    const int rows = argc > 1 ? std::atoi(argv[1]) : 64;
    time_vocabulary(49152, rows);
    time_vocabulary(151936, rows);
    time_vocabulary(262144, rows);
}

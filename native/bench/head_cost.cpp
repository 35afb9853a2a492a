// head-cost MODEL logits|head|embeddings: what it costs to read 16 hidden states off a batch of 640 tokens. One way for
// each process, so that the peak of its memory can be told.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "context.h"
#include "ggml-backend.h"
#include "llama.h"
#include "logging.h"

namespace {

using namespace espalier;
using Clock = std::chrono::steady_clock;

constexpr int siblings = 16;
constexpr int step = 40;
constexpr int tokens = siblings * step;
constexpr int repeats = 3;

double milliseconds(Clock::time_point since) {
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

// The context as it is shipped; with a head of one layer, or reading logits.
double with_context(llama_model *model, bool head) {
    const BatchCapacity capacity{4 * siblings, tokens, 32};
    std::vector<int32_t> words(BatchWords::size_in_words(capacity));
    const int width = llama_model_n_embd(model);
    std::unique_ptr<Head> dense;
    if (head) {
        dense = std::make_unique<Head>(HeadShape{width, 0, 2, false, false}, std::vector<float>(2 * width, 0.01f));
    }
    const ContextParams params{2048, siblings, true, 1, GGML_TYPE_F16, capacity};
    const auto context = Context::open(model, params, words.data(), std::move(dense));
    double best = 1e9;
    for (int repeat = 0; context != nullptr && repeat < repeats; ++repeat) {
        words[0] = siblings;
        words[1] = tokens;
        words[2] = siblings;
        int32_t *at = words.data() + header_words;
        for (int s = 0; s < siblings; ++s, at += operation_words) {
            const int32_t remove[] = {remove_operation, s, s, 0, -1};
            std::memcpy(at, remove, sizeof remove);
        }
        at = words.data() + header_words + capacity.operations * operation_words;
        for (int i = 0; i < tokens; ++i, at += token_words) {
            const int32_t token[] = {1000 + i, i % step, i / step, 0};
            std::memcpy(at, token, sizeof token);
        }
        for (int s = 0; s < siblings; ++s, at += row_in_words) {
            const int32_t row[row_in_words] = {s * step + step - 1, head ? head_row : target_row, 5};
            std::memcpy(at, row, sizeof row);
        }
        const auto began = Clock::now();
        if (context->run(INT64_MAX) != Status::done) {
            std::fprintf(stderr, "%s\n", message().c_str());
            return -1;
        }
        best = std::min(best, milliseconds(began));
    }
    return best;
}

// llama.cpp's own way: a context with embeddings on.
double with_embeddings(llama_model *model) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = 2048;
    params.n_batch = params.n_ubatch = tokens;
    params.n_seq_max = siblings;
    params.kv_unified = true;
    params.n_threads = params.n_threads_batch = 1;
    params.embeddings = true;
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    llama_context *context = llama_init_from_model(model, params);
    llama_batch batch = llama_batch_init(tokens, 0, 1);
    batch.n_tokens = tokens;
    double best = 1e9;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        llama_memory_clear(llama_get_memory(context), false);
        for (int i = 0; i < tokens; ++i) {
            batch.token[i] = 1000 + i;
            batch.pos[i] = i % step;
            batch.n_seq_id[i] = 1;
            batch.seq_id[i][0] = i / step;
            batch.logits[i] = 1;
        }
        const auto began = Clock::now();
        if (llama_decode(context, batch) != 0 || llama_get_embeddings_ith(context, step - 1) == nullptr) {
            return -1;
        }
        best = std::min(best, milliseconds(began));
    }
    llama_batch_free(batch);
    llama_free(context);
    return best;
}

}  // namespace

int main(int argc, char **argv) {
    const char *libraries = std::getenv("ESPALIER_LLAMA_LIB");
    if (argc != 3 || libraries == nullptr) {
        std::fprintf(stderr, "usage: ESPALIER_LLAMA_LIB=DIR head-cost MODEL logits|head|embeddings\n");
        return 2;
    }
    capture_log();
    ggml_backend_load_all_from_path(libraries);
    llama_model_params params = llama_model_default_params();
    params.n_gpu_layers = 0;
    llama_model *model = llama_model_load_from_file(argv[1], params);
    if (model == nullptr) {
        std::fprintf(stderr, "%s\n", message().c_str());
        return 1;
    }
    const std::string way = argv[2];
    const double best = way == "embeddings" ? with_embeddings(model) : with_context(model, way == "head");
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"way\": \"%s\", \"milliseconds\": %.1f, \"peakMegabytes\": %ld}\n", way.c_str(), best, usage.ru_maxrss / 1000);
    llama_model_free(model);
    return best < 0;
}

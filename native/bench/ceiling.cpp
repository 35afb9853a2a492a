// What llama.cpp alone can do, as a measure for the engine: one prefix is decoded and shared, then all branches take
// steps together, each with the most likely token, found by one thread. Prints one JSON object.
//
//   espalier-ceiling MODEL unified|streams BRANCHES PREFIX OWN THREADS
//
// The context's parameters are those of context_open.cpp; $ESPALIER_LLAMA_LIB names the backends' directory.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "llama.h"
#include "llama_batch.h"
#include "logging.h"
#include "worker_pool.h"

namespace {

using espalier::LlamaBatch;
using Clock = std::chrono::steady_clock;

struct Plan {
    bool unified;
    int branches;
    int prefix;
    int own;
    int threads;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

int fail(const char *what) {
    std::fprintf(stderr, "espalier-ceiling: %s\n%s", what, espalier::message().c_str());
    return 1;
}

llama_context *open_context(llama_model *model, const Plan &plan, int batch_tokens) {
    llama_context_params params = llama_context_default_params();
    const int tokens = plan.prefix + plan.own;
    params.n_ctx = plan.unified ? plan.prefix + plan.branches * plan.own : plan.branches * ((tokens + 255) / 256 * 256);
    params.n_batch = batch_tokens;
    params.n_ubatch = batch_tokens;
    params.n_seq_max = plan.branches;
    params.n_outputs_max = plan.branches;
    params.n_threads = plan.threads;
    params.n_threads_batch = plan.threads;
    params.kv_unified = plan.unified;
    params.swa_full = true;
    params.no_perf = true;
    return llama_init_from_model(model, params);
}

int run(llama_model *model, const Plan &plan) {
    const int batch_tokens = std::min(512, std::max(plan.prefix, plan.branches));
    const std::unique_ptr<llama_context, void (*)(llama_context *)> context(
        open_context(model, plan, batch_tokens),
        llama_free);
    const auto pool = espalier::WorkerPool::acquire(plan.threads);
    if (context == nullptr || pool == nullptr) {
        return fail("cannot open a context");
    }
    llama_attach_threadpool(context.get(), pool->handle(plan.threads), pool->handle(plan.threads));
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));

    LlamaBatch batch(batch_tokens);
    const auto prefill_start = Clock::now();
    for (int first = 0; first < plan.prefix; first += batch_tokens) {
        batch.clear();
        for (int i = first; i < std::min(plan.prefix, first + batch_tokens); ++i) {
            batch.add((i * 7919 + 11) % vocabulary, i, 0, i == plan.prefix - 1);
        }
        if (llama_decode(context.get(), batch.get()) != 0) {
            return fail("the prefix cannot be decoded");
        }
    }
    llama_synchronize(context.get());
    const double prefill = seconds_since(prefill_start);

    const auto decode_start = Clock::now();
    double arg_max = 0;
    for (int branch = 1; branch < plan.branches; ++branch) {
        llama_memory_seq_cp(llama_get_memory(context.get()), 0, branch, -1, -1);
    }
    std::vector<llama_token> tokens(plan.branches);
    for (int branch = 0; branch < plan.branches; ++branch) {
        // Branches that begin alike would stay alike.
        tokens[branch] = (branch * 104729 + 17) % vocabulary;
    }
    for (int step = 0; step < plan.own; ++step) {
        batch.clear();
        for (int branch = 0; branch < plan.branches; ++branch) {
            batch.add(tokens[branch], plan.prefix + step, branch, true);
        }
        if (llama_decode(context.get(), batch.get()) != 0) {
            return fail("a step cannot be decoded");
        }
        llama_synchronize(context.get());
        const auto arg_max_start = Clock::now();
        for (int branch = 0; branch < plan.branches; ++branch) {
            const float *logits = llama_get_logits_ith(context.get(), branch);
            tokens[branch] = static_cast<llama_token>(std::max_element(logits, logits + vocabulary) - logits);
        }
        arg_max += seconds_since(arg_max_start);
    }
    const double decode = seconds_since(decode_start);
    llama_detach_threadpool(context.get());

    const int decoded = plan.branches * plan.own;
    std::printf(
        "{\"layout\":\"%s\",\"branches\":%d,\"prefixTokens\":%d,\"ownTokens\":%d,\"threads\":%d,"
        "\"prefillSeconds\":%.4f,\"decodeSeconds\":%.4f,\"argMaxSeconds\":%.4f,\"tokensPerSecond\":%.2f}\n",
        plan.unified ? "unified" : "streams",
        plan.branches,
        plan.prefix,
        plan.own,
        plan.threads,
        prefill,
        decode,
        arg_max,
        decoded / decode);
    return 0;
}

}  // namespace

int main(int argc, char **argv) {
    const char *libraries = std::getenv("ESPALIER_LLAMA_LIB");
    if (argc != 7 || libraries == nullptr ||
        (std::strcmp(argv[2], "unified") != 0 && std::strcmp(argv[2], "streams") != 0)) {
        std::fprintf(
            stderr,
            "usage: ESPALIER_LLAMA_LIB=DIR espalier-ceiling MODEL unified|streams BRANCHES PREFIX OWN THREADS\n");
        return 2;
    }
    const Plan plan{
        std::strcmp(argv[2], "unified") == 0,
        std::atoi(argv[3]),
        std::atoi(argv[4]),
        std::atoi(argv[5]),
        std::atoi(argv[6])};
    if (plan.branches < 1 || plan.branches > 256 || plan.prefix < 1 || plan.own < 1 || plan.threads < 1) {
        return fail("BRANCHES must lie in 1..256; PREFIX, OWN and THREADS must be 1 or more");
    }
    espalier::capture_log();
    ggml_backend_load_all_from_path(libraries);
    llama_backend_init();
    const std::unique_ptr<llama_model, void (*)(llama_model *)> model(
        llama_model_load_from_file(argv[1], llama_model_default_params()),
        llama_model_free);
    return model == nullptr ? fail("cannot load the model") : run(model.get(), plan);
}

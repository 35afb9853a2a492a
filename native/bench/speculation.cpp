// Whether speculative decoding would pay: how many of a draft model's tokens the policy would accept, and what their steps
// cost at several numbers of branches. Prints one JSON object for each number of branches.
//
//   espalier-speculation POLICY DRAFT THREADS <QUESTIONS        one question a line
//
// Rejection sampling (Leviathan et al., "Fast Inference from Transformers via Speculative Decoding", section 3) accepts a
// draft's token with probability a = sum over x of min(p(x), q(x)); of g tokens in a row it keeps a1 + a1 a2 + … on average,
// and a round always yields one token more. a is computed along texts that the policy writes, at temperature 0.8.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "llama.h"
#include "llama_batch.h"
#include "logging.h"
#include "worker_pool.h"

namespace {

using espalier::LlamaBatch;
using Clock = std::chrono::steady_clock;
using ModelPtr = std::unique_ptr<llama_model, void (*)(llama_model *)>;
using ContextPtr = std::unique_ptr<llama_context, void (*)(llama_context *)>;

constexpr float kTemperature = 0.8f;
constexpr int kMostTokens = 400;
constexpr int kPrefix = 128;
constexpr int kMostDrafted = 4;
constexpr int kSteps = 15;

[[noreturn]] void fail(const char *what) {
    std::fprintf(stderr, "espalier-speculation: %s\n%s", what, espalier::message().c_str());
    std::exit(1);
}

ContextPtr open_context(llama_model *model, int branches, int tokens, int batch_tokens, int threads) {
    // The layout that plain samples get.
    const bool unified = branches < 32;
    llama_context_params params = llama_context_default_params();
    params.n_ctx = unified ? branches * tokens : branches * ((tokens + 255) / 256 * 256);
    params.n_batch = batch_tokens;
    params.n_ubatch = batch_tokens;
    params.n_seq_max = branches;
    params.n_outputs_max = batch_tokens;
    params.n_threads = threads;
    params.n_threads_batch = threads;
    params.kv_unified = unified;
    params.swa_full = true;
    params.no_perf = true;
    ContextPtr context(llama_init_from_model(model, params), llama_free);
    if (context == nullptr) {
        fail("cannot open a context");
    }
    return context;
}

void decode(llama_context *context, const LlamaBatch &batch) {
    if (llama_decode(context, batch.get()) != 0) {
        fail("a batch cannot be decoded");
    }
    llama_synchronize(context);
}

std::vector<double> probabilities(llama_context *context, int vocabulary) {
    const float *logits = llama_get_logits_ith(context, -1);
    const float most = *std::max_element(logits, logits + vocabulary);
    std::vector<double> found(vocabulary);
    double sum = 0;
    for (int i = 0; i < vocabulary; ++i) {
        sum += found[i] = std::exp((logits[i] - most) / kTemperature);
    }
    for (double &one : found) {
        one /= sum;
    }
    return found;
}

std::vector<llama_token> tokenize(const llama_model *model, const std::string &question) {
    char system[4096];
    std::string prompt;
    if (llama_model_meta_val_str(model, "espalier.system_prompt", system, sizeof system) > 0) {
        prompt = std::string("<|im_start|>system\n") + system + "<|im_end|>\n";
    }
    prompt += "<|im_start|>user\n" + question + "<|im_end|>\n<|im_start|>assistant\n";
    std::vector<llama_token> tokens(prompt.size());
    const int count = llama_tokenize(
        llama_model_get_vocab(model), prompt.data(), static_cast<int>(prompt.size()), tokens.data(),
        static_cast<int>(tokens.size()), false, true);
    if (count <= 0) {
        fail("a question cannot be tokenized");
    }
    tokens.resize(count);
    return tokens;
}

void feed(llama_context *context, LlamaBatch &batch, const std::vector<llama_token> &tokens, int position) {
    batch.clear();
    for (size_t i = 0; i < tokens.size(); ++i) {
        batch.add(tokens[i], position + static_cast<int>(i), 0, i + 1 == tokens.size());
    }
    decode(context, batch);
}

// The probability that the draft's token is accepted at each place of a text that the policy writes.
std::vector<double> acceptance(
    llama_model *policy, llama_model *draft, const std::string &question, int threads, std::mt19937 &random) {
    const llama_vocab *vocab = llama_model_get_vocab(policy);
    const int vocabulary = llama_vocab_n_tokens(vocab);
    std::vector<llama_token> next = tokenize(policy, question);
    const int most = static_cast<int>(next.size()) + kMostTokens;
    const ContextPtr contexts[] = {
        open_context(policy, 1, most, static_cast<int>(next.size()), threads),
        open_context(draft, 1, most, static_cast<int>(next.size()), threads)};
    LlamaBatch batch(static_cast<int>(next.size()));
    std::vector<double> accepted;
    for (int position = 0; position < most;) {
        std::vector<double> of[2];
        for (int i = 0; i < 2; ++i) {
            feed(contexts[i].get(), batch, next, position);
            of[i] = probabilities(contexts[i].get(), vocabulary);
        }
        position += static_cast<int>(next.size());
        double sum = 0;
        for (int i = 0; i < vocabulary; ++i) {
            sum += std::min(of[0][i], of[1][i]);
        }
        accepted.push_back(sum);
        std::discrete_distribution<int> distribution(of[0].begin(), of[0].end());
        next = {distribution(random)};
        if (llama_vocab_is_eog(vocab, next[0])) {
            break;
        }
    }
    return accepted;
}

// Tokens that a round yields on average.
double yield(const std::vector<std::vector<double>> &texts, int drafted) {
    double sum = 0;
    int places = 0;
    for (const std::vector<double> &text : texts) {
        for (size_t start = 0; start < text.size(); ++start) {
            double all = 1;
            sum += 1;
            for (size_t i = start; i < std::min(text.size(), start + drafted); ++i) {
                sum += all *= text[i];
            }
            ++places;
        }
    }
    return sum / places;
}

// Seconds of a step in which each branch decodes so many tokens; the median.
double step_seconds(llama_model *model, int branches, int tokens, int threads) {
    const int batch_tokens = std::max(kPrefix, branches * tokens);
    const ContextPtr context = open_context(model, branches, kPrefix + kMostDrafted + 1, batch_tokens, threads);
    const auto pool = espalier::WorkerPool::acquire(threads);
    if (pool == nullptr) {
        fail("cannot start the threads");
    }
    llama_attach_threadpool(context.get(), pool->handle(threads), pool->handle(threads));
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    LlamaBatch batch(batch_tokens);
    for (int branch = 0; branch < branches; ++branch) {
        batch.clear();
        for (int i = 0; i < kPrefix; ++i) {
            batch.add((i * 7919 + branch) % vocabulary, i, branch, i + 1 == kPrefix);
        }
        decode(context.get(), batch);
    }
    std::vector<double> took;
    for (int step = 0; step < kSteps; ++step) {
        batch.clear();
        for (int branch = 0; branch < branches; ++branch) {
            for (int i = 0; i < tokens; ++i) {
                batch.add((branch * 104729 + i + step) % vocabulary, kPrefix + i, branch, true);
            }
        }
        const auto start = Clock::now();
        decode(context.get(), batch);
        took.push_back(std::chrono::duration<double>(Clock::now() - start).count());
        llama_memory_seq_rm(llama_get_memory(context.get()), -1, kPrefix, -1);
    }
    llama_detach_threadpool(context.get());
    std::nth_element(took.begin(), took.begin() + kSteps / 2, took.end());
    return took[kSteps / 2];
}

}  // namespace

int main(int argc, char **argv) {
    const char *libraries = std::getenv("ESPALIER_LLAMA_LIB");
    const int threads = argc == 4 ? std::atoi(argv[3]) : 0;
    if (threads < 1 || libraries == nullptr) {
        std::fprintf(stderr, "usage: ESPALIER_LLAMA_LIB=DIR espalier-speculation POLICY DRAFT THREADS <QUESTIONS\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    espalier::capture_log();
    ggml_backend_load_all_from_path(libraries);
    llama_backend_init();
    const ModelPtr policy(llama_model_load_from_file(argv[1], llama_model_default_params()), llama_model_free);
    const ModelPtr draft(llama_model_load_from_file(argv[2], llama_model_default_params()), llama_model_free);
    if (policy == nullptr || draft == nullptr) {
        fail("cannot load the models");
    }
    if (llama_vocab_n_tokens(llama_model_get_vocab(policy.get())) !=
        llama_vocab_n_tokens(llama_model_get_vocab(draft.get()))) {
        fail("the models have different vocabularies");
    }
    std::mt19937 random(1);
    std::vector<std::vector<double>> texts;
    for (std::string question; std::getline(std::cin, question);) {
        texts.push_back(acceptance(policy.get(), draft.get(), question, threads, random));
    }
    if (texts.empty()) {
        fail("no question on standard input");
    }
    for (const int branches : {1, 4, 16, 64}) {
        const double plain = step_seconds(policy.get(), branches, 1, threads);
        const double drafting = step_seconds(draft.get(), branches, 1, threads);
        for (int drafted = 1; drafted <= kMostDrafted; ++drafted) {
            const double checking = step_seconds(policy.get(), branches, drafted + 1, threads);
            const double tokens = yield(texts, drafted);
            std::printf(
                "{\"branches\":%d,\"drafted\":%d,\"accepted\":%.3f,\"tokensPerRound\":%.3f,\"plainMillis\":%.3f,\"draftMillis\":%.3f,"
                "\"checkMillis\":%.3f,\"speedup\":%.3f}\n",
                branches,
                drafted,
                yield(texts, 1) - 1,
                tokens,
                1e3 * plain,
                1e3 * drafting,
                1e3 * checking,
                tokens * plain / (drafted * drafting + checking));
        }
    }
}

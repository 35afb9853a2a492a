// Tree attention inside llama.cpp: log-probabilities of trees against llama.cpp's own attention.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "attention/tree_attention.h"
#include "check.h"
#include "context.h"
#include "context_fixture.h"
#include "logging.h"

namespace {

using namespace espalier;

constexpr int layers = 2;
constexpr int branches = 12;
constexpr int prefix_tokens = 60;
constexpr int steps = 7;
// Decodes in which grow() computes something.
constexpr int decodes = 1 + steps + 1;
constexpr BatchCapacity tree_batch{32, 64, branches * tiny_vocabulary};

ContextParams params(ggml_type type, bool tree, bool flash = true, int threads = 1) {
    ContextParams params{1024, branches, true, threads, type, tree_batch, flash};
    params.tree_attention = tree;
    return params;
}

int token_of(int sequence, int position) { return tiny_first_byte + (sequence * 37 + position * 11 + 5) % 200; }

// A prefix, branches that grow from it, one that loses its end, one that is cut off and forks anew elsewhere, one that
// goes: holes, and cells of later tokens between those of earlier ones. Returns all log-probabilities of the last step.
// Without cuts no sequence is cut off, as a recurrent state cannot be.
std::vector<float> grow(Session &session, bool cuts = true) {
    Step &step = session.step;
    step.clear();
    for (int i = 0; i < prefix_tokens; ++i) {
        step.token(token_of(0, i), i, 0);
    }
    CHECK(session.run() == Status::done);
    step.clear();
    for (int s = 1; s < branches; ++s) {
        step.copy(0, s, prefix_tokens);
    }
    CHECK(session.run() == Status::done);
    std::vector<int> length(branches, prefix_tokens);
    for (int i = 0; i < steps; ++i) {
        step.clear();
        if (i == 4 && cuts) {
            step.remove(3, prefix_tokens + 2).remove(5, 0).copy(2, 5, prefix_tokens + 2).remove(7, 0);
            length[3] = length[5] = prefix_tokens + 2;
            length[7] = 0;
        }
        for (int s = 0; s < branches; ++s) {
            if (length[s] > 0) {
                step.token(token_of(s, length[s]), length[s], s);
                ++length[s];
            }
        }
        CHECK(session.run() == Status::done);
    }
    step.clear();
    int tokens = 0;
    for (int s = 0; s < branches; ++s) {
        if (length[s] > 0) {
            step.token(token_of(s, length[s]), length[s], s);
            for (int id = 0; id < tiny_vocabulary; ++id) {
                step.row(tokens, target_row, id);
            }
            ++tokens;
        }
    }
    CHECK(session.run() == Status::done);
    std::vector<float> log_probs;
    for (int i = 0; i < tokens * tiny_vocabulary; ++i) {
        log_probs.push_back(step.out(i).log_prob);
        CHECK(std::isfinite(log_probs.back()));
    }
    return log_probs;
}

std::vector<float> grown(const Model &model, const ContextParams &how) {
    Session session(model, how);
    return grow(session);
}

double root_mean_square(const std::vector<float> &a, const std::vector<float> &b) {
    CHECK(a.size() == b.size());
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += (static_cast<double>(a[i]) - b[i]) * (a[i] - b[i]);
    }
    return std::sqrt(sum / static_cast<double>(a.size()));
}

// If llama.cpp no longer asked for its attention, this would be 0.
void takes_every_operation(const char *name, const Model &model, int attention_layers) {
    Session session(model, params(GGML_TYPE_F16, true));
    if (session.context->attention_operations() < 0) {
        std::fprintf(stderr, "%s: %s\n", name, session.context->why_stock_attention().c_str());
    }
    CHECK(session.context->attention_operations() >= 0);
    grow(session);
    CHECK(session.context->attention_operations() == int64_t{decodes} * attention_layers);
}

// Exact where the cache is, and else no further from attention without flash attention than llama.cpp's own is.
// quantises: its heads have as many numbers as Q8_0 takes together.
void agrees_with_stock(const char *name, const Model &model, bool quantises) {
    const std::vector<float> exact = grown(model, params(GGML_TYPE_F32, false, false));
    const double single = root_mean_square(grown(model, params(GGML_TYPE_F32, true)), exact);
    const std::vector<float> off = grown(model, params(GGML_TYPE_F16, false, false));
    const double stock = root_mean_square(grown(model, params(GGML_TYPE_F16, false)), off);
    const double tree = root_mean_square(grown(model, params(GGML_TYPE_F16, true)), off);
    std::printf("%-8s from F32 %.1e; F16: stock %.1e, tree %.1e", name, single, stock, tree);
    if (quantises) {
        const double stock_q8 = root_mean_square(grown(model, params(GGML_TYPE_Q8_0, false)), exact);
        const double tree_q8 = root_mean_square(grown(model, params(GGML_TYPE_Q8_0, true)), exact);
        std::printf("; Q8_0: stock %.1e, tree %.1e", stock_q8, tree_q8);
        CHECK(tree_q8 <= 1.1 * stock_q8);
    }
    std::printf("\n");
    CHECK(single < 2e-5);
    CHECK(tree <= 1.05 * stock + 2e-5);
}

// The same bits with another number of threads.
void threads_do_not_matter(const Model &model) {
    const std::vector<float> alone = grown(model, params(GGML_TYPE_F16, true, true, 1));
    for (const int threads : {2, 3, 5, 8, 16}) {
        CHECK(grown(model, params(GGML_TYPE_F16, true, true, threads)) == alone);
    }
}

// A layer with attention above one without: the one is taken.
void hybrids_agree_with_stock(const Model &model) {
    Session tree(model, params(GGML_TYPE_F32, true));
    Session stock(model, params(GGML_TYPE_F32, false, false));
    CHECK(root_mean_square(grow(tree, false), grow(stock, false)) < 2e-5);
    CHECK(tree.context->attention_operations() >= decodes);
}

// Contexts that take turns on one thread keep their plans apart, with tree attention or without.
void contexts_take_turns(const Model &model, const Model &other) {
    Session tree(model, params(GGML_TYPE_F16, true));
    Session stock(other, params(GGML_TYPE_F16, false));
    Session second(other, params(GGML_TYPE_F16, true));
    const std::vector<float> before = grow(tree);
    const std::vector<float> stock_before = grow(stock);
    const std::vector<float> second_before = grow(second);
    for (Session *session : {&tree, &stock, &second}) {
        session->context->clear();
    }
    CHECK(grow(second) == second_before);
    CHECK(grow(stock) == stock_before);
    CHECK(grow(tree) == before);
    CHECK(stock.context->attention_operations() < 0);
}

// A graph that is abandoned in its middle leaves nothing to the next: not the plan of a mask that is overwritten since.
void an_abandoned_graph_leaves_nothing(const Model &model, int threads) {
    Session session(model, params(GGML_TYPE_F16, true, true, threads));
    const std::vector<float> expected = grow(session);
    int aborted = 0;
    for (int round = 0; round < 16; ++round) {
        session.context->clear();
        session.step.clear();
        for (int i = 0; i < prefix_tokens; ++i) {
            session.step.token(token_of(0, i), i, 0);
        }
        // Somewhere before, in or after the decode.
        const Status status = session.run(int64_t{round} * 50'000);
        aborted += status == Status::aborted;
        session.context->clear();
        if (round % 8 == 7) {
            CHECK(grow(session) == expected);
        }
    }
    CHECK(aborted > 0);
}

// Streams, and memory without attention: llama.cpp computes as if nothing had been asked for.
void what_it_cannot_take_is_left_alone(const Model &llama, const Model &mamba) {
    ContextParams streams = params(GGML_TYPE_F16, true);
    streams.unified = false;
    streams.cells = branches * 256;
    Session apart(llama, streams);
    CHECK(apart.context->attention_operations() == -1);
    CHECK(!apart.context->why_stock_attention().empty());
    Session recurrent(mamba, params(GGML_TYPE_F16, true));
    CHECK(recurrent.context->attention_operations() == -1);
    CHECK(!recurrent.context->why_stock_attention().empty());
}

}  // namespace

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    load_backends();
    std::string why;
    if (TreeAttention::target(why).empty()) {
        std::printf("left out: %s\n", why.c_str());
        return 0;
    }
    const Model llama(TinyModel::llama);
    const struct {
        const char *name;
        TinyModel kind;
        bool quantises;
    } kinds[] = {
        {"llama", TinyModel::llama, false},  {"qwen2", TinyModel::qwen2, false},
        {"qwen3", TinyModel::qwen3, true},       {"gemma2", TinyModel::gemma2, true},
        {"gemma3", TinyModel::gemma3, true},     {"granite", TinyModel::granite, false},
        {"gpt-oss", TinyModel::gpt_oss, true}};
    for (const auto &[name, kind, quantises] : kinds) {
        const Model model(kind);
        takes_every_operation(name, model, layers);
        agrees_with_stock(name, model, quantises);
    }
    hybrids_agree_with_stock(Model(TinyModel::lfm2));
    const Model gemma(TinyModel::gemma3);
    threads_do_not_matter(llama);
    threads_do_not_matter(gemma);
    contexts_take_turns(llama, gemma);
    an_abandoned_graph_leaves_nothing(gemma, 1);
    an_abandoned_graph_leaves_nothing(llama, 2);
    what_it_cannot_take_is_left_alone(llama, Model(TinyModel::mamba));
    return 0;
}

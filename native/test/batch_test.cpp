// Buffers that no engine writes: each must be refused with a reason, or be harmless. The process must survive.
#include <climits>
#include <cmath>
#include <random>

#include "check.h"
#include "context_fixture.h"
#include "logging.h"

namespace {

using namespace espalier;

constexpr int cells = 512;
constexpr int sequences = 4;

void expect_refused(Session &session) {
    CHECK(session.run() == Status::invalid);
    CHECK(!message().empty());
    session.step.clear();
}

void prefill(Session &session) { session.decode(0, {10, 11, 12, 13}); }

void counts_beyond_capacity(Session &s) {
    for (int word = 0; word < 3; ++word) {
        for (int value : {-1, INT_MIN, INT_MAX, 100000, 289}) {
            s.step.clear().count(word, value);
            expect_refused(s);
        }
    }
}

void hostile_operations(Session &s) {
    for (int id : {-1, INT_MIN, INT_MAX, sequences, 256}) {
        s.step.clear().copy(id, 1, 2);
        expect_refused(s);
        s.step.clear().copy(0, id, 2);
        expect_refused(s);
        s.step.clear().remove(id, 0);
        expect_refused(s);
    }
    s.step.clear().operation(2, 0, 1, 0, 2);
    expect_refused(s);
    s.step.clear().operation(copy_operation, 0, 1, 1, 3);
    expect_refused(s);
    s.step.clear().operation(copy_operation, 0, 1, 0, INT_MAX);
    expect_refused(s);
    s.step.clear().operation(copy_operation, 0, 1, 0, -1);
    expect_refused(s);
    s.step.clear().operation(copy_operation, 0, 0, 0, 2);
    expect_refused(s);
    s.step.clear().operation(remove_operation, 0, 0, -5, -1);
    expect_refused(s);
    s.step.clear().operation(remove_operation, 0, 0, 3, 1);
    expect_refused(s);
    s.step.clear().operation(remove_operation, 0, 0, 1, 2);
    expect_refused(s);
    // Copies to a sequence that an earlier copy has filled.
    s.step.clear().copy(0, 1, 4).copy(0, 1, 4);
    expect_refused(s);
    // Harmless: nothing of nothing, and a removal beyond the end.
    s.step.clear().copy(2, 3, 0).remove(3, 50).remove(0, INT_MAX);
    CHECK(s.run() == Status::done);
    s.step.clear();
}

void hostile_tokens(Session &s) {
    for (int id : {-1, INT_MIN, INT_MAX, tiny_vocabulary}) {
        s.step.clear().token(id, 4, 0);
        expect_refused(s);
    }
    for (int sequence : {-1, INT_MIN, INT_MAX, sequences, 256}) {
        s.step.clear().token(10, 4, sequence);
        expect_refused(s);
    }
    for (int position : {-1, INT_MIN, INT_MAX, 0, 3, 5}) {
        s.step.clear().token(10, position, 0);
        expect_refused(s);
    }
    s.step.clear().token(10, 4, 0).token(10, 6, 0);
    expect_refused(s);
    s.step.clear().token(10, 1, 1);
    expect_refused(s);
    s.step.clear().remove(0, 2).token(10, 4, 0);
    expect_refused(s);
}

void hostile_rows(Session &s) {
    for (int index : {-1, INT_MIN, INT_MAX, 1}) {
        s.step.clear().token(10, 4, 0).row(index, target_row, 5);
        expect_refused(s);
    }
    for (int target : {-1, INT_MAX, tiny_vocabulary}) {
        s.step.clear().token(10, 4, 0).row(0, target_row, target);
        expect_refused(s);
    }
    s.step.clear().token(10, 4, 0).row(0, 3);
    expect_refused(s);
    s.step.clear().token(10, 4, 0).row(0, watch_row);
    expect_refused(s);
    s.step.clear().row(0, target_row, 5);
    expect_refused(s);
    const float nan = std::nanf("");
    for (const SamplingParams &params :
         {SamplingParams{nan, 0, 1, 0},
          {-1, 0, 1, 0},
          {INFINITY, 0, 1, 0},
          {1, -1, 1, 0},
          {1, 0, 0, 0},
          {1, 0, nan, 0},
          {1, 0, 2, 0},
          {1, 0, 1, -1},
          {1, 0, 1, nan}}) {
        s.step.clear().token(10, 4, 0).sample(0, params, 1);
        expect_refused(s);
    }
}

// What passes the check may fill the cache and move sequences about, but must always end in a status.
void random_words(Session &s, unsigned seed) {
    std::mt19937 random(seed);
    const auto below = [&](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
    for (int run = 0; run < 300; ++run) {
        s.step.clear();
        for (int i = below(6); i > 0; --i) {
            s.step.operation(below(3), below(6) - 1, below(6) - 1, below(3) - 1, below(20) - 1);
        }
        const int tokens = below(8);
        for (int i = 0; i < tokens; ++i) {
            s.step.token(below(tiny_vocabulary + 1), below(6), below(5));
        }
        for (int i = below(4); i > 0; --i) {
            s.step.row(below(tokens + 1), below(4), below(tiny_vocabulary + 1));
        }
        const Status status = s.run(below(10) == 0 ? 0 : INT64_MAX);
        CHECK(status != Status::failed);
    }
    s.step.clear();
    for (int sequence = 0; sequence < sequences; ++sequence) {
        s.step.remove(sequence, 0);
    }
    CHECK(s.run() == Status::done);
}

void refuses_bad_shapes(const Model &model) {
    Step step(test_batch);
    const auto opens = [&](ContextParams params) {
        return Context::open(model.get(), params, step.words()) != nullptr;
    };
    CHECK(!opens({0, 1, true, 1, GGML_TYPE_F16, test_batch}));
    CHECK(!opens({32, 1, true, 1, GGML_TYPE_F16, test_batch}));
    CHECK(!opens({512, 0, true, 1, GGML_TYPE_F16, test_batch}));
    CHECK(!opens({512, 257, true, 1, GGML_TYPE_F16, test_batch}));
    CHECK(!opens({512, 4, true, 1, GGML_TYPE_F16, {8, 0, 8}}));
    CHECK(!message().empty());
    // More sequences than rows and tokens.
    CHECK(opens({512, 256, true, 1, GGML_TYPE_F16, {8, 8, 8}}));
    CHECK(opens({512, 256, false, 1, GGML_TYPE_F16, {8, 8, 8}}));
}

}  // namespace

int main() {
    const Model llama(TinyModel::llama);
    const Model mamba(TinyModel::mamba);
    refuses_bad_shapes(llama);
    for (const Model *model : {&llama, &mamba}) {
        for (bool unified : {true, false}) {
            Session session(*model, unified, cells, sequences);
            prefill(session);
            counts_beyond_capacity(session);
            hostile_operations(session);
            hostile_tokens(session);
            hostile_rows(session);
            random_words(session, unified ? 1 : 2);
        }
    }
    return 0;
}

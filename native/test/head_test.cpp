// A head reads the hidden states of the marked tokens and of no other, whatever way a batch is split.
#include "head.h"

#include <utility>
#include <vector>

#include "check.h"
#include "context_fixture.h"
#include "llama.h"
#include "logging.h"

namespace {

using namespace espalier;

constexpr double tolerance = 1e-4;
constexpr int width = 64;

void two_layers_with_biases_by_hand() {
    // Rows of the first layer, its bias, rows of the second, its bias.
    const HeadShape shape{2, 2, 1, true, true};
    const Head head(shape, {1, 2, -1, 0, 0.5f, 1, 3, 5, 0.25f});
    CHECK(Head::size(shape) == 9);
    const float hidden[] = {2, 1};
    float scratch[2];
    float out;
    head.apply(hidden, scratch, &out);
    // relu(4.5) * 3 + relu(-1) * 5 + 0.25
    CHECK_NEAR(out, 13.75, 1e-6);
}

void one_layer_of_more_numbers_than_lanes() {
    std::vector<float> weights(2 * 37);
    std::vector<float> hidden(37);
    double expected[2] = {};
    for (int i = 0; i < 37; ++i) {
        hidden[i] = 0.1f * static_cast<float>(i - 20);
        for (int row = 0; row < 2; ++row) {
            weights[row * 37 + i] = 0.01f * static_cast<float>((i * 7 + row * 11) % 13 - 6);
            expected[row] += double{weights[row * 37 + i]} * double{hidden[i]};
        }
    }
    const Head head({37, 0, 2, false, false}, weights);
    float out[2];
    head.apply(hidden.data(), nullptr, out);
    CHECK_NEAR(out[0], expected[0], 1e-5);
    CHECK_NEAR(out[1], expected[1], 1e-5);
}

// What llama.cpp gives with its own, wasteful, way to hidden states.
std::vector<float> embedding(const Model &model, const std::vector<int> &tokens) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = 256;
    params.n_threads = params.n_threads_batch = 1;
    params.embeddings = true;
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    llama_context *context = llama_init_from_model(model.get(), params);
    std::vector<llama_token> ids(tokens.begin(), tokens.end());
    CHECK(llama_decode(context, llama_batch_get_one(ids.data(), static_cast<int32_t>(ids.size()))) == 0);
    const float *state = llama_get_embeddings_ith(context, static_cast<int32_t>(ids.size()) - 1);
    std::vector<float> copy(state, state + width);
    llama_free(context);
    return copy;
}

std::unique_ptr<Head> first_numbers(int classes) {
    std::vector<float> weights(static_cast<size_t>(classes) * width);
    for (int row = 0; row < classes; ++row) {
        weights[row * width + row] = 1;
    }
    return std::make_unique<Head>(HeadShape{width, 0, classes, false, false}, std::move(weights));
}

std::vector<int> tokens_from(int seed, int count) {
    std::vector<int> tokens;
    for (int i = 0; i < count; ++i) {
        tokens.push_back(tiny_first_byte + (seed * 37 + i * 11) % 200);
    }
    return tokens;
}

void rows_are_the_marked_tokens_states(TinyModel kind, bool unified) {
    const Model model(kind);
    Step step(test_batch);
    const ContextParams params{1024, 4, unified, 2, GGML_TYPE_F32, test_batch};
    const auto context = Context::open(model.get(), params, step.words(), first_numbers(5));
    CHECK(context != nullptr);
    // Sequences of other lengths, interleaved: streams and recurrent states reorder and split this batch.
    step.clear();
    int row_of[4][2];
    int rows = 0;
    std::vector<std::vector<int>> sequences;
    for (int s = 0; s < 4; ++s) {
        sequences.push_back(tokens_from(s + 1, 6 + 3 * s));
    }
    int index = 0;
    for (int i = 0; i < 15; ++i) {
        for (int s = 3; s >= 0; --s) {
            const int length = static_cast<int>(sequences[s].size());
            if (i >= length) {
                continue;
            }
            step.token(sequences[s][i], i, s);
            if (i == 2 || i == length - 1) {
                step.row(index, head_row);
                row_of[s][i == 2 ? 0 : 1] = rows++;
            }
            ++index;
        }
    }
    CHECK(context->run(INT64_MAX) == Status::done);
    for (int s = 0; s < 4; ++s) {
        const std::vector<int> begun(sequences[s].begin(), sequences[s].begin() + 3);
        const std::vector<float> third = embedding(model, begun);
        const std::vector<float> last = embedding(model, sequences[s]);
        for (int k = 0; k < 5; ++k) {
            CHECK_NEAR(step.out(row_of[s][0]).watched[k], third[k], tolerance);
            CHECK_NEAR(step.out(row_of[s][1]).watched[k], last[k], tolerance);
        }
    }
    // A batch without a row, then one with: nothing of the earlier one is left.
    step.clear().token(tiny_first_byte, 6, 0);
    CHECK(context->run(INT64_MAX) == Status::done);
    step.clear().token(tiny_first_byte + 1, 7, 0).row(0, head_row);
    CHECK(context->run(INT64_MAX) == Status::done);
    std::vector<int> longer = sequences[0];
    longer.push_back(tiny_first_byte);
    longer.push_back(tiny_first_byte + 1);
    CHECK_NEAR(step.out(0).watched[3], embedding(model, longer)[3], tolerance);
}

void what_does_not_fit_is_refused() {
    const Model model(TinyModel::llama);
    Step step(test_batch);
    const ContextParams params{256, 2, true, 1, GGML_TYPE_F16, test_batch};
    auto wide = std::make_unique<Head>(HeadShape{32, 0, 1, false, false}, std::vector<float>(32));
    CHECK(Context::open(model.get(), params, step.words(), std::move(wide)) == nullptr);
    CHECK(message().find("32 numbers") != std::string::npos);

    const auto with = Context::open(model.get(), params, step.words(), first_numbers(1));
    step.clear().token(tiny_first_byte, 0, 0).row(0, target_row, 7);
    CHECK(with->run(INT64_MAX) == Status::invalid);
    const auto without = Context::open(model.get(), params, step.words());
    step.clear().token(tiny_first_byte, 0, 0).row(0, head_row);
    CHECK(without->run(INT64_MAX) == Status::invalid);
}

}  // namespace

int main() {
    two_layers_with_biases_by_hand();
    one_layer_of_more_numbers_than_lanes();
    for (const TinyModel kind : {TinyModel::llama, TinyModel::qwen2, TinyModel::qwen2_tied}) {
        rows_are_the_marked_tokens_states(kind, true);
        rows_are_the_marked_tokens_states(kind, false);
    }
    rows_are_the_marked_tokens_states(TinyModel::mamba, true);
    what_does_not_fit_is_refused();
    return 0;
}

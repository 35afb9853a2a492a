#include "context_fixture.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "check.h"
#include "ggml-backend.h"
#include "logging.h"

namespace espalier {

namespace {

int32_t as_word(float value) {
    int32_t word;
    std::memcpy(&word, &value, sizeof word);
    return word;
}

float as_float(int32_t word) {
    float value;
    std::memcpy(&value, &word, sizeof value);
    return value;
}

}  // namespace

void load_backends() {
    static const bool loaded = [] {
        const char *directory = std::getenv("ESPALIER_LLAMA_LIB");
        CHECK(directory != nullptr);
        capture_log();
        ggml_backend_load_all_from_path(directory);
        llama_backend_init();
        return true;
    }();
    (void)loaded;
}

Model::Model(TinyModel kind, int not_a_number) {
    load_backends();
    char name[] = "/tmp/espalier-tiny-XXXXXX";
    const int file = mkstemp(name);
    CHECK(file >= 0);
    close(file);
    path_ = name;
    CHECK(write_tiny_gguf(kind, path_, not_a_number));
    llama_model_params params = llama_model_default_params();
    params.n_gpu_layers = 0;
    model_ = llama_model_load_from_file(path_.c_str(), params);
    if (model_ == nullptr) {
        std::fprintf(stderr, "%s\n", message().c_str());
    }
    CHECK(model_ != nullptr);
}

Model::~Model() {
    llama_model_free(model_);
    unlink(path_.c_str());
}

Step::Step(BatchCapacity capacity) : capacity_(capacity), words_(BatchWords::size_in_words(capacity)) {}

Step &Step::clear() {
    operations_ = tokens_ = rows_ = 0;
    return count(0, 0).count(1, 0).count(2, 0);
}

Step &Step::operation(int kind, int from, int to, int start, int end) {
    const int32_t values[] = {kind, from, to, start, end};
    std::memcpy(&words_[header_words + operations_ * operation_words], values, sizeof values);
    return count(0, ++operations_);
}

Step &Step::token(int id, int position, int sequence) {
    const int32_t values[] = {id, position, sequence, 0};
    std::memcpy(
        &words_[header_words + capacity_.operations * operation_words + tokens_ * token_words],
        values,
        sizeof values);
    return count(1, ++tokens_);
}

Step &Step::row(int token_index, int kind, int target) {
    const int32_t values[row_in_words] = {token_index, kind, target, 0, 0, as_word(1), 0, 0, 0, 0, 0, 0, 0, 0};
    const int at = header_words + capacity_.operations * operation_words + capacity_.tokens * token_words;
    std::memcpy(&words_[at + rows_ * row_in_words], values, sizeof values);
    return count(2, ++rows_);
}

Step &Step::sample(int token_index, const SamplingParams &params, uint64_t seed) {
    const int at =
        header_words + capacity_.operations * operation_words + capacity_.tokens * token_words + rows_ * row_in_words;
    row(token_index, sample_row);
    words_[at + 3] = as_word(params.temperature);
    words_[at + 4] = params.top_k;
    words_[at + 5] = as_word(params.top_p);
    words_[at + 6] = as_word(params.min_p);
    words_[at + 7] = static_cast<int32_t>(static_cast<uint32_t>(seed));
    words_[at + 8] = static_cast<int32_t>(static_cast<uint32_t>(seed >> 32));
    return *this;
}

Step &Step::grammar(int grammar, int state) {
    const int at = header_words + capacity_.operations * operation_words + capacity_.tokens * token_words +
        (rows_ - 1) * row_in_words;
    words_[at + 9] = grammar;
    words_[at + 10] = state;
    return *this;
}

Step &Step::changes(int changes, int reply) {
    const int at = header_words + capacity_.operations * operation_words + capacity_.tokens * token_words +
        (rows_ - 1) * row_in_words;
    words_[at + 11] = changes;
    words_[at + 12] = reply;
    return *this;
}

Step &Step::likely(int count) {
    words_[header_words + capacity_.operations * operation_words + capacity_.tokens * token_words +
           (rows_ - 1) * row_in_words + 13] = count;
    return *this;
}

Step &Step::count(int word, int value) {
    words_[word] = value;
    return *this;
}

RowOut Step::out(int row) const {
    const int at = header_words + capacity_.operations * operation_words + capacity_.tokens * token_words +
        capacity_.rows * row_in_words + row * row_out_words;
    RowOut out{words_[at], as_float(words_[at + 1]), as_float(words_[at + 2]), {}, words_[at + row_status_word], words_[at + grammar_state_word], {}};
    for (int i = 0; i < max_watched; ++i) {
        out.watched[i] = as_float(words_[at + 3 + i]);
    }
    const int likely = header_words + capacity_.operations * operation_words + capacity_.tokens * token_words +
        capacity_.rows * (row_in_words + row_out_words) + row * max_likely * likely_words;
    for (int i = 0; i < max_likely; ++i) {
        out.likely.emplace_back(words_[likely + 2 * i], as_float(words_[likely + 2 * i + 1]));
    }
    return out;
}

Session::Session(const Model &model, bool unified, int cells, int sequences, int threads, bool flash_attention)
    : Session(model, ContextParams{cells, sequences, unified, threads, GGML_TYPE_F16, test_batch, flash_attention}) {}

Session::Session(const Model &model, const ContextParams &params) : step(params.batch) {
    context = Context::open(model.get(), params, step.words());
    if (context == nullptr) {
        std::fprintf(stderr, "%s\n", message().c_str());
    }
    CHECK(context != nullptr);
}

std::vector<float> Session::decode(int sequence, const std::vector<int> &tokens, int position) {
    step.clear();
    for (size_t i = 0; i < tokens.size(); ++i) {
        step.token(tokens[i], position + static_cast<int>(i), sequence);
    }
    for (int token = 0; token < tiny_vocabulary; ++token) {
        step.row(static_cast<int>(tokens.size()) - 1, target_row, token);
    }
    CHECK(run() == Status::done);
    std::vector<float> log_probs;
    for (int token = 0; token < tiny_vocabulary; ++token) {
        log_probs.push_back(step.out(token).log_prob);
    }
    return log_probs;
}

}  // namespace espalier

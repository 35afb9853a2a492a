#include "hidden_states.h"

#include <cstring>

#include "ggml-backend.h"

namespace espalier {

namespace {

bool is_matrix_of_floats(const ggml_tensor *tensor) {
    return tensor->type == GGML_TYPE_F32 && tensor->ne[2] == 1 && tensor->ne[3] == 1 && ggml_is_contiguous(tensor);
}

}  // namespace

HiddenStates::HiddenStates(int width, int outputs) : width_(width), states_(static_cast<size_t>(width) * outputs) {}

bool HiddenStates::callback(ggml_tensor *tensor, bool ask, void *self) {
    auto &states = *static_cast<HiddenStates *>(self);
    const bool norm = std::strcmp(tensor->name, "result_norm") == 0;
    const bool output = std::strcmp(tensor->name, "result_output") == 0;
    if (ask) {
        return norm || output;
    }
    // False would leave the rest of the graph as it was in the last decode; who reads the rows asks written() instead.
    if (norm) {
        states.take(tensor);
    } else if (output) {
        states.give(tensor);
    }
    return true;
}

void HiddenStates::take(const ggml_tensor *norm) {
    rows_ = 0;
    const int64_t numbers = norm->ne[0] * norm->ne[1];
    if (norm->ne[0] != width_ || !is_matrix_of_floats(norm) || numbers > static_cast<int64_t>(states_.size())) {
        return;
    }
    if (numbers > 0) {
        ggml_backend_tensor_get(norm, states_.data(), 0, static_cast<size_t>(numbers) * sizeof(float));
    }
    rows_ = static_cast<int>(norm->ne[1]);
}

void HiddenStates::give(ggml_tensor *logits) {
    if (logits->ne[0] < width_ || !is_matrix_of_floats(logits) || logits->ne[1] != rows_) {
        return;
    }
    for (int row = 0; row < rows_; ++row) {
        const float *state = states_.data() + static_cast<size_t>(row) * width_;
        ggml_backend_tensor_set(logits, state, row * logits->nb[1], width_ * sizeof(float));
    }
    written_ = written_ || rows_ > 0;
}

}  // namespace espalier

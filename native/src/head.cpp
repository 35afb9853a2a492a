#include "head.h"

#include <algorithm>
#include <utility>

namespace espalier {

namespace {

constexpr int lanes = 16;

// Independent sums, which the compiler may put into vectors without reordering any of them.
float dot(const float *a, const float *b, int count) {
    float sums[lanes] = {};
    int i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (int k = 0; k < lanes; ++k) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    float sum = 0;
    for (; i < count; ++i) {
        sum += a[i] * b[i];
    }
    for (float lane : sums) {
        sum += lane;
    }
    return sum;
}

// Returns what follows the layer's weights.
const float *layer(const float *weights, bool bias, const float *in, int in_width, float *out, int out_width) {
    for (int row = 0; row < out_width; ++row, weights += in_width) {
        out[row] = dot(weights, in, in_width);
    }
    if (!bias) {
        return weights;
    }
    for (int row = 0; row < out_width; ++row) {
        out[row] += weights[row];
    }
    return weights + out_width;
}

size_t layer_size(int in_width, int out_width, bool bias) {
    return static_cast<size_t>(out_width) * (static_cast<size_t>(in_width) + (bias ? 1 : 0));
}

}  // namespace

size_t Head::size(const HeadShape &shape) {
    if (shape.middle == 0) {
        return layer_size(shape.width, shape.classes, shape.class_bias);
    }
    return layer_size(shape.width, shape.middle, shape.middle_bias) +
        layer_size(shape.middle, shape.classes, shape.class_bias);
}

Head::Head(const HeadShape &shape, std::vector<float> weights) : shape_(shape), weights_(std::move(weights)) {}

void Head::apply(const float *hidden, float *scratch, float *classes) const {
    const float *weights = weights_.data();
    const float *in = hidden;
    int in_width = shape_.width;
    if (shape_.middle > 0) {
        weights = layer(weights, shape_.middle_bias, hidden, shape_.width, scratch, shape_.middle);
        for (int i = 0; i < shape_.middle; ++i) {
            scratch[i] = std::max(scratch[i], 0.0f);
        }
        in = scratch;
        in_width = shape_.middle;
    }
    layer(weights, shape_.class_bias, in, in_width, classes, shape_.classes);
}

}  // namespace espalier

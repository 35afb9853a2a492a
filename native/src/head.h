#pragma once

#include <cstddef>
#include <vector>

namespace espalier {

struct HeadShape {
    // Width of the hidden states.
    int width;
    // Width of the layer between, which a ReLU follows; 0 if the head is one layer.
    int middle;
    int classes;
    bool middle_bias;
    bool class_bias;
};

// What a reward model has in place of the vocabulary: one or two linear layers over the hidden state after the final
// norm. It is computed here and not in llama.cpp's graph, which has no place for it.
class Head {
   public:
    // Of all weights, row by row, each layer's bias after it.
    static size_t size(const HeadShape &shape);

    // weights: as many as size() says.
    Head(const HeadShape &shape, std::vector<float> weights);

    const HeadShape &shape() const { return shape_; }

    // scratch: of shape().middle numbers; threads that call at the same time have one each.
    void apply(const float *hidden, float *scratch, float *classes) const;

   private:
    HeadShape shape_;
    std::vector<float> weights_;
};

}  // namespace espalier

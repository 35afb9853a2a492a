#pragma once

#include <vector>

#include "ggml.h"

namespace espalier {

// Takes the hidden states after the final norm out of llama.cpp's graph, of the tokens alone whose logits are asked for.
//
// llama.cpp's own way to them, a context with embeddings on, makes every token of a batch an output: the vocabulary's
// matrix is then multiplied with all of them, and the logits of all of them are kept. With embeddings off the last layer
// goes on with the marked tokens alone, so that their states are all there is of the tensor "result_norm".
//
// Which row is whose token llama.cpp knows only when it hands out logits, since it splits and reorders batches. So the
// states are written over the first logits of their rows, and llama_get_logits_ith finds them.
class HiddenStates {
   public:
    // outputs: the most tokens that are marked in one batch.
    HiddenStates(int width, int outputs);

    // For llama_context_params, with this object as its data.
    static bool callback(ggml_tensor *tensor, bool ask, void *self);

    // Before a decode.
    void clear() { written_ = false; }

    // After one: whether rows hold hidden states. They do not where an architecture names its tensors differently.
    bool written() const { return written_; }

   private:
    void take(const ggml_tensor *norm);
    void give(ggml_tensor *logits);

    int width_;
    int rows_ = 0;
    bool written_ = false;
    std::vector<float> states_;
};

}  // namespace espalier

#pragma once

#include "llama.h"

namespace espalier {

// llama.cpp's batch, in which every token belongs to one sequence.
class LlamaBatch {
   public:
    explicit LlamaBatch(int tokens) : batch_(llama_batch_init(tokens, 0, 1)) {}
    ~LlamaBatch() { llama_batch_free(batch_); }
    LlamaBatch(const LlamaBatch &) = delete;
    LlamaBatch &operator=(const LlamaBatch &) = delete;

    void clear() { batch_.n_tokens = 0; }

    void add(llama_token token, int position, int sequence, bool output) {
        const int i = batch_.n_tokens++;
        batch_.token[i] = token;
        batch_.pos[i] = position;
        batch_.n_seq_id[i] = 1;
        batch_.seq_id[i][0] = sequence;
        batch_.logits[i] = output;
    }

    const llama_batch &get() const { return batch_; }

   private:
    llama_batch batch_;
};

}  // namespace espalier

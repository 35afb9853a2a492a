#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "batch_words.h"
#include "context.h"
#include "llama.h"
#include "tiny_gguf.h"

namespace espalier {

// Loads the backends from $ESPALIER_LLAMA_LIB, once.
void load_backends();

// A tiny model on disk and in memory, gone with this object.
class Model {
   public:
    // not_a_number: a token whose embedding is none; -1 for no token.
    explicit Model(TinyModel kind, int not_a_number = -1);
    ~Model();
    Model(const Model &) = delete;

    llama_model *get() const { return model_; }

   private:
    std::string path_;
    llama_model *model_;
};

struct RowOut {
    int token;
    float log_prob;
    float entropy;
    float watched[max_watched];
    int status;
    int grammar_state;
    std::vector<std::pair<int, float>> likely;
};

// The part of engine/Batch.java: fills the words that a context reads.
class Step {
   public:
    explicit Step(BatchCapacity capacity);

    int32_t *words() { return words_.data(); }

    Step &clear();
    Step &copy(int from, int to, int end) { return operation(copy_operation, from, to, 0, end); }
    Step &remove(int sequence, int start) { return operation(remove_operation, sequence, sequence, start, -1); }
    Step &operation(int kind, int from, int to, int start, int end);
    Step &token(int id, int position, int sequence);
    Step &row(int token_index, int kind, int target = -1);
    Step &sample(int token_index, const SamplingParams &params, uint64_t seed);
    // Constrains the last row.
    Step &grammar(int grammar, int state);
    // Changes the logits of the last row, in a reply that begins at this position.
    Step &changes(int changes, int reply);
    // Asks the last row for so many of the likeliest tokens.
    Step &likely(int count);
    // Writes a count that is not that of what was added.
    Step &count(int word, int value);

    RowOut out(int row) const;

   private:
    BatchCapacity capacity_;
    std::vector<int32_t> words_;
    int operations_ = 0;
    int tokens_ = 0;
    int rows_ = 0;
};

// Rows for the log-probabilities of the whole vocabulary.
constexpr BatchCapacity test_batch{32, 64, 288};

// A context over the model with the step that feeds it.
struct Session {
    Session(
        const Model &model,
        bool unified,
        int cells = 1024,
        int sequences = 4,
        int threads = 1,
        bool flash_attention = true);
    Session(const Model &model, const ContextParams &params);

    Status run(int64_t remaining_nanos = INT64_MAX) { return context->run(remaining_nanos); }

    // Decodes tokens of a sequence from a position on; returns every token's log-probability after the last of them.
    std::vector<float> decode(int sequence, const std::vector<int> &tokens, int position = 0);

    Step step;
    std::unique_ptr<Context> context;
};

}  // namespace espalier

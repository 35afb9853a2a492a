#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace espalier {

// The layout of org.espalier.engine.Batch: one buffer of 32-bit words.
constexpr int max_watched = 8;
constexpr int header_words = 8;
constexpr int reading_time_word = 3;
constexpr int unreadable_rows_word = 4;
constexpr int threads_word = 5;
constexpr int operation_words = 5;
constexpr int token_words = 4;
constexpr int row_in_words = 14;
constexpr int row_status_word = 3 + max_watched;
constexpr int grammar_state_word = row_status_word + 1;
constexpr int row_out_words = grammar_state_word + 1;
// Likeliest tokens that a row can ask for, and the words of each.
constexpr int max_likely = 20;
constexpr int likely_words = 2;
// Grammars that a context can have at a time.
constexpr int max_grammars = 64;
// Likewise, changes of logits.
constexpr int max_logit_changes = 1024;

enum OperationKind : int32_t { copy_operation = 0, remove_operation = 1 };
// Stuck: the row's grammar allows no token of the vocabulary, or has grown too large.
enum RowStatus : int32_t { row_read = 0, row_not_a_number = 1, row_stuck = 2 };
enum RowKind : int32_t { sample_row = 0, watch_row = 1, target_row = 2, head_row = 3 };

struct BatchCapacity {
    int operations;
    int tokens;
    int rows;
};

struct Operation {
    int32_t kind;
    int32_t from;
    int32_t to;
    int32_t start;
    int32_t end;
};

struct Token {
    int32_t id;
    int32_t position;
    int32_t sequence;
};

struct RowIn {
    int32_t token_index;
    int32_t kind;
    int32_t target;
    float temperature;
    int32_t top_k;
    float top_p;
    float min_p;
    uint64_t seed;
    // Which of the context's grammars constrains what is drawn, from 1; 0 for none.
    int32_t grammar;
    // Where in it the text has come to.
    int32_t grammar_state;
    // Which of the context's changes are made to the logits that a token is drawn from, from 1; 0 for none.
    int32_t changes;
    // Position at which the reply begins that they count tokens of.
    int32_t reply;
    // How many of the likeliest tokens are wanted.
    int32_t likely;
};

// A sequence of a batch and its length before the batch.
struct SequenceStart {
    int sequence;
    int position;
};

// Reads and writes the buffer that Java fills. It copies the input once a run, so that what was checked is what is
// used, whatever another thread writes meanwhile.
class BatchWords {
   public:
    BatchWords(int32_t *words, BatchCapacity capacity);

    static int64_t size_in_words(BatchCapacity capacity);

    bool read(std::string &error);

    const std::vector<Operation> &operations() const { return operations_; }
    const std::vector<Token> &tokens() const { return tokens_; }
    const std::vector<RowIn> &rows() const { return rows_; }

    // Time that reading the rows took, in microseconds.
    void write_reading_time(int64_t micros);
    // How many threads computed the batch.
    void write_threads(int count);
    // How many rows hold no finite number.
    void write_unreadable_rows(int count);
    void write_status(int row, RowStatus status);
    void write_row(int row, int32_t token, float log_prob, float entropy);
    void write_grammar_state(int row, int32_t state);
    void write_watched(int row, int watched, float log_prob);
    void write_likely(int row, int place, int32_t token, float log_prob);

   private:
    int32_t *words_;
    BatchCapacity capacity_;
    int64_t tokens_at_;
    int64_t rows_in_at_;
    int64_t rows_out_at_;
    int64_t likely_at_;
    std::vector<Operation> operations_;
    std::vector<Token> tokens_;
    std::vector<RowIn> rows_;
};

struct BatchLimits {
    int sequences;
    int vocabulary;
    // Tokens whose logits can be read in one batch.
    int outputs;
    int watched;
    // Whether rows have the outputs of a head in place of logits.
    bool head;
    // Whether a part of a sequence can be copied and removed; a recurrent state is all or nothing.
    bool partial;
    // Whether the context has the grammar and that the state.
    std::function<bool(int grammar, int state)> has_state;
    std::function<bool(int changes)> has_changes;
};

// Plays a batch through on sequence lengths alone, before llama.cpp sees any of it: a value that llama.cpp would answer
// with an abort of the process is refused here.
class BatchCheck {
   public:
    explicit BatchCheck(int max_sequences, int max_tokens);

    // cached_length: number of tokens that a sequence has in the cache now.
    bool check(
        const BatchWords &batch,
        const BatchLimits &limits,
        const std::function<int(int)> &cached_length,
        std::string &error);

    // After a check that passed: the sequences that have tokens in the batch, with their first position in it.
    const std::vector<SequenceStart> &starts() const { return starts_; }

    // After a check that passed: per token, whether a row reads its logits.
    const std::vector<int8_t> &outputs() const { return outputs_; }

   private:
    bool check_operation(const Operation &operation, const BatchLimits &limits, std::string &error);
    bool check_tokens(const std::vector<Token> &tokens, const BatchLimits &limits, std::string &error);
    bool check_row(const RowIn &row, const std::vector<Token> &tokens, const BatchLimits &limits, std::string &error);
    int &length(int sequence);

    const std::function<int(int)> *cached_length_ = nullptr;
    std::vector<int> lengths_;
    std::vector<int8_t> in_batch_;
    std::vector<SequenceStart> starts_;
    std::vector<int8_t> outputs_;
};

}  // namespace espalier

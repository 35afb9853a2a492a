#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attention/tree_attention.h"
#include "batch_words.h"
#include "constrained_draw.h"
#include "grammar.h"
#include "head.h"
#include "hidden_states.h"
#include "llama.h"
#include "logit_changes.h"
#include "mapped_files.h"
#include "numbered.h"
#include "paths.h"
#include "sampler.h"
#include "status.h"
#include "worker_pool.h"

namespace espalier {

struct ContextParams {
    // Tokens that the cache holds, of all sequences together.
    int cells;
    int max_sequences;
    // One cache for all sequences, or a stream of cells / max_sequences each.
    bool unified;
    // That compute; with adapt_threads the most.
    int threads;
    ggml_type cache_type;
    BatchCapacity batch;
    // Whether llama.cpp may use it; without it the scores of a batch are in memory at once.
    bool flash_attention = true;
    // Whether each step takes as many threads as are quickest at present. That changes no result: where it would, on a
    // backend whose attention depends on the number, it is not done.
    bool adapt_threads = false;
    // Whether to compute attention as docs/tree-attention.md says, where the model and the machine allow it.
    bool tree_attention = false;
};

struct ContextCapacity {
    int cells;
    int max_sequences;
    int tokens_per_sequence;
    int batch_tokens;
    bool unified;
    bool partial_copy;
};

// A llama.cpp context that is fed through a shared buffer. One thread at a time, but interrupt() from any. Errors are
// statuses; message() (logging.h) explains them.
class Context {
   public:
    // words: the shared buffer, which outlives the context. head: null to read logits. Null if llama.cpp refuses.
    static std::unique_ptr<Context> open(
        llama_model *model,
        const ContextParams &params,
        int32_t *words,
        std::unique_ptr<Head> head = nullptr);

    ~Context();
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;

    ContextCapacity capacity() const;

    // Operations of tree attention that were computed; -1 if llama.cpp's own attention runs, and then why.
    int64_t attention_operations() const { return attention_ == nullptr ? -1 : attention_->computed(); }
    const std::string &why_stock_attention() const { return why_stock_attention_; }

    // Computes with a LoRA of this context's model from here on. To be called while the cache is empty; the adapter
    // outlives the context.
    Status adapt(llama_adapter_lora *adapter);

    // ids: at most max_watched.
    Status watch(const int32_t *ids, int count);

    // Each step with tokens from here on asks first whether these files are as they were. They outlive the context.
    void guard(const MappedFiles *files) { files_ = files; }

    // Prepares a grammar (GBNF) for rows; its number, from 1, or 0 with a message if there is no such grammar or there
    // are too many.
    int open_grammar(const std::string &text);
    // No row of a later step has it.
    void close_grammar(int grammar);
    // Why a grammar got stuck for a reason of its own; empty if there is none.
    std::string grammar_fault(int grammar) const;

    // Prepares changes of logits for rows that are drawn; their number, from 1, or 0 with a message if a token is not in
    // the vocabulary, a number is none, or there are too many.
    int open_changes(LogitChanges changes);
    // No row of a later step has them.
    void close_changes(int changes);

    // One engine step: the buffer's operations, its tokens, its rows. remaining_nanos: time until the decode is
    // abandoned, INT64_MAX for no limit.
    Status run(int64_t remaining_nanos);

    // Empties the cache and overwrites what was in it: a cell that is not a number spoils what is computed beside it, also
    // when no sequence has it any more.
    void clear();

    // Abandons the run in progress, or the next one that has tokens.
    void interrupt();

    // A sequence's cells as bytes, for a context of the same model and shape.
    Status save(int sequence, std::vector<uint8_t> &bytes);
    // The sequence becomes what was saved; it is empty if this fails.
    Status restore(int sequence, const uint8_t *bytes, size_t size);

   private:
    Context(const ContextParams &params, int32_t *words, int vocabulary, std::unique_ptr<Head> head);

    bool open_with_tree_attention(llama_model *model, llama_context_params native);
    Status apply_operations();
    void fill_batch();
    Status decode();
    int32_t compute();
    void use_threads(int threads);
    Status roll_back();
    Status read_rows();
    Status read_rows_timed();
    Status flush_copies(int sequence);
    int cached_length(int sequence) const;
    bool should_stop() const;
    void read_group(int group, int thread);
    bool read_logits(int group, int thread);
    void draw(int row, int thread);
    // raw: the row as it is, where the token was drawn from a changed one.
    void write_drawn(int row, const Drawn &drawn, const Sampler *raw);
    // The row that a token is drawn from: with its changes, if it has any. Null if they leave no finite number.
    Sampler *drawn_from(int row, int thread);
    bool read_head(int group, int thread);
    BatchLimits limits() const;

    ContextParams params_;
    int vocabulary_;
    bool recurrent_ = false;
    int outputs_ = 0;
    // Outlives the graphs of the context, which call it.
    std::unique_ptr<TreeAttention> attention_;
    std::string why_stock_attention_;
    llama_context *context_ = nullptr;
    llama_memory_t memory_ = nullptr;
    std::shared_ptr<WorkerPool> pool_;
    bool adapts_ = false;
    int threads_in_use_ = 0;
    StepCosts costs_;
    const MappedFiles *files_ = nullptr;

    BatchWords words_;
    BatchCheck check_;
    llama_batch batch_{};
    std::vector<llama_seq_id> sequence_ids_;
    std::vector<llama_seq_id *> sequence_pointers_;
    std::vector<int32_t> ones_;
    std::vector<llama_token> token_ids_;
    std::vector<llama_pos> positions_;
    std::vector<int8_t> outputs_wanted_;
    // Where in the llama batch each of the buffer's tokens is.
    std::vector<int> slots_;
    std::vector<int> order_;

    std::vector<int32_t> watched_;
    // First rows of the groups that read the same logits at the same temperature, and the end of the last.
    std::vector<int> groups_;
    std::vector<const float *> logits_;
    std::vector<std::unique_ptr<Sampler>> samplers_;
    std::vector<std::unique_ptr<ConstrainedDraw>> constrained_;
    // Made for the first grammar.
    std::shared_ptr<const VocabularyText> vocabulary_text_;
    Numbered<Grammar> grammars_{max_grammars};
    Paths paths_;
    // A thread's changed row, and of which row it is.
    struct Changed {
        explicit Changed(size_t vocabulary) : changer(vocabulary), sampler(vocabulary) {}

        LogitChanger changer;
        Sampler sampler;
        int row = -1;
    };
    // Made for the first changes.
    std::vector<std::unique_ptr<Changed>> changed_;
    Numbered<LogitChanges> changes_{max_logit_changes};
    // With a head: what it reads, and each thread's scratch memory.
    std::unique_ptr<Head> head_;
    std::unique_ptr<HiddenStates> hidden_states_;
    std::vector<std::vector<float>> scratch_;
    std::atomic<int> unreadable_rows_{0};

    // In the streams layout a copy is only noted by llama.cpp and made at the start of the next decode.
    bool copies_pending_ = false;
    bool stop_at_once_ = false;
    std::atomic<bool> interrupted_{false};
    bool timed_ = false;
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace espalier

#include <algorithm>
#include <string>
#include <utility>

#include "context.h"
#include "logging.h"
#include "single_row_attention.h"

namespace espalier {

std::unique_ptr<Context> Context::open(
    llama_model *model,
    const ContextParams &params,
    int32_t *words,
    std::unique_ptr<Head> head) {
    clear_message();
    if (params.max_sequences < 1 || params.max_sequences > static_cast<int>(llama_max_parallel_sequences())) {
        set_message("sequences must lie in 1.." + std::to_string(llama_max_parallel_sequences()));
        return nullptr;
    }
    // llama.cpp silently cuts the batch down to the cache and then aborts on a batch that is longer.
    if (params.batch.tokens < 1 || params.batch.tokens > params.cells || params.batch.rows < 1 ||
        params.batch.operations < 1) {
        set_message("a batch must have 1 token or more and at most as many as the cache has cells");
        return nullptr;
    }
    if (llama_model_has_encoder(model) || !llama_model_has_decoder(model) || llama_model_is_diffusion(model)) {
        set_message("the model does not generate text token by token");
        return nullptr;
    }
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    const int width = llama_model_n_embd_out(model);
    if (head != nullptr && (head->shape().width != width || width > vocabulary)) {
        set_message(
            "the head is for hidden states of " + std::to_string(head->shape().width) + " numbers, the model's have " +
            std::to_string(width));
        return nullptr;
    }
    std::unique_ptr<Context> context(new Context(params, words, vocabulary, std::move(head)));
    context->recurrent_ = llama_model_is_recurrent(model) || llama_model_is_hybrid(model);
    context->outputs_ = std::min(params.batch.rows, params.batch.tokens);
    context->pool_ = WorkerPool::acquire(params.threads);
    if (context->pool_ == nullptr) {
        set_message("llama.cpp's CPU backend is missing");
        return nullptr;
    }

    llama_context_params native = llama_context_default_params();
    native.n_ctx = params.cells;
    native.n_batch = params.batch.tokens;
    native.n_ubatch = params.batch.tokens;
    native.n_seq_max = params.max_sequences;
    // Bounds the logits buffer; llama.cpp asserts that it holds a row for every sequence at least.
    native.n_outputs_max = std::max(context->outputs_, params.max_sequences);
    native.n_threads = params.threads;
    native.n_threads_batch = params.threads;
    native.type_k = params.cache_type;
    native.type_v = params.cache_type;
    if (!params.flash_attention) {
        native.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    }
    if (params.cache_type == GGML_TYPE_F32) {
        // llama.cpp's flash attention rounds keys and values to half precision.
        native.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    }
    native.kv_unified = params.unified;
    // A window that drops cells cannot be rolled back or forked at any position.
    native.swa_full = true;
    native.no_perf = true;
    native.abort_callback = [](void *self) { return static_cast<Context *>(self)->should_stop(); };
    native.abort_callback_data = context.get();
    if (context->head_ != nullptr) {
        context->hidden_states_ = std::make_unique<HiddenStates>(width, native.n_outputs_max);
        context->scratch_.assign(params.threads, std::vector<float>(context->head_->shape().middle));
        native.cb_eval = HiddenStates::callback;
        native.cb_eval_user_data = context->hidden_states_.get();
    }
    if (!params.tree_attention || !context->open_with_tree_attention(model, native)) {
        context->context_ = llama_init_from_model(model, native);
    }
    if (context->context_ == nullptr) {
        return nullptr;
    }
    context->memory_ = llama_get_memory(context->context_);
    if (context->memory_ == nullptr) {
        set_message("the model has no memory of earlier tokens: it does not generate text");
        return nullptr;
    }
    const bool all_tree = context->attention_ != nullptr && context->attention_->declined() == 0;
    const bool same_on_any_number =
        all_tree || native.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_DISABLED || install_single_row_attention();
    context->adapts_ = params.adapt_threads && params.threads > 1 && same_on_any_number;
    context->use_threads(params.threads);
    for (int i = 0; i < params.threads; ++i) {
        context->samplers_.push_back(std::make_unique<Sampler>(vocabulary));
        context->constrained_.push_back(std::make_unique<ConstrainedDraw>(vocabulary));
    }
    return context;
}

// False, with the reason, where llama.cpp's own attention has to run: there the context is not open.
bool Context::open_with_tree_attention(llama_model *model, llama_context_params native) {
    attention_ = TreeAttention::create();
    if (attention_ == nullptr) {
        TreeAttention::target(why_stock_attention_);
        return false;
    }
    const bool wants_flash = native.flash_attn_type != LLAMA_FLASH_ATTN_TYPE_DISABLED;
    native.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    {
        const TreeAttention::Scope scope(attention_.get());
        context_ = llama_init_from_model(model, native);
    }
    if (context_ != nullptr && attention_->taken() > 0 && (attention_->declined() == 0 || wants_flash)) {
        return true;
    }
    why_stock_attention_ = context_ == nullptr       ? "llama.cpp has no flash attention for this model"
        : attention_->declined() > 0                 ? attention_->reason()
                                                     : "llama.cpp offered none of its attention";
    if (context_ != nullptr) {
        llama_free(context_);
        context_ = nullptr;
    }
    attention_.reset();
    clear_message();
    return false;
}

Context::Context(const ContextParams &params, int32_t *words, int vocabulary, std::unique_ptr<Head> head)
    : params_(params),
      vocabulary_(vocabulary),
      words_(words, params.batch),
      check_(params.max_sequences, params.batch.tokens),
      sequence_ids_(params.batch.tokens),
      sequence_pointers_(params.batch.tokens),
      ones_(params.batch.tokens, 1),
      token_ids_(params.batch.tokens),
      positions_(params.batch.tokens),
      outputs_wanted_(params.batch.tokens),
      slots_(params.batch.tokens),
      order_(params.batch.tokens),
      paths_(params.max_sequences),
      head_(std::move(head)) {
    for (int i = 0; i < params.batch.tokens; ++i) {
        sequence_pointers_[i] = &sequence_ids_[i];
    }
    batch_.token = token_ids_.data();
    batch_.pos = positions_.data();
    batch_.n_seq_id = ones_.data();
    batch_.seq_id = sequence_pointers_.data();
    batch_.logits = outputs_wanted_.data();
    groups_.reserve(params.batch.rows + 1);
    logits_.reserve(params.batch.rows);
}

Context::~Context() {
    if (context_ != nullptr) {
        llama_detach_threadpool(context_);
        llama_free(context_);
    }
}

Status Context::adapt(llama_adapter_lora *adapter) {
    clear_message();
    float scale = 1;
    return llama_set_adapters_lora(context_, &adapter, 1, &scale) == 0 ? Status::done : Status::failed;
}

ContextCapacity Context::capacity() const {
    return {
        static_cast<int>(llama_n_ctx(context_)),
        params_.max_sequences,
        static_cast<int>(llama_n_ctx_seq(context_)),
        params_.batch.tokens,
        params_.unified,
        !recurrent_,
    };
}

}  // namespace espalier

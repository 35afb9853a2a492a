#include "context.h"
#include "logging.h"

namespace espalier {

Status Context::save(int sequence, std::vector<uint8_t> &bytes) {
    clear_message();
    if (sequence < 0 || sequence >= params_.max_sequences) {
        set_message("there is no sequence " + std::to_string(sequence));
        return Status::invalid;
    }
    const Status flushed = flush_copies(sequence);
    if (flushed != Status::done) {
        return flushed;
    }
    bytes.resize(llama_state_seq_get_size_ext(context_, sequence, LLAMA_STATE_SEQ_FLAGS_NONE));
    const size_t written =
        llama_state_seq_get_data_ext(context_, bytes.data(), bytes.size(), sequence, LLAMA_STATE_SEQ_FLAGS_NONE);
    return written == bytes.size() && written > 0 ? Status::done : Status::failed;
}

Status Context::restore(int sequence, const uint8_t *bytes, size_t size) {
    clear_message();
    if (sequence < 0 || sequence >= params_.max_sequences) {
        set_message("there is no sequence " + std::to_string(sequence));
        return Status::invalid;
    }
    const Status flushed = flush_copies(sequence);
    if (flushed != Status::done) {
        return flushed;
    }
    if (llama_state_seq_set_data_ext(context_, bytes, size, sequence, LLAMA_STATE_SEQ_FLAGS_NONE) == 0) {
        llama_memory_seq_rm(memory_, sequence, -1, -1);
        paths_.restored(sequence, 0);
        return Status::failed;
    }
    paths_.restored(sequence, cached_length(sequence));
    return Status::done;
}

Status Context::flush_copies(int sequence) {
    if (!copies_pending_) {
        return Status::done;
    }
    if (recurrent_) {
        set_message("a sequence of a recurrent model cannot be saved or restored between a fork and the next decode");
        return Status::invalid;
    }
    // Only a decode makes the copies. This one is stopped at its first node, by when they are made, and undone.
    const auto lock = pool_->lock([] { return false; });
    const int position = cached_length(sequence);
    batch_.n_tokens = 1;
    token_ids_[0] = 0;
    positions_[0] = position;
    sequence_ids_[0] = sequence;
    outputs_wanted_[0] = 0;
    stop_at_once_ = true;
    const TreeAttention::Scope scope(attention_.get());
    const int32_t result = llama_decode(context_, batch_);
    stop_at_once_ = false;
    llama_memory_seq_rm(memory_, sequence, position, -1);
    if (result < 0) {
        return Status::failed;
    }
    copies_pending_ = false;
    return Status::done;
}

}  // namespace espalier

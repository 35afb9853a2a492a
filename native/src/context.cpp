#include "context.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>
#include <utility>

#include "logging.h"
#include "thread_clock.h"

namespace espalier {

Status Context::watch(const int32_t *ids, int count) {
    clear_message();
    if (count < 0 || count > max_watched) {
        set_message("at most " + std::to_string(max_watched) + " tokens can be watched");
        return Status::invalid;
    }
    for (int i = 0; i < count; ++i) {
        if (ids[i] < 0 || ids[i] >= vocabulary_) {
            set_message("token " + std::to_string(ids[i]) + " is not in the vocabulary");
            return Status::invalid;
        }
    }
    watched_.assign(ids, ids + count);
    return Status::done;
}

Status Context::run(int64_t remaining_nanos) {
    clear_message();
    timed_ = remaining_nanos != INT64_MAX;
    if (timed_) {
        deadline_ = std::chrono::steady_clock::now() + std::chrono::nanoseconds(remaining_nanos);
    }
    std::string error;
    const auto length = [this](int sequence) { return cached_length(sequence); };
    if (!words_.read(error) || !check_.check(words_, limits(), length, error)) {
        set_message(std::move(error));
        return Status::invalid;
    }
    words_.write_unreadable_rows(0);
    const Status applied = apply_operations();
    if (applied != Status::done || words_.tokens().empty()) {
        return applied;
    }
    const auto lock = pool_->lock([this] { return should_stop(); });
    if (!lock.owns_lock() || should_stop()) {
        interrupted_.store(false);
        return Status::aborted;
    }
    const int changed = files_ == nullptr ? -1 : files_->changed();
    if (changed >= 0) {
        set_message(files_->path(changed));
        return Status::file_changed;
    }
    const Status decoded = decode();
    if (decoded != Status::done) {
        return decoded;
    }
    paths_.append(words_.tokens());
    return read_rows_timed();
}

void Context::clear() {
    llama_memory_clear(memory_, true);
    paths_.clear();
    copies_pending_ = false;
}

void Context::interrupt() { interrupted_.store(true); }

Status Context::apply_operations() {
    for (const Operation &operation : words_.operations()) {
        const auto &[kind, from, to, start, end] = operation;
        paths_.apply(operation);
        if (kind == remove_operation) {
            if (!llama_memory_seq_rm(memory_, to, start, end)) {
                set_message("llama.cpp cannot remove a part of sequence " + std::to_string(to));
                return Status::failed;
            }
        } else if (end > 0 && params_.unified) {
            llama_memory_seq_cp(memory_, from, to, 0, end);
        } else if (end > 0) {
            // Streams copy whole sequences: a range trips an assertion in llama.cpp that ends the process.
            const bool part = end < cached_length(from);
            llama_memory_seq_cp(memory_, from, to, -1, -1);
            copies_pending_ = true;
            if (part && !llama_memory_seq_rm(memory_, to, end, -1)) {
                set_message("llama.cpp cannot copy a part of sequence " + std::to_string(from));
                return Status::failed;
            }
        }
    }
    return Status::done;
}

void Context::fill_batch() {
    const std::vector<Token> &tokens = words_.tokens();
    const auto end = order_.begin() + static_cast<std::ptrdiff_t>(tokens.size());
    std::iota(order_.begin(), end, 0);
    // Streams and recurrent states compute only sequences together whose numbers follow each other in the batch.
    if (!params_.unified || recurrent_) {
        std::sort(order_.begin(), end, [&](int a, int b) {
            return std::make_pair(tokens[a].sequence, a) < std::make_pair(tokens[b].sequence, b);
        });
    }
    batch_.n_tokens = static_cast<int32_t>(tokens.size());
    for (size_t slot = 0; slot < tokens.size(); ++slot) {
        const int i = order_[slot];
        slots_[i] = static_cast<int>(slot);
        token_ids_[slot] = tokens[i].id;
        positions_[slot] = tokens[i].position;
        sequence_ids_[slot] = tokens[i].sequence;
        outputs_wanted_[slot] = check_.outputs()[i];
    }
}

Status Context::decode() {
    fill_batch();
    if (hidden_states_ != nullptr) {
        hidden_states_->clear();
    }
    // 0 decoded, 1 no room and 2 aborted by the callback. -1 is a batch that llama.cpp refuses before it touches the
    // cache. After 2 and below -1 the micro-batches that came before the one that stopped are still in the cache: a
    // batch is split even where it fits into n_ubatch, since streams want equally many tokens of every sequence.
    const TreeAttention::Scope scope(attention_.get());
    const int32_t result = compute();
    if (result != -1) {
        copies_pending_ = false;
    }
    switch (result) {
        case 0:
            return Status::done;
        case 1:
            return Status::no_space;
        case 2:
            interrupted_.store(false);
            return roll_back();
        case -1:
            return Status::failed;
        default:
            roll_back();
            return Status::failed;
    }
}

int32_t Context::compute() {
    use_threads(adapts_ ? pool_->tuner().threads() : params_.threads);
    words_.write_threads(threads_in_use_);
    if (!adapts_) {
        return llama_decode(context_, batch_);
    }
    const double began = clock_seconds();
    const double computed = computing_seconds();
    const int32_t result = llama_decode(context_, batch_);
    if (result == 0) {
        const double end = clock_seconds();
        ThreadTuner &tuner = pool_->tuner();
        const double expected = costs_.expected(batch_.n_tokens);
        if (!tuner.trying()) {
            costs_.ran(batch_.n_tokens, end - began, tuner.pace());
        }
        tuner.ran({end, end - began, computing_seconds() - computed, expected});
    }
    return result;
}

void Context::use_threads(int threads) {
    if (threads != threads_in_use_) {
        llama_set_n_threads(context_, threads, threads);
        llama_attach_threadpool(context_, pool_->handle(threads), pool_->handle(threads));
        threads_in_use_ = threads;
    }
}

Status Context::roll_back() {
    // A recurrent state is overwritten in place, and those of sequences outside the batch may be moved by its graph.
    bool restored = !recurrent_;
    for (const SequenceStart &start : check_.starts()) {
        restored = restored && llama_memory_seq_rm(memory_, start.sequence, start.position, -1) &&
            cached_length(start.sequence) == start.position;
    }
    if (restored) {
        return Status::aborted;
    }
    llama_memory_clear(memory_, false);
    paths_.clear();
    return Status::cleared;
}

Status Context::read_rows_timed() {
    const auto began = std::chrono::steady_clock::now();
    const Status status = read_rows();
    const auto took = std::chrono::steady_clock::now() - began;
    words_.write_reading_time(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    return status;
}

Status Context::read_rows() {
    const std::vector<RowIn> &rows = words_.rows();
    if (head_ != nullptr && !rows.empty() && !hidden_states_->written()) {
        set_message("llama.cpp does not show the final hidden states of this architecture, which the head is for");
        return Status::failed;
    }
    logits_.clear();
    groups_.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
        const bool same = i > 0 && rows[i].token_index == rows[i - 1].token_index && rows[i].kind == rows[i - 1].kind &&
            rows[i].temperature == rows[i - 1].temperature;
        logits_.push_back(same ? logits_[i - 1] : llama_get_logits_ith(context_, slots_[rows[i].token_index]));
        if (logits_[i] == nullptr) {
            set_message("llama.cpp returned no logits for a token that asked for them");
            return Status::failed;
        }
        if (!same) {
            groups_.push_back(static_cast<int>(i));
        }
    }
    const int groups = static_cast<int>(groups_.size());
    groups_.push_back(static_cast<int>(rows.size()));
    unreadable_rows_.store(0);
    for (const auto &changed : changed_) {
        changed->row = -1;
    }
    pool_->rows().run(groups, threads_in_use_, [this](int group, int thread) { read_group(group, thread); });
    words_.write_unreadable_rows(unreadable_rows_.load());
    return Status::done;
}

void Context::read_group(int group, int thread) {
    for (int i = groups_[group]; i < groups_[group + 1]; ++i) {
        words_.write_status(i, row_read);
    }
    const bool finite = head_ != nullptr ? read_head(group, thread) : read_logits(group, thread);
    if (!finite) {
        for (int i = groups_[group]; i < groups_[group + 1]; ++i) {
            words_.write_status(i, row_not_a_number);
        }
        unreadable_rows_ += groups_[group + 1] - groups_[group];
    }
}

bool Context::read_head(int group, int thread) {
    float classes[max_watched];
    const int first = groups_[group];
    head_->apply(logits_[first], scratch_[thread].data(), classes);
    for (int k = 0; k < head_->shape().classes; ++k) {
        if (!std::isfinite(classes[k])) {
            return false;
        }
        for (int i = first; i < groups_[group + 1]; ++i) {
            words_.write_watched(i, k, classes[k]);
        }
    }
    return true;
}

bool Context::read_logits(int group, int thread) {
    Sampler &sampler = *samplers_[thread];
    const int first = groups_[group];
    const int end = groups_[group + 1];
    // A row that tokens are not drawn from is read for what is told of it alone: without a temperature.
    const auto draws = [](const RowIn &row) { return row.kind == sample_row && row.changes == 0; };
    const auto rows = words_.rows().begin();
    const float temperature = std::any_of(rows + first, rows + end, draws) ? rows[first].temperature : 1;
    if (!sampler.read(logits_[first], temperature)) {
        return false;
    }
    for (int i = first; i < end; ++i) {
        const RowIn &row = words_.rows()[i];
        if (row.kind == sample_row) {
            draw(i, thread);
        } else if (row.kind == target_row) {
            words_.write_row(i, sampler.most_likely(), sampler.log_prob(row.target), sampler.top_log_prob());
        } else {
            for (size_t k = 0; k < watched_.size(); ++k) {
                words_.write_watched(i, static_cast<int>(k), sampler.log_prob(watched_[k]));
            }
        }
    }
    return true;
}

void Context::draw(int row, int thread) {
    const RowIn &in = words_.rows()[row];
    Sampler &raw = *samplers_[thread];
    if (in.likely > 0) {
        const std::vector<int> &likeliest = raw.likeliest(in.likely);
        for (size_t i = 0; i < static_cast<size_t>(in.likely); ++i) {
            const int token = i < likeliest.size() ? likeliest[i] : -1;
            words_.write_likely(row, static_cast<int>(i), token, token < 0 ? 0 : raw.log_prob(token));
        }
    }
    Sampler *from = in.changes == 0 ? &raw : drawn_from(row, thread);
    if (from == nullptr) {
        words_.write_status(row, row_not_a_number);
        ++unreadable_rows_;
        return;
    }
    const SamplingParams params{in.temperature, in.top_k, in.top_p, in.min_p};
    const int64_t position = int64_t{words_.tokens()[in.token_index].position} + 1;
    if (in.grammar == 0) {
        write_drawn(row, from->draw(params, uniform(in.seed, position)), from == &raw ? nullptr : &raw);
        return;
    }
    try {
        const ConstrainedDraw::Result result = constrained_[thread]->draw(
            *from, params, in.seed, position, *grammars_.at(in.grammar), in.grammar_state);
        if (result.state != Grammar::refused) {
            write_drawn(row, result.drawn, from == &raw ? nullptr : &raw);
            words_.write_grammar_state(row, result.state);
            return;
        }
    } catch (const std::bad_alloc &) {
        // The workers' threads let nothing through; a row that is stuck says so.
    }
    words_.write_status(row, row_stuck);
}

void Context::write_drawn(int row, const Drawn &drawn, const Sampler *raw) {
    words_.write_row(
        row, drawn.token, raw == nullptr ? drawn.log_prob : raw->log_prob(drawn.token),
        raw == nullptr ? drawn.entropy : raw->entropy());
}

Sampler *Context::drawn_from(int row, int thread) {
    const RowIn &in = words_.rows()[row];
    Changed &changed = *changed_[thread];
    if (changed.row >= 0) {
        // Branches of one sequence follow each other, and mostly have the same changes.
        const RowIn &before = words_.rows()[changed.row];
        if (before.token_index == in.token_index && before.temperature == in.temperature &&
            before.changes == in.changes && before.reply == in.reply) {
            return &changed.sampler;
        }
    }
    changed.row = -1;
    const Token &last = words_.tokens()[in.token_index];
    const float *logits = changed.changer.apply(
        logits_[row], *changes_.at(in.changes), paths_.of(last.sequence).data(), static_cast<size_t>(last.position) + 1,
        static_cast<size_t>(in.reply));
    if (!changed.sampler.read(logits, in.temperature)) {
        return nullptr;
    }
    changed.row = row;
    return &changed.sampler;
}

int Context::open_changes(LogitChanges changes) {
    clear_message();
    if (head_ != nullptr) {
        set_message("this context draws no tokens");
        return 0;
    }
    bool finite = std::isfinite(changes.presence) && std::isfinite(changes.frequency) &&
        std::isfinite(changes.repeat) && changes.repeat > 0;
    for (const auto &[token, bias] : changes.bias) {
        if (token < 0 || token >= vocabulary_) {
            set_message("token " + std::to_string(token) + " is not in the vocabulary");
            return 0;
        }
        finite = finite && std::isfinite(bias);
    }
    if (!finite) {
        set_message("a change of the logits is not a number");
        return 0;
    }
    const int number = changes_.free_number();
    if (number == 0) {
        set_message("there are " + std::to_string(max_logit_changes) + " changes of logits already");
        return 0;
    }
    while (changed_.size() < samplers_.size()) {
        changed_.push_back(std::make_unique<Changed>(vocabulary_));
    }
    changes_.put(number, std::make_unique<LogitChanges>(std::move(changes)));
    return number;
}

void Context::close_changes(int changes) { changes_.close(changes); }

int Context::open_grammar(const std::string &text) {
    clear_message();
    if (head_ != nullptr) {
        set_message("this context draws no tokens");
        return 0;
    }
    if (vocabulary_text_ == nullptr) {
        vocabulary_text_ = std::make_shared<const VocabularyText>(llama_model_get_vocab(llama_get_model(context_)));
    }
    const int number = grammars_.free_number();
    if (number == 0) {
        set_message("there are " + std::to_string(max_grammars) + " grammars already");
        return 0;
    }
    std::string error;
    std::unique_ptr<Grammar> grammar = Grammar::parse(text, vocabulary_text_, error);
    if (grammar == nullptr) {
        set_message(error);
        return 0;
    }
    grammars_.put(number, std::move(grammar));
    return number;
}

void Context::close_grammar(int grammar) { grammars_.close(grammar); }

std::string Context::grammar_fault(int grammar) const {
    const Grammar *found = grammars_.at(grammar);
    return found == nullptr ? "" : found->fault();
}

int Context::cached_length(int sequence) const { return llama_memory_seq_pos_max(memory_, sequence) + 1; }

bool Context::should_stop() const {
    return stop_at_once_ || interrupted_.load(std::memory_order_relaxed) ||
        (timed_ && std::chrono::steady_clock::now() >= deadline_);
}

BatchLimits Context::limits() const {
    const auto has_state = [this](int grammar, int state) {
        const Grammar *found = grammars_.at(grammar);
        return found != nullptr && found->has(state);
    };
    return {
        params_.max_sequences,
        vocabulary_,
        outputs_,
        static_cast<int>(watched_.size()),
        head_ != nullptr,
        !recurrent_,
        has_state,
        [this](int changes) { return changes_.at(changes) != nullptr; },
    };
}

}  // namespace espalier

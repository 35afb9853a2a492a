#include "batch_words.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace espalier {

namespace {

constexpr int unread = -1;

float as_float(int32_t word) {
    float value;
    std::memcpy(&value, &word, sizeof value);
    return value;
}

int32_t as_word(float value) {
    int32_t word;
    std::memcpy(&word, &value, sizeof word);
    return word;
}

bool refuse(std::string &error, std::string text) {
    error = std::move(text);
    return false;
}

bool in_range(int32_t value, int end) { return value >= 0 && value < end; }

}  // namespace

BatchWords::BatchWords(int32_t *words, BatchCapacity capacity)
    : words_(words),
      capacity_(capacity),
      tokens_at_(header_words + int64_t{capacity.operations} * operation_words),
      rows_in_at_(tokens_at_ + int64_t{capacity.tokens} * token_words),
      rows_out_at_(rows_in_at_ + int64_t{capacity.rows} * row_in_words),
      likely_at_(rows_out_at_ + int64_t{capacity.rows} * row_out_words) {
    operations_.reserve(capacity.operations);
    tokens_.reserve(capacity.tokens);
    rows_.reserve(capacity.rows);
}

int64_t BatchWords::size_in_words(BatchCapacity capacity) {
    return header_words + int64_t{capacity.operations} * operation_words + int64_t{capacity.tokens} * token_words +
        int64_t{capacity.rows} * (row_in_words + row_out_words + max_likely * likely_words);
}

bool BatchWords::read(std::string &error) {
    const int32_t operations = words_[0];
    const int32_t tokens = words_[1];
    const int32_t rows = words_[2];
    if (!in_range(operations, capacity_.operations + 1) || !in_range(tokens, capacity_.tokens + 1) ||
        !in_range(rows, capacity_.rows + 1)) {
        return refuse(error, "the batch's counts exceed its capacity");
    }
    operations_.clear();
    for (int i = 0; i < operations; ++i) {
        const int32_t *at = words_ + header_words + int64_t{i} * operation_words;
        operations_.push_back({at[0], at[1], at[2], at[3], at[4]});
    }
    tokens_.clear();
    for (int i = 0; i < tokens; ++i) {
        const int32_t *at = words_ + tokens_at_ + int64_t{i} * token_words;
        tokens_.push_back({at[0], at[1], at[2]});
    }
    rows_.clear();
    for (int i = 0; i < rows; ++i) {
        const int32_t *at = words_ + rows_in_at_ + int64_t{i} * row_in_words;
        const uint64_t seed = static_cast<uint32_t>(at[7]) | static_cast<uint64_t>(static_cast<uint32_t>(at[8])) << 32;
        rows_.push_back({
            at[0], at[1], at[2], as_float(at[3]), at[4], as_float(at[5]), as_float(at[6]), seed, at[9], at[10], at[11],
            at[12], at[13],
        });
    }
    return true;
}

void BatchWords::write_threads(int count) { words_[threads_word] = count; }

void BatchWords::write_reading_time(int64_t micros) {
    words_[reading_time_word] = static_cast<int32_t>(std::min<int64_t>(micros, INT32_MAX));
}

void BatchWords::write_unreadable_rows(int count) { words_[unreadable_rows_word] = count; }

void BatchWords::write_status(int row, RowStatus status) {
    words_[rows_out_at_ + int64_t{row} * row_out_words + row_status_word] = status;
}

void BatchWords::write_row(int row, int32_t token, float log_prob, float entropy) {
    int32_t *at = words_ + rows_out_at_ + int64_t{row} * row_out_words;
    at[0] = token;
    at[1] = as_word(log_prob);
    at[2] = as_word(entropy);
}

void BatchWords::write_grammar_state(int row, int32_t state) {
    words_[rows_out_at_ + int64_t{row} * row_out_words + grammar_state_word] = state;
}

void BatchWords::write_watched(int row, int watched, float log_prob) {
    words_[rows_out_at_ + int64_t{row} * row_out_words + 3 + watched] = as_word(log_prob);
}

void BatchWords::write_likely(int row, int place, int32_t token, float log_prob) {
    int32_t *at = words_ + likely_at_ + (int64_t{row} * max_likely + place) * likely_words;
    at[0] = token;
    at[1] = as_word(log_prob);
}

BatchCheck::BatchCheck(int max_sequences, int max_tokens) : lengths_(max_sequences), in_batch_(max_sequences) {
    starts_.reserve(max_sequences);
    outputs_.reserve(max_tokens);
}

bool BatchCheck::check(
    const BatchWords &batch,
    const BatchLimits &limits,
    const std::function<int(int)> &cached_length,
    std::string &error) {
    cached_length_ = &cached_length;
    std::fill(lengths_.begin(), lengths_.end(), unread);
    std::fill(in_batch_.begin(), in_batch_.end(), int8_t{0});
    starts_.clear();
    outputs_.assign(batch.tokens().size(), 0);

    for (const Operation &operation : batch.operations()) {
        if (!check_operation(operation, limits, error)) {
            return false;
        }
    }
    if (!check_tokens(batch.tokens(), limits, error)) {
        return false;
    }
    int outputs = 0;
    for (const RowIn &row : batch.rows()) {
        if (!check_row(row, batch.tokens(), limits, error)) {
            return false;
        }
        outputs += outputs_[row.token_index] == 0;
        outputs_[row.token_index] = 1;
    }
    if (outputs > limits.outputs) {
        return refuse(error, "rows read the logits of more than " + std::to_string(limits.outputs) + " tokens");
    }
    return true;
}

bool BatchCheck::check_operation(const Operation &operation, const BatchLimits &limits, std::string &error) {
    const auto &[kind, from, to, start, end] = operation;
    if (kind != copy_operation && kind != remove_operation) {
        return refuse(error, "unknown operation " + std::to_string(kind));
    }
    if (!in_range(from, limits.sequences) || !in_range(to, limits.sequences)) {
        return refuse(error, "an operation names a sequence outside 0.." + std::to_string(limits.sequences - 1));
    }
    if (start < 0 || (end < start && !(kind == remove_operation && end == -1))) {
        return refuse(error, "an operation has the range " + std::to_string(start) + ".." + std::to_string(end));
    }
    if (kind == copy_operation) {
        if (from == to || length(to) != 0) {
            return refuse(error, "a copy goes to sequence " + std::to_string(to) + ", which is not empty");
        }
        if (start != 0 || end > length(from) || (!limits.partial && end != 0 && end != length(from))) {
            return refuse(
                error,
                "positions " + std::to_string(start) + ".." + std::to_string(end) + " of sequence " +
                    std::to_string(from) + ", which has " + std::to_string(length(from)) + ", cannot be copied");
        }
        length(to) = end;
        return true;
    }
    const int before = length(to);
    const bool all = start == 0 && (end == -1 || end >= before);
    if (!limits.partial && !all && start < before) {
        return refuse(error, "a part of sequence " + std::to_string(to) + " cannot be removed from a recurrent state");
    }
    if (end == -1 || end >= before) {
        length(to) = std::min(before, start);
    } else if (start < end) {
        return refuse(error, "the middle of sequence " + std::to_string(to) + " cannot be removed");
    }
    return true;
}

bool BatchCheck::check_tokens(const std::vector<Token> &tokens, const BatchLimits &limits, std::string &error) {
    for (const Token &token : tokens) {
        if (!in_range(token.sequence, limits.sequences)) {
            return refuse(error, "a token's sequence is outside 0.." + std::to_string(limits.sequences - 1));
        }
        if (!in_range(token.id, limits.vocabulary)) {
            return refuse(error, "token " + std::to_string(token.id) + " is not in the vocabulary");
        }
        int &next = length(token.sequence);
        if (token.position != next) {
            return refuse(
                error,
                "sequence " + std::to_string(token.sequence) + " continues at position " + std::to_string(next) +
                    ", not " + std::to_string(token.position));
        }
        if (in_batch_[token.sequence] == 0) {
            in_batch_[token.sequence] = 1;
            starts_.push_back({token.sequence, token.position});
        }
        ++next;
    }
    return true;
}

bool BatchCheck::check_row(
    const RowIn &row,
    const std::vector<Token> &tokens,
    const BatchLimits &limits,
    std::string &error) {
    if (!in_range(row.token_index, static_cast<int>(tokens.size()))) {
        return refuse(error, "a row reads token " + std::to_string(row.token_index) + " of the batch, which has none");
    }
    if (limits.head != (row.kind == head_row)) {
        return refuse(
            error,
            limits.head ? "a row reads logits, but this context has a head in their place"
                        : "a row reads a head, but this context has none");
    }
    switch (row.kind) {
        case sample_row:
            if (!(row.temperature >= 0 && std::isfinite(row.temperature)) || row.top_k < 0 ||
                !(row.top_p > 0 && row.top_p <= 1) || !(row.min_p >= 0 && row.min_p <= 1)) {
                return refuse(error, "a row's sampling parameters are out of range");
            }
            if (row.likely < 0 || row.likely > max_likely) {
                return refuse(error, "a row asks for more of the likeliest tokens than " + std::to_string(max_likely));
            }
            if (row.changes != 0 &&
                (!limits.has_changes || !limits.has_changes(row.changes) || row.reply < 0 ||
                 row.reply > tokens[row.token_index].position + 1)) {
                return refuse(error, "a row has changes of its logits that there are not, or a reply that begins later");
            }
            return row.grammar == 0 || (limits.has_state && limits.has_state(row.grammar, row.grammar_state)) ||
                refuse(error, "a row has a grammar, or a place in it, that there is not");
        case watch_row:
            return limits.watched > 0 || refuse(error, "a row asks for watched tokens, but none are watched");
        case target_row:
            return in_range(row.target, limits.vocabulary) ||
                refuse(error, "target token " + std::to_string(row.target) + " is not in the vocabulary");
        case head_row:
            return true;
        default:
            return refuse(error, "unknown kind of row " + std::to_string(row.kind));
    }
}

int &BatchCheck::length(int sequence) {
    int &length = lengths_[sequence];
    if (length == unread) {
        length = (*cached_length_)(sequence);
    }
    return length;
}

}  // namespace espalier

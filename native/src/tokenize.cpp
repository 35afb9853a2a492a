#include "tokenize.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>

#include "deep_stack.h"
#include "logging.h"

namespace espalier {

namespace {

// Takes 90 kB of a stack, which every thread of Java has.
constexpr size_t shallow_text = 256;

// Two stacks of this depth take 6 MB; what takes more goes one after the other.
constexpr size_t deep_stretch = 8192;

// For llama.cpp's own frames and its threads' variables.
constexpr size_t stack_base = size_t{1} << 20;

// A text of more bytes is tokenized from its beginning first, to see whether it has far too many tokens.
constexpr size_t first_part = 8192;

// A pattern that looks ahead from each character of a run takes steps by the square of its length, some 50 ns each.
constexpr size_t most_steps = 40000000;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool continues(char c) { return (c & 0xC0) == 0x80; }

bool may_be_letter(char c) { return (c & 0x80) != 0 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Characters of the longest part of a text between places that no match of the pattern crosses: where a word begins after
// white space. `joins_words`: but for a single space between two letters, which the pattern of exaone-moe takes along.
size_t longest_part(const std::string &text, bool joins_words) {
    size_t longest = 0;
    size_t characters = 0;
    size_t blanks = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_blank(c)) {
            ++blanks;
        } else if (blanks > 0) {
            const bool between_letters = joins_words && blanks == 1 && text[i - 1] == ' ' && i >= 2 && may_be_letter(text[i - 2]) &&
                                         may_be_letter(c);
            characters = between_letters ? characters : 0;
            blanks = 0;
        }
        characters += continues(c) ? 0 : 1;
        longest = std::max(longest, characters);
    }
    return longest;
}

// Bytes of the white space that begins here, as Unicode has it; 0 if none does.
size_t blank_at(const std::string &text, size_t i) {
    const auto starts = [&](const char *bytes) { return text.compare(i, std::strlen(bytes), bytes) == 0; };
    if (is_blank(text[i])) {
        return 1;
    }
    if (starts("\xc2\x85") || starts("\xc2\xa0")) {
        return 2;
    }
    const bool spaced = starts("\xe2\x80") && i + 2 < text.size() &&
                        (text[i + 2] <= '\x8a' || text[i + 2] == '\xa8' || text[i + 2] == '\xa9' || text[i + 2] == '\xaf');
    return spaced || starts("\xe2\x81\x9f") || starts("\xe3\x80\x80") || starts("\xe1\x9a\x80") ? 3 : 0;
}

size_t digit_at(const std::string &text, size_t i) { return text[i] >= '0' && text[i] <= '9' ? 1 : 0; }

// Over all runs of what belongs together, the square of their characters.
size_t sum_of_squares(const std::string &text, size_t (*belongs)(const std::string &, size_t)) {
    size_t sum = 0;
    size_t run = 0;
    for (size_t i = 0; i < text.size();) {
        const size_t length = belongs(text, i);
        sum += length > 0 ? 2 * run + 1 : 0;
        run = length > 0 ? run + 1 : 0;
        i += std::max(length, size_t{1});
    }
    return sum;
}

std::string metadata(const llama_model *model, const char *key) {
    char value[64] = "";
    return llama_model_meta_val_str(model, key, value, sizeof value) < 0 ? "" : value;
}

std::string refusal(const llama_model *model, const std::string &text) {
    if (text.size() > longest_text) {
        return "it has " + std::to_string(text.size()) + " bytes, and " + std::to_string(longest_text) +
               " are the most: shorten it";
    }
    const std::string pattern = metadata(model, "tokenizer.ggml.pre");
    const size_t part = longest_part(text, pattern == "exaone-moe");
    if (part > longest_stretch) {
        return "it has " + std::to_string(part) + " characters in a row with nothing to split them at, and " +
               std::to_string(longest_stretch) + " are the most: shorten it or break it into lines";
    }
    if (text.size() * text.size() < most_steps) {
        return "";
    }
    if ((pattern == "superbpe" && sum_of_squares(text, digit_at) > most_steps) ||
        (pattern == "deepseek-llm" && sum_of_squares(text, blank_at) > most_steps)) {
        return "it has runs of " + std::string(pattern == "superbpe" ? "digits" : "white space") +
               " that are too long for the pre-tokenizer " + pattern + ": shorten them";
    }
    return "";
}

struct Call {
    const llama_vocab *vocab;
    const char *text;
    int32_t length;
    bool special;
    std::vector<llama_token> &tokens;
    int32_t count = 0;
    std::string message;
    std::exception_ptr thrown;
};

void tokenize_once(Call &call) {
    const auto capacity = [&] { return static_cast<int32_t>(call.tokens.size()); };
    call.count = llama_tokenize(
        call.vocab, call.text, call.length, call.tokens.data(), capacity(), false, call.special);
    if (call.count < 0 && call.count != INT_MIN) {
        call.tokens.resize(-call.count);
        call.count = llama_tokenize(
            call.vocab, call.text, call.length, call.tokens.data(), capacity(), false, call.special);
    }
}

void tokenize_apart(void *argument) {
    Call &call = *static_cast<Call *>(argument);
    clear_message();
    try {
        tokenize_once(call);
    } catch (...) {
        call.thrown = std::current_exception();
    }
    call.message = message();
}

void tokenize_bytes(
    const llama_model *model, const std::string &text, size_t size, bool special, std::vector<llama_token> &tokens) {
    tokens.resize(size + 8);
    Call call{llama_model_get_vocab(model), text.data(), static_cast<int32_t>(size), special, tokens, 0, {}, {}};
    if (size <= shallow_text) {
        tokenize_once(call);
    } else {
        static std::mutex one_at_a_time;
        std::unique_lock<std::mutex> lock(one_at_a_time, std::defer_lock);
        if (size > deep_stretch) {
            lock.lock();
        }
        const size_t stack = stack_base + size * stack_bytes_per_character;
        if (!run_on_deep_stack(stack, tokenize_apart, &call)) {
            throw std::runtime_error(
                "there is no room for a stack of " + std::to_string(stack >> 20) +
                " MiB of address space or for its thread: raise ulimit -v and -u, or shorten the text");
        }
        if (call.thrown) {
            std::rethrow_exception(call.thrown);
        }
        if (!call.message.empty()) {
            set_message(call.message);
        }
    }
    if (call.count < 0) {
        throw std::runtime_error("llama.cpp has no tokens for it");
    }
    tokens.resize(call.count);
}

}  // namespace

std::string tokenize(
    const llama_model *model,
    const std::string &text,
    bool special,
    size_t most,
    std::vector<llama_token> &tokens) {
    const std::string wrong = text.size() <= shallow_text ? "" : refusal(model, text);
    if (!wrong.empty()) {
        return wrong;
    }
    for (size_t part = first_part; part < text.size(); part *= 4) {
        size_t size = part;
        while (size > 0 && continues(text[size])) {
            --size;
        }
        tokenize_bytes(model, text, size, special, tokens);
        if (tokens.size() / 2 > most) {
            return "";
        }
    }
    tokenize_bytes(model, text, text.size(), special, tokens);
    return "";
}

}  // namespace espalier

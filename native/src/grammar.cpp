#include "grammar.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace espalier {

namespace {

constexpr size_t most_states = 100000;
constexpr size_t most_nodes = 4000000;
// Stacks of one state, and those on the way to them: more is an ambiguity that grows with the text.
constexpr size_t most_stacks = 2000;
constexpr size_t most_visited = 20000;
constexpr size_t most_masks = 4096;
constexpr int unknown = -2;

struct Full {
    const char *what;
};

}  // namespace

std::unique_ptr<Grammar> Grammar::parse(
    const std::string &text, std::shared_ptr<const VocabularyText> vocabulary, std::string &error) {
    GrammarRules rules;
    const auto named = [&](const std::string &name) { return vocabulary->named(name); };
    if (!parse_grammar(text, named, rules, error)) {
        return nullptr;
    }
    std::unique_ptr<Grammar> grammar(new Grammar(std::move(rules), std::move(vocabulary)));
    try {
        std::vector<int> stacks;
        for (const uint32_t alternate : grammar->rules_.alternates[grammar->rules_.root]) {
            const bool empty = grammar->rules_.elements[alternate].kind == GrammarElement::end;
            grammar->advance(empty ? 0 : grammar->node(alternate, 0), stacks);
        }
        grammar->interned(std::move(stacks), 0, 0);
    } catch (const Full &full) {
        error = full.what;
        return nullptr;
    }
    return grammar;
}

Grammar::Grammar(GrammarRules rules, std::shared_ptr<const VocabularyText> vocabulary)
    : rules_(std::move(rules)), vocabulary_(std::move(vocabulary)), nodes_{{0, 0}} {}

int Grammar::next(int state, int token) {
    const std::lock_guard<std::mutex> lock(mutex_);
    try {
        return after(state, token);
    } catch (const Full &full) {
        fault_ = full.what;
        return refused;
    }
}

std::shared_ptr<const std::vector<uint64_t>> Grammar::allowed(int state) {
    const std::lock_guard<std::mutex> lock(mutex_);
    try {
        if (states_[static_cast<size_t>(state)].allowed == nullptr) {
            auto mask = std::make_shared<const std::vector<uint64_t>>(computed_allowed(state));
            if (masked_.size() >= most_masks) {
                for (const int old : masked_) {
                    states_[static_cast<size_t>(old)].allowed = nullptr;
                }
                masked_.clear();
            }
            states_[static_cast<size_t>(state)].allowed = mask;
            masked_.push_back(state);
        }
        return states_[static_cast<size_t>(state)].allowed;
    } catch (const Full &full) {
        fault_ = full.what;
        return std::make_shared<const std::vector<uint64_t>>();
    }
}

bool Grammar::has(int state) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state >= 0 && static_cast<size_t>(state) < states_.size();
}

std::string Grammar::fault() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return fault_;
}

int Grammar::after(int state, int token) {
    if (vocabulary_->ends_generation(token)) {
        return states_[static_cast<size_t>(state)].complete() ? state : refused;
    }
    const int length = vocabulary_->length(token);
    const uint8_t *bytes = vocabulary_->bytes(token);
    if (length > 0 && bytes[0] == 0) {
        return refused;
    }
    int at = length == 0 ? refused : state;
    for (int i = 0; i < length && at != refused; ++i) {
        at = after_byte(at, bytes[i]);
    }
    return rules_.names_tokens ? after_token(states_[static_cast<size_t>(state)], token, at) : at;
}

int Grammar::after_byte(int state, uint8_t byte) {
    auto &known = states_[static_cast<size_t>(state)].after_byte;
    if (known == nullptr) {
        known = std::make_unique<std::array<int, 256>>();
        known->fill(unknown);
    }
    if ((*known)[byte] != unknown) {
        return (*known)[byte];
    }
    const int next = computed_after_byte(state, byte);
    // The states may have moved.
    (*states_[static_cast<size_t>(state)].after_byte)[byte] = next;
    return next;
}

int Grammar::computed_after_byte(int state, uint8_t byte) {
    const State &from = states_[static_cast<size_t>(state)];
    uint32_t value;
    int missing;
    if (from.missing == 0) {
        if (byte < 0x80) {
            // llama.cpp takes a zero for the end of a text.
            return byte == 0 ? refused : after_character(from, byte);
        }
        if (byte < 0xC2 || byte > 0xF4) {
            return refused;
        }
        missing = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        value = byte & (0x3Fu >> missing);
    } else {
        // Overlong forms, surrogates and what is above the last code point show in the second byte.
        const bool none = (byte & 0xC0) != 0x80 ||
            (from.missing == 2 && ((from.partial == 0 && byte < 0xA0) || (from.partial == 0xD && byte > 0x9F))) ||
            (from.missing == 3 && ((from.partial == 0 && byte < 0x90) || (from.partial == 4 && byte > 0x8F)));
        if (none) {
            return refused;
        }
        missing = from.missing - 1;
        value = from.partial << 6 | (byte & 0x3Fu);
        if (missing == 0) {
            return after_character(from, value);
        }
    }
    uint32_t low = value << (6 * missing);
    const uint32_t high = low | ((1u << (6 * missing)) - 1);
    if (low == 0) {
        low = missing == 2 ? 0x800 : 0x10000;
    }
    std::vector<int> stacks;
    for (const int stack : from.stacks) {
        if (stack != 0 && top(stack).kind == GrammarElement::chars && rules_.classes[top(stack).value].meets(low, high)) {
            stacks.push_back(stack);
        }
    }
    return stacks.empty() ? refused : interned(std::move(stacks), value, missing);
}

int Grammar::after_character(const State &state, uint32_t character) {
    std::vector<int> stacks;
    for (const int stack : state.stacks) {
        if (stack != 0 && top(stack).kind == GrammarElement::chars &&
            rules_.classes[top(stack).value].contains(character)) {
            advance(rest(stack), stacks);
        }
    }
    return stacks.empty() ? refused : interned(std::move(stacks), 0, 0);
}

// by_text: where the token's bytes lead, or refused.
int Grammar::after_token(const State &state, int token, int by_text) {
    std::vector<int> stacks;
    if (state.missing == 0) {
        for (const int stack : state.stacks) {
            const GrammarElement &element = stack == 0 ? GrammarElement{GrammarElement::end, 0} : top(stack);
            const bool same = element.value == static_cast<uint32_t>(token);
            if ((element.kind == GrammarElement::token && same) || (element.kind == GrammarElement::not_token && !same)) {
                advance(rest(stack), stacks);
            }
        }
    }
    if (stacks.empty()) {
        return by_text;
    }
    // A character that is not whole yet has its own stacks; where both ways are open, the token's is taken.
    if (by_text != refused && states_[static_cast<size_t>(by_text)].missing == 0) {
        const std::vector<int> &others = states_[static_cast<size_t>(by_text)].stacks;
        stacks.insert(stacks.end(), others.begin(), others.end());
    }
    return interned(std::move(stacks), 0, 0);
}

// What is below the uppermost element, or comes after it.
int Grammar::rest(int stack) {
    const Node at = nodes_[static_cast<size_t>(stack)];
    const bool last = rules_.elements[at.element + 1].kind == GrammarElement::end;
    return last ? at.below : node(at.element + 1, at.below);
}

// Adds what a stack comes to when the rules on its top are written out.
void Grammar::advance(int stack, std::vector<int> &stacks) {
    std::vector<int> open{stack};
    std::unordered_set<int> seen;
    while (!open.empty()) {
        const int current = open.back();
        open.pop_back();
        if (!seen.insert(current).second) {
            continue;
        }
        if (seen.size() > most_visited || stacks.size() > 4 * most_stacks) {
            throw Full{"the grammar is too ambiguous: its parts can be read in too many ways at once"};
        }
        if (current == 0 || top(current).kind != GrammarElement::rule) {
            stacks.push_back(current);
            continue;
        }
        const uint32_t rule = top(current).value;
        const int below = rest(current);
        const std::vector<uint32_t> &alternates = rules_.alternates[rule];
        for (size_t i = alternates.size(); i-- > 0;) {
            const bool empty = rules_.elements[alternates[i]].kind == GrammarElement::end;
            open.push_back(empty ? below : node(alternates[i], below));
        }
    }
}

int Grammar::node(uint32_t element, int below) {
    const uint64_t key = uint64_t{element} << 32 | static_cast<uint32_t>(below);
    const auto inserted = node_ids_.emplace(key, static_cast<int>(nodes_.size()));
    if (inserted.second) {
        if (nodes_.size() >= most_nodes) {
            node_ids_.erase(inserted.first);
            throw Full{"the grammar takes too much memory: its parts are nested too deeply"};
        }
        nodes_.push_back({element, below});
    }
    return inserted.first->second;
}

int Grammar::interned(std::vector<int> stacks, uint32_t partial, int missing) {
    std::sort(stacks.begin(), stacks.end());
    stacks.erase(std::unique(stacks.begin(), stacks.end()), stacks.end());
    if (stacks.size() > most_stacks) {
        throw Full{"the grammar is too ambiguous: its parts can be read in too many ways at once"};
    }
    std::string key(reinterpret_cast<const char *>(stacks.data()), stacks.size() * sizeof(int));
    key.append(reinterpret_cast<const char *>(&partial), sizeof partial);
    key += static_cast<char>(missing);
    const auto inserted = state_ids_.emplace(std::move(key), static_cast<int>(states_.size()));
    if (inserted.second) {
        if (states_.size() >= most_states) {
            state_ids_.erase(inserted.first);
            throw Full{"the grammar takes too much memory: its texts come to too many different places"};
        }
        State state;
        state.stacks = std::move(stacks);
        state.partial = partial;
        state.missing = missing;
        states_.push_back(std::move(state));
    }
    return inserted.first->second;
}

std::vector<uint64_t> Grammar::computed_allowed(int state) {
    std::vector<uint64_t> bits(static_cast<size_t>(vocabulary_->size() + 63) / 64);
    bool any = false;
    const auto set = [&](int token) {
        bits[static_cast<size_t>(token) / 64] |= uint64_t{1} << (token % 64);
        any = true;
    };
    const std::vector<int> &sorted = vocabulary_->sorted();
    const std::vector<int> &shared = vocabulary_->shared();
    // Where the first bytes of the token before have led.
    std::vector<int> places{state};
    int refused_at = INT32_MAX;
    for (size_t i = 0; i < sorted.size(); ++i) {
        if (shared[i] > refused_at) {
            continue;
        }
        refused_at = INT32_MAX;
        const int token = sorted[i];
        const uint8_t *bytes = vocabulary_->bytes(token);
        places.resize(static_cast<size_t>(std::min<int>(shared[i], static_cast<int>(places.size()) - 1)) + 1);
        for (int at = static_cast<int>(places.size()) - 1; at < vocabulary_->length(token); ++at) {
            const int place = after_byte(places.back(), bytes[at]);
            if (place == refused) {
                refused_at = at;
                break;
            }
            places.push_back(place);
        }
        if (refused_at == INT32_MAX) {
            set(token);
        }
    }
    if (rules_.names_tokens) {
        for (int token = 0; token < vocabulary_->size(); ++token) {
            if (after(state, token) != refused) {
                set(token);
            }
        }
    }
    if (states_[static_cast<size_t>(state)].complete()) {
        for (const int token : vocabulary_->ends_of_generation()) {
            set(token);
        }
    }
    return any ? bits : std::vector<uint64_t>();
}

}  // namespace espalier

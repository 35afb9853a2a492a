#include "gbnf.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

#include "left_recursion.h"

namespace espalier {

namespace {

constexpr size_t longest_grammar = 1 << 20;
constexpr int deepest_group = 200;
constexpr uint64_t most_repetitions = 2000;
constexpr size_t most_elements = 400000;
constexpr uint64_t no_maximum = UINT64_MAX;

struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Alternate = std::vector<GrammarElement>;
using Rule = std::vector<Alternate>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || is_digit(c); }

class Parser {
   public:
    Parser(const std::string &text, const std::function<int(const std::string &)> &token, GrammarRules &rules)
        : text_(text), token_(token), out_(rules) {}

    void parse() {
        skip_space(true);
        while (!done()) {
            parse_rule();
        }
        read_ = true;
        const auto root = names_.find("root");
        if (root == names_.end()) {
            throw Refused("it has no rule named root");
        }
        for (const auto &name : names_) {
            if (!defined_[name.second]) {
                throw Refused("the rule " + quoted(name.first) + " is not defined");
            }
        }
        out_.root = root->second;
        flatten();
        refuse_left_recursion();
    }

    std::string place() const {
        size_t line = 1;
        size_t column = 1;
        for (size_t i = 0; i < std::min(at_, text_.size()); ++i) {
            line += text_[i] == '\n';
            column = text_[i] == '\n' ? 1 : column + 1;
        }
        return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
    }

    bool reading() const { return !read_; }

   private:
    static std::string quoted(const std::string &name) { return "\"" + name.substr(0, 60) + "\""; }

    bool done() const { return at_ >= text_.size(); }
    char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void expect(char c) {
        if (peek() != c) {
            throw Refused(std::string("expected ") + c);
        }
        ++at_;
    }

    void skip_space(bool newlines) {
        while (!done()) {
            const char c = peek();
            if (c == '#') {
                while (!done() && peek() != '\r' && peek() != '\n') {
                    ++at_;
                }
            } else if (c == ' ' || c == '\t' || (newlines && (c == '\r' || c == '\n'))) {
                ++at_;
            } else {
                return;
            }
        }
    }

    std::string parse_name() {
        const size_t from = at_;
        while (is_word(peek())) {
            ++at_;
        }
        if (at_ == from) {
            throw Refused("expected the name of a rule");
        }
        return text_.substr(from, at_ - from);
    }

    uint64_t parse_number() {
        if (!is_digit(peek())) {
            throw Refused("expected a number");
        }
        uint64_t value = 0;
        while (is_digit(peek())) {
            value = std::min<uint64_t>(value * 10 + static_cast<uint64_t>(peek() - '0'), UINT32_MAX);
            ++at_;
        }
        return value;
    }

    uint32_t named(const std::string &name) {
        const auto found = names_.find(name);
        if (found != names_.end()) {
            return found->second;
        }
        const uint32_t id = new_rule();
        names_.emplace(name, id);
        return id;
    }

    uint32_t new_rule() {
        rules_.emplace_back();
        defined_.push_back(false);
        return static_cast<uint32_t>(rules_.size() - 1);
    }

    void define(uint32_t id, Rule rule) {
        for (const Alternate &alternate : rule) {
            count(alternate.size() + 1);
        }
        rules_[id] = std::move(rule);
        defined_[id] = true;
    }

    void count(size_t elements) {
        elements_ += elements;
        if (elements_ > most_elements) {
            throw Refused("it has more than " + std::to_string(most_elements) +
                          " elements when its repetitions are written out: repeat less");
        }
    }

    void parse_rule() {
        const std::string name = parse_name();
        const uint32_t id = named(name);
        skip_space(false);
        if (peek() != ':' || peek(1) != ':' || peek(2) != '=') {
            throw Refused("expected ::= after the name " + quoted(name));
        }
        at_ += 3;
        skip_space(true);
        define(id, parse_alternates(0));
        if (!done() && peek() != '\r' && peek() != '\n') {
            throw Refused("expected the end of the line");
        }
        skip_space(true);
    }

    Rule parse_alternates(int depth) {
        Rule rule{parse_sequence(depth)};
        while (peek() == '|') {
            ++at_;
            skip_space(true);
            rule.push_back(parse_sequence(depth));
        }
        return rule;
    }

    Alternate parse_sequence(int depth) {
        Alternate sequence;
        size_t last = 0;
        const bool nested = depth > 0;
        while (!done()) {
            const char c = peek();
            const size_t before = sequence.size();
            if (c == '"') {
                parse_literal(sequence);
            } else if (c == '[') {
                sequence.push_back({GrammarElement::chars, class_of(parse_class())});
            } else if (c == '.') {
                ++at_;
                sequence.push_back({GrammarElement::chars, class_of({true, {}})});
            } else if (c == '<' || c == '!') {
                sequence.push_back(parse_token());
            } else if (c == '(') {
                if (depth >= deepest_group) {
                    throw Refused("groups are nested more than " + std::to_string(deepest_group) + " deep");
                }
                ++at_;
                skip_space(true);
                const uint32_t group = new_rule();
                define(group, parse_alternates(depth + 1));
                expect(')');
                sequence.push_back({GrammarElement::rule, group});
            } else if (is_word(c)) {
                sequence.push_back({GrammarElement::rule, named(parse_name())});
            } else if (c == '*' || c == '+' || c == '?' || c == '{') {
                repeat(sequence, last, nested);
                continue;
            } else {
                break;
            }
            last = before;
            count(sequence.size() - before);
            skip_space(nested);
        }
        return sequence;
    }

    void repeat(Alternate &sequence, size_t last, bool nested) {
        if (last >= sequence.size()) {
            throw Refused(std::string("there is nothing before ") + peek() + " to repeat");
        }
        uint64_t least = peek() == '+' ? 1 : 0;
        uint64_t most = peek() == '?' ? 1 : no_maximum;
        const bool counted = peek() == '{';
        ++at_;
        skip_space(nested);
        if (counted) {
            least = parse_number();
            most = least;
            skip_space(nested);
            if (peek() == ',') {
                ++at_;
                skip_space(nested);
                most = is_digit(peek()) ? parse_number() : no_maximum;
                skip_space(nested);
            }
            expect('}');
            skip_space(nested);
        }
        if (least > most_repetitions) {
            throw Refused("a part is repeated " + std::to_string(least) + " times, and " +
                          std::to_string(most_repetitions) + " is the most");
        }
        if (most != no_maximum && most < least) {
            throw Refused("a part is repeated at least " + std::to_string(least) + " and at most " +
                          std::to_string(most) + " times");
        }
        if (most > most_repetitions) {
            most = no_maximum;
        }
        GrammarElement part = sequence[last];
        if (sequence.size() - last > 1) {
            const uint32_t whole = new_rule();
            define(whole, {Alternate(sequence.begin() + static_cast<std::ptrdiff_t>(last), sequence.end())});
            part = {GrammarElement::rule, whole};
        }
        sequence.resize(last);
        count(least);
        sequence.insert(sequence.end(), least, part);
        if (most == no_maximum) {
            const uint32_t more = new_rule();
            define(more, {{part, {GrammarElement::rule, more}}, {}});
            sequence.push_back({GrammarElement::rule, more});
            return;
        }
        uint32_t rest = 0;
        for (uint64_t i = least; i < most; ++i) {
            const uint32_t more = new_rule();
            Alternate longer{part};
            if (i > least) {
                longer.push_back({GrammarElement::rule, rest});
            }
            define(more, {longer, {}});
            rest = more;
        }
        if (most > least) {
            sequence.push_back({GrammarElement::rule, rest});
        }
    }

    void parse_literal(Alternate &sequence) {
        const size_t from = sequence.size();
        ++at_;
        while (peek() != '"') {
            const uint32_t character = parse_character();
            sequence.push_back({GrammarElement::chars, class_of({false, {{character, character}}})});
        }
        ++at_;
        if (sequence.size() == from) {
            // Something that can be repeated, and says nothing.
            const uint32_t nothing = new_rule();
            define(nothing, {{}});
            sequence.push_back({GrammarElement::rule, nothing});
        }
    }

    CharClass parse_class() {
        CharClass characters;
        ++at_;
        if (peek() == '^') {
            characters.negated = true;
            ++at_;
        }
        while (peek() != ']') {
            const uint32_t low = parse_character();
            uint32_t high = low;
            if (peek() == '-' && peek(1) != ']') {
                ++at_;
                high = parse_character();
            }
            if (high < low) {
                throw Refused("a range of characters ends before it begins");
            }
            characters.ranges.emplace_back(low, high);
        }
        ++at_;
        count(characters.ranges.size());
        return characters;
    }

    GrammarElement parse_token() {
        const bool negated = peek() == '!';
        at_ += negated ? 1 : 0;
        const size_t from = at_;
        expect('<');
        int token = -1;
        if (peek() == '[') {
            ++at_;
            token = static_cast<int>(std::min<uint64_t>(parse_number(), INT32_MAX));
            expect(']');
            expect('>');
        } else {
            while (!done() && peek() != '>' && peek() != '\n') {
                ++at_;
            }
            expect('>');
            const std::string name = text_.substr(from, at_ - from);
            token = token_(name);
            if (token < 0) {
                throw Refused("the vocabulary has no token " + quoted(name));
            }
        }
        out_.names_tokens = true;
        return {negated ? GrammarElement::not_token : GrammarElement::token, static_cast<uint32_t>(token)};
    }

    uint32_t parse_hex(int digits) {
        uint32_t value = 0;
        for (int i = 0; i < digits; ++i, ++at_) {
            const char c = peek();
            const char *hex = "0123456789abcdef";
            const char *digit = c == '\0' ? nullptr : std::strchr(hex, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
            if (digit == nullptr) {
                throw Refused("expected " + std::to_string(digits) + " hexadecimal digits");
            }
            value = value * 16 + static_cast<uint32_t>(digit - hex);
        }
        return value;
    }

    uint32_t parse_character() {
        if (done()) {
            throw Refused("it ends within a text or a range of characters");
        }
        if (peek() == '\\') {
            const char escaped = peek(1);
            at_ += 2;
            switch (escaped) {
                case 'x': return parse_hex(2);
                case 'u': return parse_hex(4);
                case 'U': return parse_hex(8);
                case 't': return '\t';
                case 'r': return '\r';
                case 'n': return '\n';
                case '\\':
                case '"':
                case '[':
                case ']':
                case '-': return static_cast<uint32_t>(escaped);
                default: at_ -= 2; throw Refused("there is no such escape");
            }
        }
        return parse_utf8();
    }

    uint32_t parse_utf8() {
        const auto lead = static_cast<unsigned char>(text_[at_++]);
        if (lead < 0x80) {
            return lead;
        }
        int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        uint32_t value = lead & (0x3Fu >> more);
        for (; more > 0 && (static_cast<unsigned char>(peek()) & 0xC0) == 0x80; --more) {
            value = value << 6 | (static_cast<unsigned char>(text_[at_++]) & 0x3Fu);
        }
        if (more > 0 || lead < 0xC2) {
            throw Refused("it is not UTF-8");
        }
        return value;
    }

    uint32_t class_of(const CharClass &characters) {
        const auto key = std::make_pair(characters.negated, characters.ranges);
        const auto found = classes_.find(key);
        if (found != classes_.end()) {
            return found->second;
        }
        out_.classes.push_back(characters);
        const auto id = static_cast<uint32_t>(out_.classes.size() - 1);
        classes_.emplace(key, id);
        return id;
    }

    void flatten() {
        out_.alternates.resize(rules_.size());
        for (size_t rule = 0; rule < rules_.size(); ++rule) {
            for (const Alternate &alternate : rules_[rule]) {
                out_.alternates[rule].push_back(static_cast<uint32_t>(out_.elements.size()));
                out_.elements.insert(out_.elements.end(), alternate.begin(), alternate.end());
                out_.elements.push_back({GrammarElement::end, 0});
            }
        }
    }

    void refuse_left_recursion() const {
        const std::vector<uint32_t> path = left_recursion(out_);
        if (!path.empty()) {
            throw Refused(name_on(path) +
                          " comes back to itself before it has taken a character (left recursion, or a"
                          " repetition of what can be empty)");
        }
    }

    // The rule that comes back, or one of those before it, which has a name.
    std::string name_on(const std::vector<uint32_t> &path) const {
        std::map<uint32_t, std::string> names;
        for (const auto &name : names_) {
            names[name.second] = name.first;
        }
        for (size_t i = path.size(); i-- > 0;) {
            if (names.count(path[i]) != 0) {
                return (i + 1 == path.size() ? "the rule " : "a part of the rule ") + quoted(names[path[i]]);
            }
        }
        return "a part of it";
    }

    const std::string &text_;
    const std::function<int(const std::string &)> &token_;
    GrammarRules &out_;
    size_t at_ = 0;
    size_t elements_ = 0;
    bool read_ = false;
    std::map<std::string, uint32_t> names_;
    std::vector<Rule> rules_;
    std::vector<bool> defined_;
    std::map<std::pair<bool, std::vector<std::pair<uint32_t, uint32_t>>>, uint32_t> classes_;
};

}  // namespace

bool CharClass::contains(uint32_t character) const {
    const bool found = std::any_of(ranges.begin(), ranges.end(), [character](const auto &range) {
        return range.first <= character && character <= range.second;
    });
    return found != negated;
}

bool CharClass::meets(uint32_t low, uint32_t high) const {
    if (negated) {
        return std::none_of(ranges.begin(), ranges.end(), [&](const auto &range) {
            return range.first <= low && high <= range.second;
        });
    }
    return std::any_of(ranges.begin(), ranges.end(), [&](const auto &range) {
        return range.first <= high && low <= range.second;
    });
}

bool parse_grammar(
    const std::string &text,
    const std::function<int(const std::string &)> &token,
    GrammarRules &rules,
    std::string &error) {
    if (text.size() > longest_grammar) {
        error = "it is longer than 1 MB";
        return false;
    }
    if (text.find('\0') != std::string::npos) {
        error = "it has a zero byte";
        return false;
    }
    Parser parser(text, token, rules);
    try {
        parser.parse();
        return true;
    } catch (const Refused &refused) {
        error = (parser.reading() ? parser.place() : "") + refused.what();
        return false;
    }
}

}  // namespace espalier

#include "grammar.h"

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "check.h"
#include "constrained_draw.h"
#include "context_fixture.h"
#include "logging.h"

namespace {

using namespace espalier;

const char *const json_grammar = R"(root ::= object
value ::= object | array | string | number | ("true" | "false" | "null")
object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}"
array ::= "[" ws ( value ("," ws value)* )? "]"
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\""
number ::= "-"? ([0-9] | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,15})?
ws ::= | " " | "\n" [ \t]{0,20}
)";

std::shared_ptr<const VocabularyText> vocabulary(const Model &model) {
    return std::make_shared<const VocabularyText>(llama_model_get_vocab(model.get()));
}

std::string fault_of(const std::string &text) {
    static const auto pieces =
        std::make_shared<const VocabularyText>(std::vector<std::string>{"a", "b", "ab", ""}, std::vector<int>{3});
    std::string error;
    return Grammar::parse(text, pieces, error) == nullptr ? error : "";
}

void reads_what_llama_cpp_reads() {
    CHECK(fault_of("root ::= \"a\" | \"b\"").empty());
    CHECK(fault_of("# a comment\nroot ::= a (\n  \"a\" |\n  [^b-d] )? # more\na ::= \"x\"*\n").empty());
    CHECK(fault_of("root ::= .{2,5} <[3]> !<[2]>").empty());
    CHECK(fault_of("root ::= [\\x41-\\u00e9] \"\\U0001F600\" [a-] [\\]\\-\\[]\r\nb ::= root").empty());
    CHECK(fault_of(json_grammar).empty());
    CHECK(fault_of("root ::= \"\"").empty());
}

void refuses_what_cannot_be_in_one_line() {
    const std::string deep(10000, '(');
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "root"},
        {"start ::= \"a\"", "root"},
        {"root ::= b", "\"b\" is not defined"},
        {"root ::= root \"a\" | \"a\"", "left recursion"},
        {"root ::= a\na ::= b? c\nb ::= \"x\"\nc ::= a \"y\" | \"z\"", "left recursion"},
        {"root ::= (\"a\"?)*", "left recursion"},
        {"root ::= \"a", "ends within"},
        {"root ::= [a", "ends within"},
        {"root ::= \"\\q\"", "escape"},
        {"root ::= (\"a\"", "expected )"},
        {"root ::= " + deep, "nested"},
        {"root ::= \"a\"{5000}", "5000"},
        {"root ::= \"a\"{5,2}", "at least 5"},
        {"root ::= ((((\"a\"{1,1000}){1,1000}){1,1000}){1,1000}){2000}", ""},
        {"root ::= *", "nothing"},
        {"root = \"a\"", "::="},
        {"root ::= \"a\" )", "end of the line"},
        {"root ::= <none>", "no token"},
        {std::string("root ::= \"a\0\"", 13), "zero byte"},
        {"root ::= \"\xff\"", "UTF-8"},
        {std::string(2 << 20, ' '), "longer than"},
    };
    for (const auto &[text, said] : cases) {
        const std::string fault = fault_of(text);
        if (said.empty()) {
            continue;
        }
        if (fault.find(said) == std::string::npos) {
            std::fprintf(stderr, "%.60s: %s\n", text.c_str(), fault.c_str());
        }
        CHECK(fault.find(said) != std::string::npos);
        CHECK(fault.find('\n') == std::string::npos);
    }
    CHECK(fault_of("root ::= b").rfind("line ", 0) == std::string::npos);
    CHECK(fault_of("root ::= \"a\"\nb ::= [").rfind("line 2, column 8", 0) == 0);
}

// A million rules, each of which refers to the next.
void reads_a_long_chain_without_a_deep_stack() {
    std::string text = "root ::= r0\n";
    for (int i = 0; i < 40000; ++i) {
        text += "r" + std::to_string(i) + " ::= r" + std::to_string(i + 1) + "\n";
    }
    CHECK(fault_of(text + "r40000 ::= \"a\"\n").find("too ambiguous") != std::string::npos);
    CHECK(fault_of(text + "r40000 ::= root\n").find("left recursion") != std::string::npos);
}

void stops_growing_where_a_text_can_be_read_in_too_many_ways() {
    const auto pieces =
        std::make_shared<const VocabularyText>(std::vector<std::string>{"a", ""}, std::vector<int>{1});
    std::string error;
    const auto grammar =
        Grammar::parse("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\" root \"d\" | \"a\"", pieces, error);
    CHECK(grammar != nullptr);
    int state = Grammar::start;
    int steps = 0;
    while (state != Grammar::refused && steps < 100) {
        state = grammar->next(state, 0);
        ++steps;
    }
    CHECK(steps > 3 && steps < 30);
    CHECK(grammar->fault().find("too ambiguous") != std::string::npos);
}

// Walks through texts at random; at each place llama.cpp's own sampler must refuse the same tokens.
void allows_what_llama_cpp_allows() {
    const Model model(TinyModel::llama);
    const llama_vocab *vocab = llama_model_get_vocab(model.get());
    const auto text = vocabulary(model);
    std::mt19937 random(7);
    for (const char *source : {json_grammar,
             "root ::= (\"Yes\" | \"No\") [ \\t]* ((\"é\" | [α-ω]){1,3} | .{2})? [^a-z]*",
             "root ::= (\"Yes\" | \"No\") !<[261]> [0-9]* (<[264]> | \"x\")",
             "root ::= item+\nitem ::= \"- \" [^\\r\\n]{0,4} \"\\n\"",
             "root ::= <[261]> (\"(\" root \")\" | [0-9])* \"\""}) {
        std::string error;
        const auto grammar = Grammar::parse(source, text, error);
        CHECK(grammar != nullptr);
        for (int walk = 0; walk < 20; ++walk) {
            llama_sampler *theirs = llama_sampler_init_grammar(vocab, source, "root");
            CHECK(theirs != nullptr);
            int state = Grammar::start;
            for (int step = 0; step < 30; ++step) {
                std::vector<llama_token_data> row;
                for (int token = 0; token < text->size(); ++token) {
                    row.push_back({token, 0, 0});
                }
                llama_token_data_array array{row.data(), row.size(), -1, false};
                llama_sampler_apply(theirs, &array);
                const auto mask = grammar->allowed(state);
                std::vector<int> allowed;
                for (int token = 0; token < text->size(); ++token) {
                    const bool ours = !mask->empty() && Grammar::is_set(*mask, token);
                    CHECK(ours == (grammar->next(state, token) != Grammar::refused));
                    const bool ascii = text->length(token) > 0 && text->bytes(token)[0] < 0x80;
                    // Control tokens are no text here, and bytes that are no UTF-8 are refused at once where characters are
                    // wanted; llama.cpp refuses them also where any other token is.
                    if (ascii || text->ends_generation(token)) {
                        if (ours != (row[static_cast<size_t>(token)].logit == 0)) {
                            std::fprintf(stderr, "%.20s: walk %d step %d token %d\n", source, walk, step, token);
                        }
                        CHECK(ours == (row[static_cast<size_t>(token)].logit == 0));
                    } else if (ours && std::string(source).find('!') == std::string::npos) {
                        CHECK(row[static_cast<size_t>(token)].logit == 0);
                    }
                    // A byte of a character that is taken as a token leaves llama.cpp in the middle of the character.
                    if (ours && !text->ends_generation(token) && (ascii || std::string(source).find('!') == std::string::npos)) {
                        allowed.push_back(token);
                    }
                }
                if (allowed.empty()) {
                    break;
                }
                const int token = allowed[random() % allowed.size()];
                llama_sampler_accept(theirs, token);
                state = grammar->next(state, token);
            }
            llama_sampler_free(theirs);
        }
    }
}

// What is drawn is distributed as the model has it among the allowed tokens, whether draws are refused or not.
void draws_from_the_allowed_tokens_as_the_model_has_them() {
    constexpr int size = 600;
    std::vector<std::string> pieces;
    for (int i = 0; i < size; ++i) {
        pieces.push_back(std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i));
    }
    const auto text = std::make_shared<const VocabularyText>(pieces, std::vector<int>{});
    std::string error;
    for (const char *source : {"root ::= [a-w] [0-9]*", "root ::= [k-l] [0-9]*"}) {
        const auto grammar = Grammar::parse(source, text, error);
        CHECK(grammar != nullptr);
        std::mt19937 random(3);
        std::normal_distribution<float> normal(0, 1.5f);
        std::vector<float> logits;
        for (int i = 0; i < size; ++i) {
            logits.push_back(normal(random));
        }
        const auto allowed = grammar->allowed(Grammar::start);
        const float temperature = 0.8f;
        std::vector<double> weights(size);
        double sum = 0;
        for (int i = 0; i < size; ++i) {
            weights[i] = Grammar::is_set(*allowed, i) ? std::exp(double{logits[i]} / temperature) : 0;
            sum += weights[i];
        }
        Sampler sampler(size);
        ConstrainedDraw draw(size);
        CHECK(sampler.read(logits.data(), temperature));
        constexpr int draws = 40000;
        std::vector<int> counts(size);
        for (int i = 0; i < draws; ++i) {
            const auto result = draw.draw(sampler, {temperature, 0, 1, 0}, i, 5, *grammar, Grammar::start);
            CHECK(result.state == grammar->next(Grammar::start, result.drawn.token));
            CHECK_NEAR(result.drawn.log_prob, sampler.log_prob(result.drawn.token), 1e-6);
            ++counts[result.drawn.token];
        }
        double chi_squared = 0;
        int cells = 0;
        for (int i = 0; i < size; ++i) {
            const double expected = draws * weights[i] / sum;
            if (expected == 0) {
                CHECK(counts[i] == 0);
            } else if (expected >= 5) {
                chi_squared += (counts[i] - expected) * (counts[i] - expected) / expected;
                ++cells;
            }
        }
        std::printf("chi squared %.1f of %d cells\n", chi_squared, cells);
        // Beyond this by chance once in about 10^5 times.
        CHECK(chi_squared < cells + 4.5 * std::sqrt(2.0 * cells));
        // The likeliest allowed token at temperature 0.
        int best = -1;
        for (int i = 0; i < size; ++i) {
            best = weights[i] > 0 && (best < 0 || logits[i] > logits[best]) ? i : best;
        }
        CHECK(sampler.read(logits.data(), 0));
        CHECK(draw.draw(sampler, {0, 0, 1, 0}, 1, 5, *grammar, Grammar::start).drawn.token == best);
    }
}

// Branches over one prompt, each with its own place in the grammar; the same seeds without a grammar draw as before.
void constrains_each_row_of_a_context() {
    const Model model(TinyModel::llama);
    Session session(model, true);
    const int yes_or_no = session.context->open_grammar("root ::= \"Yes\" | \"No\"");
    const int digits = session.context->open_grammar("root ::= [0-9]{8}");
    CHECK(yes_or_no == 1 && digits == 2);
    CHECK(session.context->open_grammar("root ::= ") != 0);
    CHECK(session.context->open_grammar("root ::= nothing") == 0);
    CHECK(message().find("not defined") != std::string::npos);

    session.step.clear().token(tiny_first_byte + 'x', 0, 0);
    for (int seed = 0; seed < 8; ++seed) {
        session.step.sample(0, {1, 0, 1, 0}, static_cast<uint64_t>(seed)).grammar(1 + seed % 2, 0);
    }
    session.step.sample(0, {1, 0, 1, 0}, 99);
    CHECK(session.run() == Status::done);
    const VocabularyText text(llama_model_get_vocab(model.get()));
    for (int row = 0; row < 8; ++row) {
        const RowOut out = session.step.out(row);
        CHECK(out.status == row_read && out.grammar_state > 0);
        const std::string piece(reinterpret_cast<const char *>(text.bytes(out.token)), text.length(out.token));
        CHECK(row % 2 == 0 ? std::string("YesNo").find(piece) != std::string::npos : piece[0] >= '0' && piece[0] <= '9');
        CHECK(std::isfinite(out.log_prob) && out.log_prob < 0);
    }
    const int unconstrained = session.step.out(8).token;
    session.step.clear().remove(0, 0).token(tiny_first_byte + 'x', 0, 0).sample(0, {1, 0, 1, 0}, 99);
    CHECK(session.run() == Status::done);
    CHECK(session.step.out(0).token == unconstrained);

    // A grammar or a place that there is not is refused before anything is computed.
    for (const auto &[grammar, state] : std::vector<std::pair<int, int>>{{4, 0}, {-1, 0}, {1, 100000}, {1, -1}}) {
        session.step.clear().token(tiny_first_byte + 'y', 1, 0).sample(0, {1, 0, 1, 0}, 1).grammar(grammar, state);
        CHECK(session.run() == Status::invalid);
    }
    session.context->close_grammar(1);
    session.step.clear().token(tiny_first_byte + 'y', 1, 0).sample(0, {1, 0, 1, 0}, 1).grammar(1, 0);
    CHECK(session.run() == Status::invalid);
    CHECK(session.context->open_grammar("root ::= \"a\"") == 1);
    // Nothing in the vocabulary is control character 1 but a byte that has no text.
    const int stuck = session.context->open_grammar("root ::= <[0]>");
    session.step.clear().token(tiny_first_byte + 'y', 1, 0).sample(0, {1, 0, 1, 0}, 1).grammar(stuck, 0);
    CHECK(session.run() == Status::done);
}

}  // namespace

int main() {
    reads_what_llama_cpp_reads();
    refuses_what_cannot_be_in_one_line();
    reads_a_long_chain_without_a_deep_stack();
    stops_growing_where_a_text_can_be_read_in_too_many_ways();
    allows_what_llama_cpp_allows();
    draws_from_the_allowed_tokens_as_the_model_has_them();
    constrains_each_row_of_a_context();
    return 0;
}

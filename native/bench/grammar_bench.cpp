// Times constrained draws on rows of a model's vocabulary, one thread, and llama.cpp's own grammar sampler. Prints a line of
// JSON each: microseconds a row.
//
//   grammar-bench FILE.gguf
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "constrained_draw.h"
#include "grammar.h"
#include "llama.h"
#include "logging.h"
#include "sampler.h"

namespace {

using namespace espalier;

const char *const source = R"(root ::= "{" ws "\"name\": " string ", \"tags\": [" string ("," ws string)* "]}"
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\""
ws ::= | " " | "\n" [ \t]{0,20}
)";

template <typename Work>
double micros(int times, Work work) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
        work(i);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    return took.count() / times;
}

void print(const char *what, double value) { std::printf("{\"case\": \"%s\", \"micros\": %.1f}\n", what, value); }

}  // namespace

int main(int count, char **arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: grammar-bench FILE.gguf\n");
        return 2;
    }
    capture_log();
    llama_model_params params = llama_model_default_params();
    params.vocab_only = true;
    llama_model *model = llama_model_load_from_file(arguments[1], params);
    if (model == nullptr) {
        return 1;
    }
    const llama_vocab *vocab = llama_model_get_vocab(model);
    std::shared_ptr<const VocabularyText> text;
    print("read the vocabulary", micros(1, [&](int) { text = std::make_shared<const VocabularyText>(vocab); }));
    std::string error;
    std::unique_ptr<Grammar> grammar;
    print("parse", micros(1, [&](int) { grammar = Grammar::parse(source, text, error); }));
    const auto size = static_cast<size_t>(text->size());
    std::vector<float> row(size);
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 3);
    for (float &logit : row) {
        logit = normal(random);
    }
    Sampler sampler(size);
    ConstrainedDraw draw(size);
    const SamplingParams sampling{0.8f, 0, 1, 0};
    sampler.read(row.data(), sampling.temperature);
    print("read a row", micros(200, [&](int) { sampler.read(row.data(), sampling.temperature); }));
    print("draw, no grammar", micros(1000, [&](int i) { sampler.draw(sampling, uniform(i, 1)); }));
    print("which tokens are allowed at the beginning, first time", micros(1, [&](int) { grammar->allowed(0); }));
    print("draw at the beginning: nearly all is refused",
        micros(200, [&](int i) { draw.draw(sampler, sampling, i, 1, *grammar, 0); }));
    int state = Grammar::start;
    for (const char c : std::string("{\"name\": \"")) {
        for (int token = 0; token < text->size(); ++token) {
            if (text->length(token) == 1 && text->bytes(token)[0] == static_cast<uint8_t>(c)) {
                state = grammar->next(state, token);
                break;
            }
        }
    }
    print("which tokens are allowed in a text, first time", micros(1, [&](int) { grammar->allowed(state); }));
    print("draw in a text: nearly all is allowed",
        micros(1000, [&](int i) { draw.draw(sampler, sampling, i, 1, *grammar, state); }));

    llama_sampler *theirs = llama_sampler_init_grammar(vocab, source, "root");
    std::vector<llama_token_data> data(size);
    const auto apply = [&](int) {
        for (size_t i = 0; i < size; ++i) {
            data[i] = {static_cast<llama_token>(i), row[i], 0};
        }
        llama_token_data_array array{data.data(), size, -1, false};
        llama_sampler_apply(theirs, &array);
    };
    print("llama.cpp: all tokens at the beginning", micros(10, apply));
    print("llama.cpp: copy", micros(1000, [&](int) { llama_sampler_free(llama_sampler_clone(theirs)); }));
    llama_sampler_free(theirs);
    llama_model_free(model);
    return 0;
}

// make-tiny-gguf KIND FILE [TOKEN]: writes the tests' model of random weights, in which the embedding of the token, if one
// is given, is not a number.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tiny_gguf.h"

int main(int argc, char **argv) {
    const std::map<std::string, espalier::TinyModel> models = {
        {"llama", espalier::TinyModel::llama},
        {"llama-tied", espalier::TinyModel::llama_tied},
        {"qwen2", espalier::TinyModel::qwen2},
        {"qwen2-tied", espalier::TinyModel::qwen2_tied},
        {"qwen3", espalier::TinyModel::qwen3},
        {"gemma2", espalier::TinyModel::gemma2},
        {"gemma3", espalier::TinyModel::gemma3},
        {"granite", espalier::TinyModel::granite},
        {"gpt-oss", espalier::TinyModel::gpt_oss},
        {"mamba", espalier::TinyModel::mamba},
        {"lfm2", espalier::TinyModel::lfm2},
    };
    const auto model = models.find(argc == 3 || argc == 4 ? argv[1] : "");
    if (model == models.end()) {
        std::fprintf(stderr, "usage: make-tiny-gguf KIND FILE [TOKEN], where KIND is one of\n");
        for (const auto &known : models) {
            std::fprintf(stderr, "  %s\n", known.first.c_str());
        }
        return 2;
    }
    if (!espalier::write_tiny_gguf(model->second, argv[2], argc == 4 ? std::atoi(argv[3]) : -1)) {
        std::fprintf(stderr, "make-tiny-gguf: cannot write %s\n", argv[2]);
        return 1;
    }
    return 0;
}

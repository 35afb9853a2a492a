// make-tiny-gguf llama|mamba FILE: writes the tests' model of random weights.
#include <cstdio>
#include <string>

#include "tiny_gguf.h"

int main(int argc, char **argv) {
    const std::string kind = argc == 3 ? argv[1] : "";
    if (kind != "llama" && kind != "mamba") {
        std::fprintf(stderr, "usage: make-tiny-gguf llama|mamba FILE\n");
        return 2;
    }
    const auto model = kind == "llama" ? espalier::TinyModel::llama : espalier::TinyModel::mamba;
    if (!espalier::write_tiny_gguf(model, argv[2])) {
        std::fprintf(stderr, "make-tiny-gguf: cannot write %s\n", argv[2]);
        return 1;
    }
    return 0;
}

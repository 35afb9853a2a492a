#pragma once

#include "row_pass.h"

namespace espalier {

// What row_pass.h declares, compiled for one instruction set.
struct RowPasses {
    const char *name;
    void (*pass)(const float *logits, size_t count, float inverse_temperature, Block *blocks);
    Found (*search)(const float *logits, size_t count, const Search &, int token, float *listed_logits, int *listed_tokens);
    void (*weigh)(const float *logits, size_t count, float max, float inverse_temperature, float *weights);
    void (*maxima)(const float *logits, size_t count, float *maxima);
};

extern const RowPasses row_passes_avx2;
extern const RowPasses row_passes_avx512;

}  // namespace espalier

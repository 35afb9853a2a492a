#include "row_pass_lanes.h"

namespace espalier {

void pass_over_row_avx2(const float *logits, size_t count, float inverse_temperature, Block *blocks) {
    pass_in_lanes<8>(logits, count, inverse_temperature, blocks);
}

}  // namespace espalier

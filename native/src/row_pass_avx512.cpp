#include "row_pass_lanes.h"
#include "row_passes.h"
#include "row_search_lanes.h"

namespace espalier {

const RowPasses row_passes_avx512{"avx512", pass_in_lanes<16>, search_in_lanes<16>, weigh_in_lanes<16>, maxima_in_lanes<16>};

}  // namespace espalier

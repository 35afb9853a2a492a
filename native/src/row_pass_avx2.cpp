#include "row_pass_lanes.h"
#include "row_passes.h"
#include "row_search_lanes.h"

namespace espalier {

const RowPasses row_passes_avx2{"avx2", pass_in_lanes<8>, search_in_lanes<8>, weigh_in_lanes<8>, maxima_in_lanes<8>};

}  // namespace espalier

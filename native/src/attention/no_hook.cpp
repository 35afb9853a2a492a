// Where llama.cpp's internal header is missing: LLAMA_ROOT names a build that was installed without it.
#include "attention/hook.h"

namespace espalier::attention {

bool install_hook() { return false; }

Taker exchange_taker(Taker) { return {nullptr, nullptr}; }

}  // namespace espalier::attention

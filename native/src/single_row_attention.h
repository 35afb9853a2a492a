#pragma once

namespace espalier {

// Flash attention is the one operation of llama.cpp's CPU backend whose result depends on the number of threads: for a
// batch of one token over 512 cells or more it gives each thread a part of the cells, and adds up what they found. Here
// such a batch is computed as all others are, with the heads shared out among the threads.
//
// Makes it so. Returns whether the number of threads does not enter into any result now, see redirect_backend_call. Safe
// to call again, from any thread.
bool install_single_row_attention();

}  // namespace espalier

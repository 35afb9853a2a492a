// The place in llama.cpp where attention can be taken over.
#pragma once

struct ggml_tensor;

namespace espalier::attention {

// What is offered each flash attention node of the graphs that llama.cpp builds on this thread. It may turn the node into
// another one that the CPU computes.
struct Taker {
    bool (*offer)(void *self, const ggml_tensor *node);
    void *self;
};

// Registers the hook with llama.cpp, once in a process. False where this build has none.
bool install_hook();

// Sets who is asked on this thread, and returns who was.
Taker exchange_taker(Taker taker);

}  // namespace espalier::attention

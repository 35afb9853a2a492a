#pragma once

#include <cstddef>

namespace espalier {

// Calls function(argument) on a thread of its own with a stack of so many bytes, and waits for it. The stack is address
// space: only what is touched takes memory, until the call returns. Depends neither on the caller's stack nor on
// `ulimit -s`. Takes some 50 microseconds. The function must not throw.
//
// Returns false if there is no address space or no thread left; the function has then not been called.
bool run_on_deep_stack(size_t bytes, void (*function)(void *), void *argument);

}  // namespace espalier

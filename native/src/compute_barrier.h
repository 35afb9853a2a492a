#pragma once

namespace espalier {

// Where llama.cpp's compute threads wait for each other, which they do some hundred times a step: after every operation.
// Its own barrier spins until the last thread is there. When another program has the processor that this one needs, each
// barrier then takes a scheduler's time slice, and since those that wait look busy, nobody is moved to their processors.
// Ours spins for about as long as going to sleep and waking up take, and then sleeps.
//
// Puts ours in the place of llama.cpp's. Returns whether the backend calls one that sleeps, see redirect_backend_call.
// Safe to call again, from any thread.
bool install_compute_barrier();

}  // namespace espalier

#pragma once

namespace espalier {

// A function of llama.cpp's CPU backend by its exported name, as the backend itself gives it; null if there is none.
void *backend_function(const char *name);

// What became of a redirection.
struct Redirected {
    // Whether the backend calls something else than its own function now.
    bool done = false;
    // The backend's own function; null if another copy of this library has redirected it before.
    void *original = nullptr;
};

// Makes the CPU backend call a replacement where it calls a function of its own through its table of calls. To be done
// before anything is computed. Only on Linux, and only for functions that the release exports; structs that the function
// gets are those of the pinned release. A backend that computes by OpenMP is left as it is.
Redirected redirect_backend_call(const char *function, void *replacement);

}  // namespace espalier

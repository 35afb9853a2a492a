#pragma once

#include <cstddef>

// What bounds a run of llama.cpp's Jinja engine, which has no bounds of its own: `jinja.patch` calls these where the engine
// recurses, loops or allocates. What is thrown is no std::exception, so that none of the engine's handlers stops it.
namespace espalier {
namespace bounds {

struct Exceeded {
    const char *what;
};

// Bounds what this thread does from now on. Work is counted in bytes that are written or compared; a step of the
// program counts as some.
void begin(size_t work, size_t levels);

// Bytes of work since begin().
size_t used();

void take(size_t bytes);
void take_product(size_t count, size_t bytes);
void step();

// A level of recursion, and a step.
class Level {
   public:
    Level();
    ~Level();
    Level(const Level &) = delete;
    Level &operator=(const Level &) = delete;
};

}  // namespace bounds
}  // namespace espalier

#include "jinja_bounds.h"

#include <cstdint>

namespace espalier {
namespace bounds {

namespace {

constexpr size_t bytes_of_a_step = 128;

struct State {
    size_t work = 0;
    size_t left = 0;
    size_t levels_left = 0;
};

thread_local State state;

}  // namespace

void begin(size_t work, size_t levels) { state = {work, work, levels}; }

size_t used() { return state.work - state.left; }

void take(size_t bytes) {
    if (bytes > state.left) {
        state.left = 0;
        throw Exceeded{"it works without an end, or writes too much"};
    }
    state.left -= bytes;
}

void take_product(size_t count, size_t bytes) {
    take(bytes != 0 && count > SIZE_MAX / bytes ? SIZE_MAX : count * bytes);
}

void step() { take(bytes_of_a_step); }

Level::Level() {
    if (state.levels_left == 0) {
        throw Exceeded{"it is nested too deeply"};
    }
    step();
    --state.levels_left;
}

Level::~Level() { ++state.levels_left; }

}  // namespace bounds
}  // namespace espalier

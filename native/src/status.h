#pragma once

namespace espalier {

// What a call came to; StatusMapper.java repeats the numbers. From 0 to 3 they are ModelRunner.Outcome's ordinals.
enum class Status : int {
    done = 0,
    no_space = 1,
    aborted = 2,
    cleared = 3,
    // The caller asked for something that cannot be; nothing was changed. message() says what.
    invalid = -1,
    // llama.cpp failed; message() repeats what it logged.
    failed = -2,
    // A file that the weights are mapped from has changed; nothing was computed. message() names it.
    file_changed = -3,
};

}  // namespace espalier

#pragma once

#include <string>

namespace espalier {

// Sends llama.cpp's log to this file's buffer instead of standard error. With ESPALIER_LOG=debug in the environment it
// goes to standard error as well.
void capture_log();

// The calling thread's latest message: what our own check refused, or the errors and warnings that llama.cpp logged
// on this thread since the last clear.
const std::string &message();

void clear_message();

void set_message(std::string text);

}  // namespace espalier

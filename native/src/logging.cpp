#include "logging.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "llama.h"

namespace espalier {

namespace {

// Longer than any message worth showing; a loop of warnings must not grow it.
constexpr size_t max_message = 2000;

thread_local std::string buffer;
thread_local bool continuing = false;

bool log_to_stderr() {
    static const bool enabled = [] {
        const char *level = std::getenv("ESPALIER_LOG");
        return level != nullptr && std::strcmp(level, "debug") == 0;
    }();
    return enabled;
}

void on_log(ggml_log_level level, const char *text, void *) {
    if (log_to_stderr()) {
        std::fputs(text, stderr);
    }
    const bool wanted =
        level == GGML_LOG_LEVEL_CONT ? continuing : level == GGML_LOG_LEVEL_ERROR || level == GGML_LOG_LEVEL_WARN;
    continuing = wanted;
    if (wanted && buffer.size() < max_message) {
        buffer += text;
    }
}

}  // namespace

void capture_log() { llama_log_set(on_log, nullptr); }

const std::string &message() { return buffer; }

void clear_message() { buffer.clear(); }

void set_message(std::string text) { buffer = std::move(text); }

}  // namespace espalier

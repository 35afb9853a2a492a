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

// Who received the log before.
struct Receiver {
    ggml_log_callback callback = nullptr;
    void *data = nullptr;
};

Receiver previous;

void on_log(ggml_log_level level, const char *text, void *) {
    // Another class loader's copy of this library; llama.cpp's own receiver, which writes to standard error, has no data.
    if (previous.data != nullptr) {
        previous.callback(level, text, previous.data);
    } else if (log_to_stderr()) {
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

void capture_log() {
    Receiver current;
    llama_log_get(&current.callback, &current.data);
    if (current.callback != on_log) {
        previous = current;
        llama_log_set(on_log, &previous);
    }
}

const std::string &message() { return buffer; }

void clear_message() { buffer.clear(); }

void set_message(std::string text) { buffer = std::move(text); }

}  // namespace espalier

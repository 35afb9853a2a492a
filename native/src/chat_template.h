#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

// A piece of what a template wrote. What came from the conversation is marked, however the template changed it; a piece
// that is made of both is marked as a whole.
struct TemplatePart {
    bool from_conversation;
    std::string text;
};

enum class TemplateStatus {
    rendered,
    // The template itself says that it does not take such a conversation.
    refused,
    // No template that the engine can read, a fault while it ran, or more work, text or depth than is allowed.
    failed,
};

struct TemplateResult {
    TemplateStatus status;
    // In one line; empty if it is rendered.
    std::string message;
    std::vector<TemplatePart> parts;
};

// Renders a chat template (Jinja) by llama.cpp's engine, on a thread of its own, within bounds.
//
// values: the variables, as one object in the form that ValueWriter.java writes.
// time: what strftime_now tells, in seconds since 1970.
TemplateResult render_chat_template(const std::string &source, const std::string &values, int64_t time);

}  // namespace espalier

// In place of chat_template.cpp where llama.cpp's template engine is not at hand.
#include "chat_template.h"

namespace espalier {

TemplateResult render_chat_template(const std::string &, const std::string &, int64_t) {
    return {TemplateStatus::failed, "this build has no template engine", {}};
}

}  // namespace espalier

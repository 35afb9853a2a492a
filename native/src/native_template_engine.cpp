#include <cstring>
#include <string>

#include "chat_template.h"
#include "jni_util.h"
#include "logging.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/TemplateEngine";

// The status, then the message; or each part, with whether it is the conversation's and its length ahead of it.
jbyteArray render(JNIEnv *env, jclass, jbyteArray source, jbyteArray values, jlong time) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        clear_message();
        const TemplateResult result = render_chat_template(to_string(env, source), to_string(env, values), time);
        std::string bytes(1, static_cast<char>(result.status));
        bytes += result.message;
        for (const TemplatePart &part : result.parts) {
            const auto length = static_cast<int32_t>(part.text.size());
            bytes += static_cast<char>(part.from_conversation);
            bytes.append(reinterpret_cast<const char *>(&length), sizeof length);
            bytes += part.text;
        }
        return to_bytes(env, bytes);
    });
}

}  // namespace

jint register_template_engine(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("render", "([B[BJ)[B", render),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

#include "jni_util.h"

#include "logging.h"

namespace espalier {

jbyteArray to_bytes(JNIEnv *env, const std::string &text) {
    const jsize length = static_cast<jsize>(text.size());
    jbyteArray bytes = env->NewByteArray(length);
    if (bytes != nullptr) {
        env->SetByteArrayRegion(bytes, 0, length, reinterpret_cast<const jbyte *>(text.data()));
    }
    return bytes;
}

std::string to_string(JNIEnv *env, jbyteArray bytes) {
    std::string text(env->GetArrayLength(bytes), '\0');
    env->GetByteArrayRegion(bytes, 0, static_cast<jsize>(text.size()), reinterpret_cast<jbyte *>(&text[0]));
    return text;
}

void note_exception(const char *what) { set_message(std::string("native code failed: ") + what); }

}  // namespace espalier

#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "jni_util.h"
#include "logging.h"
#include "mapped_files.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/MappedFiles";

jlong open(JNIEnv *env, jclass, jobjectArray paths) {
    return guarded<jlong>(0, [&]() -> jlong {
        std::vector<std::string> names;
        const jsize count = env->GetArrayLength(paths);
        for (jsize i = 0; i < count; ++i) {
            auto path = static_cast<jbyteArray>(env->GetObjectArrayElement(paths, i));
            names.push_back(to_string(env, path));
            env->DeleteLocalRef(path);
        }
        return to_handle(MappedFiles::open(names).release());
    });
}

void close(JNIEnv *, jclass, jlong handle) {
    guarded<int>(0, [&] {
        delete from_handle<MappedFiles>(handle);
        return 0;
    });
}

jint changed(JNIEnv *, jclass, jlong handle) {
    const auto *files = from_handle<MappedFiles>(handle);
    return files == nullptr ? -1 : files->changed();
}

jlong copied_bytes(JNIEnv *, jclass, jlong handle) {
    const auto *files = from_handle<MappedFiles>(handle);
    return files == nullptr ? 0 : files->copied_bytes();
}

jint guard(JNIEnv *, jclass, jlong handle, jlong context_handle) {
    ESPALIER_HANDLE(MappedFiles, files, handle, static_cast<jint>(Status::invalid));
    ESPALIER_HANDLE(Context, context, context_handle, static_cast<jint>(Status::invalid));
    context->guard(files);
    return static_cast<jint>(Status::done);
}

}  // namespace

jint register_mapped_files(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("open", "([[B)J", open),
        native_method("close", "(J)V", close),
        native_method("changed", "(J)I", changed),
        native_method("copiedBytes", "(J)J", copied_bytes),
        native_method("guard", "(JJ)I", guard),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

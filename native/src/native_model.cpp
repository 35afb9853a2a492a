#include <string>
#include <vector>

#include "jni_util.h"
#include "llama.h"
#include "load_watch.h"
#include "logging.h"
#include "mapped_files.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/NativeModel";

jlong open(
    JNIEnv *env,
    jclass,
    jbyteArray path,
    jint gpu_layers,
    jlong mapped_files,
    jboolean extra_buffers,
    jboolean vocabulary_only) {
    return guarded<jlong>(0, [&] {
        clear_message();
        llama_model_params params = llama_model_default_params();
        params.n_gpu_layers = gpu_layers;
        // Otherwise a GPU would still be set up, and be given the large products.
        static ggml_backend_dev_t no_devices[] = {nullptr};
        if (gpu_layers == 0) {
            params.devices = no_devices;
        }
        auto *mapped = from_handle<MappedFiles>(mapped_files);
        params.load_mode = mapped != nullptr ? LLAMA_LOAD_MODE_AUTO : LLAMA_LOAD_MODE_NONE;
        LoadWatch watch(mapped);
        params.progress_callback = LoadWatch::on_progress;
        params.progress_callback_user_data = &watch;
        params.use_extra_bufts = extra_buffers;
        params.vocab_only = vocabulary_only;
        return to_handle(llama_model_load_from_file(to_string(env, path).c_str(), params));
    });
}

void close(JNIEnv *, jclass, jlong handle) {
    guarded<int>(0, [&] {
        llama_model_free(from_handle<llama_model>(handle));
        return 0;
    });
}

jobject shape(JNIEnv *env, jclass, jlong handle) {
    ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
    const int32_t layers = llama_model_n_layer(model);
    return new_record(
        env, "org/espalier/llama/NativeModel$Shape", "(JJIIIIIIZZI)V",
        static_cast<jlong>(llama_model_n_params(model)), static_cast<jlong>(llama_model_size(model)),
        jint{llama_model_n_ctx_train(model)}, jint{llama_model_n_embd(model)}, jint{layers},
        // Of a vocabulary alone llama.cpp knows no layers, and ends the process when asked for the first one's heads.
        jint{layers > 0 ? llama_model_n_head(model) : 0}, jint{layers > 0 ? llama_model_n_head_kv(model) : 0},
        jint{llama_model_n_swa(model)}, jboolean{llama_model_is_recurrent(model)},
        jboolean{llama_model_is_hybrid(model)}, jint{llama_vocab_n_tokens(llama_model_get_vocab(model))});
}

jbyteArray description(JNIEnv *env, jclass, jlong handle) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        char text[256];
        const int32_t length = llama_model_desc(model, text, sizeof text);
        return length < 0 ? nullptr : to_bytes(env, text);
    });
}

jbyteArray metadata(JNIEnv *env, jclass, jlong handle, jbyteArray key) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const std::string name = to_string(env, key);
        const int32_t length = llama_model_meta_val_str(model, name.c_str(), nullptr, 0);
        if (length < 0) {
            return nullptr;
        }
        std::string value(static_cast<size_t>(length) + 1, '\0');
        llama_model_meta_val_str(model, name.c_str(), &value[0], value.size());
        value.resize(length);
        return to_bytes(env, value);
    });
}

jbyteArray chat_template(JNIEnv *env, jclass, jlong handle) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const char *text = llama_model_chat_template(model, nullptr);
        return text == nullptr ? nullptr : to_bytes(env, text);
    });
}

std::vector<std::string> to_strings(JNIEnv *env, jobjectArray array) {
    std::vector<std::string> strings;
    const jsize count = env->GetArrayLength(array);
    for (jsize i = 0; i < count; ++i) {
        auto element = static_cast<jbyteArray>(env->GetObjectArrayElement(array, i));
        strings.push_back(to_string(env, element));
        env->DeleteLocalRef(element);
    }
    return strings;
}

jbyteArray apply_template(
    JNIEnv *env, jclass, jbyteArray text, jobjectArray roles, jobjectArray contents, jboolean add_assistant) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        clear_message();
        const std::string chat_template = to_string(env, text);
        const std::vector<std::string> role_names = to_strings(env, roles);
        const std::vector<std::string> content_texts = to_strings(env, contents);
        std::vector<llama_chat_message> messages;
        for (size_t i = 0; i < role_names.size(); ++i) {
            messages.push_back({role_names[i].c_str(), content_texts[i].c_str()});
        }
        const int32_t length = llama_chat_apply_template(
            chat_template.c_str(),
            messages.data(),
            messages.size(),
            add_assistant,
            nullptr,
            0);
        if (length < 0) {
            return nullptr;
        }
        std::string rendered(static_cast<size_t>(length), '\0');
        llama_chat_apply_template(
            chat_template.c_str(),
            messages.data(),
            messages.size(),
            add_assistant,
            &rendered[0],
            length);
        return to_bytes(env, rendered);
    });
}

}  // namespace

jint register_native_model(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("open", "([BIJZZ)J", open),
        native_method("close", "(J)V", close),
        native_method("shape", "(J)Lorg/espalier/llama/NativeModel$Shape;", shape),
        native_method("description", "(J)[B", description),
        native_method("metadata", "(J[B)[B", metadata),
        native_method("chatTemplate", "(J)[B", chat_template),
        native_method("applyTemplate", "([B[[B[[BZ)[B", apply_template),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

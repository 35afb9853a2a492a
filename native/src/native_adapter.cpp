#include <string>

#include "context.h"
#include "jni_util.h"
#include "llama.h"
#include "logging.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/NativeAdapter";

jlong open(JNIEnv *env, jclass, jlong model_handle, jbyteArray path) {
    return guarded<jlong>(0, [&]() -> jlong {
        ESPALIER_HANDLE(llama_model, model, model_handle, 0);
        clear_message();
        llama_adapter_lora *adapter = llama_adapter_lora_init(model, to_string(env, path).c_str());
        if (adapter != nullptr && llama_adapter_get_alora_n_invocation_tokens(adapter) > 0) {
            llama_adapter_lora_free(adapter);
            set_message("it is an activated LoRA, which is off until its invocation tokens: only plain LoRAs are applied");
            return 0;
        }
        return to_handle(adapter);
    });
}

void close(JNIEnv *, jclass, jlong handle) {
    guarded<int>(0, [&] {
        llama_adapter_lora_free(from_handle<llama_adapter_lora>(handle));
        return 0;
    });
}

jint apply(JNIEnv *, jclass, jlong handle, jlong context_handle) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        ESPALIER_HANDLE(llama_adapter_lora, adapter, handle, static_cast<jint>(Status::invalid));
        ESPALIER_HANDLE(Context, context, context_handle, static_cast<jint>(Status::invalid));
        return static_cast<jint>(context->adapt(adapter));
    });
}

}  // namespace

jint register_native_adapter(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("open", "(J[B)J", open),
        native_method("close", "(J)V", close),
        native_method("apply", "(JJ)I", apply),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

#include <jni.h>

#include "jni_util.h"

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *) {
    JNIEnv *env = nullptr;
    if (vm->GetEnv(reinterpret_cast<void **>(&env), JNI_VERSION_1_8) != JNI_OK) {
        return JNI_ERR;
    }
    const bool registered = espalier::register_native_library(env) == JNI_OK &&
        espalier::register_native_model(env) == JNI_OK && espalier::register_native_tokenizer(env) == JNI_OK &&
        espalier::register_native_context(env) == JNI_OK && espalier::register_native_adapter(env) == JNI_OK &&
        espalier::register_mapped_files(env) == JNI_OK && espalier::register_template_engine(env) == JNI_OK;
    return registered ? JNI_VERSION_1_8 : JNI_ERR;
}

// The JVM drops the registrations with the classes; llama.cpp's backends stay until the process ends.
extern "C" JNIEXPORT void JNICALL JNI_OnUnload(JavaVM *, void *) {}

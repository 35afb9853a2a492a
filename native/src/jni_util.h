#pragma once

#include <jni.h>

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

// Each file of natives has one function that registers its class's table; a table that does not match the Java
// declarations fails there, when the library is loaded. Returns JNI_OK, or another value with an exception pending.
jint register_mapped_files(JNIEnv *env);
jint register_native_adapter(JNIEnv *env);
jint register_native_context(JNIEnv *env);
jint register_native_library(JNIEnv *env);
jint register_native_model(JNIEnv *env);
jint register_native_tokenizer(JNIEnv *env);
jint register_template_engine(JNIEnv *env);

template <typename Function>
JNINativeMethod native_method(const char *name, const char *signature, Function *function) {
    return {const_cast<char *>(name), const_cast<char *>(signature), reinterpret_cast<void *>(function)};
}

template <size_t count>
jint register_table(JNIEnv *env, const char *class_name, const JNINativeMethod (&methods)[count]) {
    jclass type = env->FindClass(class_name);
    return type == nullptr ? JNI_ERR : env->RegisterNatives(type, methods, count);
}

// Text crosses as UTF-8 bytes: JNI's own strings are modified UTF-8, which garbles what is outside the basic plane.
// Null with an exception pending if the heap is full.
jbyteArray to_bytes(JNIEnv *env, const std::string &text);

std::string to_string(JNIEnv *env, jbyteArray bytes);

template <typename T>
jlong to_handle(T *pointer) {
    return static_cast<jlong>(reinterpret_cast<intptr_t>(pointer));
}

template <typename T>
T *from_handle(jlong handle) {
    return reinterpret_cast<T *>(static_cast<intptr_t>(handle));
}

// A record of the Java side, made by its canonical constructor of this signature, so that what crosses is named there.
// Null with an exception pending if there is no such constructor or the heap is full.
template <typename... Values>
jobject new_record(JNIEnv *env, const char *class_name, const char *signature, Values... values) {
    jclass type = env->FindClass(class_name);
    jmethodID constructor = type == nullptr ? nullptr : env->GetMethodID(type, "<init>", signature);
    return constructor == nullptr ? nullptr : env->NewObject(type, constructor, values...);
}

void note_exception(const char *what);

// Runs the body of a native. What it throws (out of memory, all other errors are statuses) ends in the message buffer,
// and the native returns its failure value.
template <typename Result, typename Body>
Result guarded(Result failure, Body body) {
    try {
        return body();
    } catch (const std::exception &e) {
        note_exception(e.what());
    } catch (...) {
        note_exception("unknown C++ exception");
    }
    return failure;
}

// The pointer behind a handle, or a return from the native: Java never passes a null handle, but if it did this says
// so by name instead of crashing.
#define ESPALIER_HANDLE(type, name, handle, failure)           \
    auto *name = espalier::from_handle<type>(handle);          \
    if (name == nullptr) {                                     \
        espalier::set_message("the " #name " handle is null"); \
        return failure;                                        \
    }

}  // namespace espalier

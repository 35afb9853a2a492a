#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "context.h"
#include "jni_util.h"
#include "logging.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/NativeContext";

// shape: in the order of NativeContext.open. Null, with a message, if the weights are not of this shape.
std::unique_ptr<Head> read_head(JNIEnv *env, jintArray shape, jfloatArray weights) {
    jint s[5];
    env->GetIntArrayRegion(shape, 0, 5, s);
    if (env->ExceptionCheck()) {
        return nullptr;
    }
    const HeadShape head{s[0], s[1], s[2], s[3] != 0, s[4] != 0};
    if (head.width < 1 || head.middle < 0 || head.classes < 1 || head.classes > max_watched ||
        Head::size(head) != static_cast<size_t>(env->GetArrayLength(weights))) {
        set_message("the head's weights are not of its shape");
        return nullptr;
    }
    std::vector<float> values(Head::size(head));
    env->GetFloatArrayRegion(weights, 0, static_cast<jsize>(values.size()), values.data());
    return std::make_unique<Head>(head, std::move(values));
}

// options: in the order of NativeContext.open. head: null to read logits.
jlong open(
    JNIEnv *env,
    jclass,
    jlong model_handle,
    jobject buffer,
    jintArray options,
    jintArray head_shape,
    jfloatArray head_weights) {
    return guarded<jlong>(0, [&]() -> jlong {
        ESPALIER_HANDLE(llama_model, model, model_handle, 0);
        jint o[9];
        env->GetIntArrayRegion(options, 0, 9, o);
        if (env->ExceptionCheck()) {
            return 0;
        }
        constexpr ggml_type cache_types[] = {GGML_TYPE_F16, GGML_TYPE_Q8_0, GGML_TYPE_F32};
        if (o[4] < 0 || o[4] >= static_cast<jint>(sizeof cache_types / sizeof *cache_types)) {
            set_message("there is no cache type " + std::to_string(o[4]));
            return 0;
        }
        const ContextParams params{o[0], o[1], o[2] != 0, o[3], cache_types[o[4]], {o[5], o[6], o[7]}, o[8] != 0};
        void *words = env->GetDirectBufferAddress(buffer);
        const int64_t bytes = env->GetDirectBufferCapacity(buffer);
        if (words == nullptr || bytes < BatchWords::size_in_words(params.batch) * int64_t{sizeof(int32_t)}) {
            set_message("the batch's buffer is not direct, or smaller than its capacities need");
            return 0;
        }
        std::unique_ptr<Head> head;
        if (head_shape != nullptr && (head = read_head(env, head_shape, head_weights)) == nullptr) {
            return 0;
        }
        return to_handle(Context::open(model, params, static_cast<int32_t *>(words), std::move(head)).release());
    });
}

void close(JNIEnv *, jclass, jlong handle) {
    guarded<int>(0, [&] {
        delete from_handle<Context>(handle);
        return 0;
    });
}

jintArray capacity(JNIEnv *env, jclass, jlong handle) {
    ESPALIER_HANDLE(const Context, context, handle, nullptr);
    const ContextCapacity c = context->capacity();
    const jint values[] = {c.cells, c.max_sequences, c.tokens_per_sequence, c.batch_tokens, c.unified, c.partial_copy};
    constexpr jsize count = sizeof values / sizeof *values;
    jintArray result = env->NewIntArray(count);
    if (result != nullptr) {
        env->SetIntArrayRegion(result, 0, count, values);
    }
    return result;
}

jint watch(JNIEnv *env, jclass, jlong handle, jintArray ids) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        ESPALIER_HANDLE(Context, context, handle, static_cast<jint>(Status::invalid));
        std::vector<jint> values(env->GetArrayLength(ids));
        env->GetIntArrayRegion(ids, 0, static_cast<jsize>(values.size()), values.data());
        return static_cast<jint>(context->watch(values.data(), static_cast<int>(values.size())));
    });
}

jint run(JNIEnv *, jclass, jlong handle, jlong remaining_nanos) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        ESPALIER_HANDLE(Context, context, handle, static_cast<jint>(Status::invalid));
        return static_cast<jint>(context->run(remaining_nanos));
    });
}

jint clear(JNIEnv *, jclass, jlong handle) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        ESPALIER_HANDLE(Context, context, handle, static_cast<jint>(Status::invalid));
        context->clear();
        return static_cast<jint>(Status::done);
    });
}

void interrupt(JNIEnv *, jclass, jlong handle) {
    auto *context = from_handle<Context>(handle);
    if (context != nullptr) {
        context->interrupt();
    }
}

jbyteArray save(JNIEnv *env, jclass, jlong handle, jint sequence) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(Context, context, handle, nullptr);
        std::vector<uint8_t> bytes;
        if (context->save(sequence, bytes) != Status::done) {
            return nullptr;
        }
        if (bytes.size() > static_cast<size_t>(std::numeric_limits<jsize>::max())) {
            set_message("the sequence's state is larger than 2 GiB");
            return nullptr;
        }
        const auto size = static_cast<jsize>(bytes.size());
        jbyteArray result = env->NewByteArray(size);
        if (result != nullptr) {
            env->SetByteArrayRegion(result, 0, size, reinterpret_cast<const jbyte *>(bytes.data()));
        }
        return result;
    });
}

jint restore(JNIEnv *env, jclass, jlong handle, jint sequence, jbyteArray state) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        ESPALIER_HANDLE(Context, context, handle, static_cast<jint>(Status::invalid));
        std::vector<uint8_t> bytes(env->GetArrayLength(state));
        env->GetByteArrayRegion(state, 0, static_cast<jsize>(bytes.size()), reinterpret_cast<jbyte *>(bytes.data()));
        return static_cast<jint>(context->restore(sequence, bytes.data(), bytes.size()));
    });
}

}  // namespace

jint register_native_context(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("open", "(JLjava/nio/ByteBuffer;[I[I[F)J", open),
        native_method("close", "(J)V", close),
        native_method("capacity", "(J)[I", capacity),
        native_method("watch", "(J[I)I", watch),
        native_method("run", "(JJ)I", run),
        native_method("clear", "(J)I", clear),
        native_method("interrupt", "(J)V", interrupt),
        native_method("save", "(JI)[B", save),
        native_method("restore", "(JI[B)I", restore),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

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

// Owned by the caller, who gives it to open. 0, with a message, if the weights are not of this shape.
jlong make_head(
    JNIEnv *env,
    jclass,
    jint width,
    jint middle,
    jint classes,
    jboolean middle_bias,
    jboolean class_bias,
    jfloatArray weights) {
    return guarded<jlong>(0, [&]() -> jlong {
        const HeadShape shape{width, middle, classes, middle_bias != 0, class_bias != 0};
        if (width < 1 || middle < 0 || classes < 1 || classes > max_watched ||
            Head::size(shape) != static_cast<size_t>(env->GetArrayLength(weights))) {
            set_message("the head's weights are not of its shape");
            return 0;
        }
        std::vector<float> values(Head::size(shape));
        env->GetFloatArrayRegion(weights, 0, static_cast<jsize>(values.size()), values.data());
        return to_handle(std::make_unique<Head>(shape, std::move(values)).release());
    });
}

// head: of make_head, freed with the context or here if there comes none; 0 to read logits.
jlong open(
    JNIEnv *env,
    jclass,
    jlong model_handle,
    jlong head_handle,
    jint cells,
    jint max_sequences,
    jboolean unified,
    jint threads,
    jboolean adapt_threads,
    jint cache_type,
    jboolean flash_attention,
    jboolean tree_attention,
    jobject batch,
    jint operations,
    jint tokens,
    jint rows) {
    return guarded<jlong>(0, [&]() -> jlong {
        std::unique_ptr<Head> head(from_handle<Head>(head_handle));
        ESPALIER_HANDLE(llama_model, model, model_handle, 0);
        constexpr ggml_type cache_types[] = {GGML_TYPE_F16, GGML_TYPE_Q8_0, GGML_TYPE_F32};
        if (cache_type < 0 || cache_type >= static_cast<jint>(sizeof cache_types / sizeof *cache_types)) {
            set_message("there is no cache type " + std::to_string(cache_type));
            return 0;
        }
        ContextParams params{};
        params.cells = cells;
        params.max_sequences = max_sequences;
        params.unified = unified != 0;
        params.threads = threads;
        params.adapt_threads = adapt_threads != 0;
        params.cache_type = cache_types[cache_type];
        params.batch = {operations, tokens, rows};
        params.flash_attention = flash_attention != 0;
        params.tree_attention = tree_attention != 0;
        void *words = env->GetDirectBufferAddress(batch);
        const int64_t bytes = env->GetDirectBufferCapacity(batch);
        if (words == nullptr || bytes < BatchWords::size_in_words(params.batch) * int64_t{sizeof(int32_t)}) {
            set_message("the batch's buffer is not direct, or smaller than its capacities need");
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

jobject capacity(JNIEnv *env, jclass, jlong handle) {
    ESPALIER_HANDLE(const Context, context, handle, nullptr);
    const ContextCapacity c = context->capacity();
    return new_record(
        env, "org/espalier/engine/ModelRunner$Capacity", "(IIIIZZ)V", jint{c.cells}, jint{c.max_sequences},
        jint{c.tokens_per_sequence}, jint{c.batch_tokens}, jboolean{c.unified}, jboolean{c.partial_copy});
}

jlong attention_operations(JNIEnv *, jclass, jlong handle) {
    ESPALIER_HANDLE(const Context, context, handle, -1);
    return jlong{context->attention_operations()};
}

jbyteArray why_stock_attention(JNIEnv *env, jclass, jlong handle) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const Context, context, handle, nullptr);
        return to_bytes(env, context->why_stock_attention());
    });
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

jint open_grammar(JNIEnv *env, jclass, jlong handle, jbyteArray text) {
    return guarded<jint>(0, [&]() -> jint {
        ESPALIER_HANDLE(Context, context, handle, 0);
        return context->open_grammar(to_string(env, text));
    });
}

void close_grammar(JNIEnv *, jclass, jlong handle, jint grammar) {
    guarded<int>(0, [&] {
        auto *context = from_handle<Context>(handle);
        if (context != nullptr) {
            context->close_grammar(grammar);
        }
        return 0;
    });
}

// Empty if the grammar has no fault of its own.
jbyteArray grammar_fault(JNIEnv *env, jclass, jlong handle, jint grammar) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const Context, context, handle, nullptr);
        return to_bytes(env, context->grammar_fault(grammar));
    });
}

// Beside each id, its bias.
jint open_changes(
    JNIEnv *env,
    jclass,
    jlong handle,
    jfloat presence,
    jfloat frequency,
    jfloat repeat,
    jint last_n,
    jintArray ids,
    jfloatArray biases) {
    return guarded<jint>(0, [&]() -> jint {
        ESPALIER_HANDLE(Context, context, handle, 0);
        const jsize count = env->GetArrayLength(ids);
        if (env->GetArrayLength(biases) != count) {
            set_message("each token has one bias");
            return 0;
        }
        std::vector<jint> tokens(count);
        std::vector<jfloat> values(count);
        env->GetIntArrayRegion(ids, 0, count, tokens.data());
        env->GetFloatArrayRegion(biases, 0, count, values.data());
        LogitChanges changes{presence, frequency, repeat, last_n, {}};
        for (jsize i = 0; i < count; ++i) {
            changes.bias.emplace_back(tokens[i], values[i]);
        }
        return context->open_changes(std::move(changes));
    });
}

void close_changes(JNIEnv *, jclass, jlong handle, jint changes) {
    guarded<int>(0, [&] {
        auto *context = from_handle<Context>(handle);
        if (context != nullptr) {
            context->close_changes(changes);
        }
        return 0;
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
        native_method("makeHead", "(IIIZZ[F)J", make_head),
        native_method("open", "(JJIIZIZIZZLjava/nio/ByteBuffer;III)J", open),
        native_method("close", "(J)V", close),
        native_method("capacity", "(J)Lorg/espalier/engine/ModelRunner$Capacity;", capacity),
        native_method("attentionOperations", "(J)J", attention_operations),
        native_method("whyStockAttention", "(J)[B", why_stock_attention),
        native_method("watch", "(J[I)I", watch),
        native_method("run", "(JJ)I", run),
        native_method("openGrammar", "(J[B)I", open_grammar),
        native_method("closeGrammar", "(JI)V", close_grammar),
        native_method("grammarFault", "(JI)[B", grammar_fault),
        native_method("openChanges", "(JFFFI[I[F)I", open_changes),
        native_method("closeChanges", "(JI)V", close_changes),
        native_method("clear", "(J)I", clear),
        native_method("interrupt", "(J)V", interrupt),
        native_method("save", "(JI)[B", save),
        native_method("restore", "(JI[B)I", restore),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

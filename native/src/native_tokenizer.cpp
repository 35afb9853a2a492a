#include <string>
#include <vector>

#include "jni_util.h"
#include "llama.h"
#include "logging.h"
#include "tokenize.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/NativeTokenizer";

jintArray encode(JNIEnv *env, jclass, jlong handle, jbyteArray bytes, jboolean special, jint most) {
    return guarded<jintArray>(nullptr, [&]() -> jintArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        clear_message();
        std::vector<llama_token> tokens;
        const std::string wrong =
            tokenize(model, to_string(env, bytes), special, static_cast<size_t>(most), tokens);
        if (!wrong.empty()) {
            set_message(wrong);
            return nullptr;
        }
        const auto count = static_cast<jsize>(tokens.size());
        jintArray result = env->NewIntArray(count);
        if (result != nullptr) {
            env->SetIntArrayRegion(result, 0, count, tokens.data());
        }
        return result;
    });
}

// All pieces in one array; ends[i] is where the piece of token i ends.
jbyteArray pieces(JNIEnv *env, jclass, jlong handle, jintArray ends) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const llama_vocab *vocab = llama_model_get_vocab(model);
        const int32_t size = llama_vocab_n_tokens(vocab);
        std::string all;
        std::vector<jint> offsets;
        std::vector<char> piece(256);
        for (llama_token token = 0; token < size; ++token) {
            int32_t length =
                llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
            if (length < 0) {
                piece.resize(-length);
                length = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
            }
            all.append(piece.data(), length < 0 ? 0 : length);
            offsets.push_back(static_cast<jint>(all.size()));
        }
        env->SetIntArrayRegion(ends, 0, static_cast<jsize>(offsets.size()), offsets.data());
        return env->ExceptionCheck() ? nullptr : to_bytes(env, all);
    });
}

jint size(JNIEnv *, jclass, jlong handle) {
    ESPALIER_HANDLE(const llama_model, model, handle, 0);
    return llama_vocab_n_tokens(llama_model_get_vocab(model));
}

jbooleanArray ends_of_generation(JNIEnv *env, jclass, jlong handle) {
    return guarded<jbooleanArray>(nullptr, [&]() -> jbooleanArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const llama_vocab *vocab = llama_model_get_vocab(model);
        std::vector<jboolean> flags;
        for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
            flags.push_back(llama_vocab_is_eog(vocab, token) ? JNI_TRUE : JNI_FALSE);
        }
        const auto count = static_cast<jsize>(flags.size());
        jbooleanArray result = env->NewBooleanArray(count);
        if (result != nullptr) {
            env->SetBooleanArrayRegion(result, 0, count, flags.data());
        }
        return result;
    });
}

jint beginning(JNIEnv *, jclass, jlong handle) {
    ESPALIER_HANDLE(const llama_model, model, handle, -1);
    const llama_vocab *vocab = llama_model_get_vocab(model);
    return llama_vocab_get_add_bos(vocab) ? llama_vocab_bos(vocab) : -1;
}

jint text_start(JNIEnv *, jclass, jlong handle) {
    ESPALIER_HANDLE(const llama_model, model, handle, -1);
    return llama_vocab_bos(llama_model_get_vocab(model));
}

jintArray controls(JNIEnv *env, jclass, jlong handle) {
    return guarded<jintArray>(nullptr, [&]() -> jintArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const llama_vocab *vocab = llama_model_get_vocab(model);
        std::vector<jint> tokens;
        for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
            if (llama_vocab_is_control(vocab, token)) {
                tokens.push_back(token);
            }
        }
        const auto count = static_cast<jsize>(tokens.size());
        jintArray result = env->NewIntArray(count);
        if (result != nullptr) {
            env->SetIntArrayRegion(result, 0, count, tokens.data());
        }
        return result;
    });
}

// As the vocabulary writes it, which for control tokens is as templates do.
jbyteArray text(JNIEnv *env, jclass, jlong handle, jint token) {
    return guarded<jbyteArray>(nullptr, [&]() -> jbyteArray {
        ESPALIER_HANDLE(const llama_model, model, handle, nullptr);
        const llama_vocab *vocab = llama_model_get_vocab(model);
        if (token < 0 || token >= llama_vocab_n_tokens(vocab)) {
            return nullptr;
        }
        return to_bytes(env, llama_vocab_get_text(vocab, token));
    });
}

}  // namespace

jint register_native_tokenizer(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("encode", "(J[BZI)[I", encode),
        native_method("pieces", "(J[I)[B", pieces),
        native_method("size", "(J)I", size),
        native_method("endsOfGeneration", "(J)[Z", ends_of_generation),
        native_method("beginning", "(J)I", beginning),
        native_method("textStart", "(J)I", text_start),
        native_method("controls", "(J)[I", controls),
        native_method("text", "(JI)[B", text),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

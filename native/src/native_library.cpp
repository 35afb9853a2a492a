#include <cmath>
#include <cstring>
#include <string>

#include "attention/tree_attention.h"
#include "jni_util.h"
#include "llama.h"
#include "logging.h"
#include "row_pass.h"
#include "status.h"

namespace espalier {

namespace {

constexpr const char *class_name = "org/espalier/llama/NativeLibrary";

constexpr const char *pinned_version = "0.5.0";

// Collects the first field that differs from the default that the pinned release documents. Parameters are passed by
// value: with a neighbouring version's library or header they arrive shifted, and nothing else would notice.
class Defaults {
   public:
    template <typename Actual, typename Expected>
    Defaults &expect(const char *field, Actual actual, Expected expected) {
        if (mismatch_.empty() && !(actual == static_cast<Actual>(expected))) {
            mismatch_ = field;
        }
        return *this;
    }

    const std::string &mismatch() const { return mismatch_; }

   private:
    std::string mismatch_;
};

std::string differing_model_default() {
    const llama_model_params p = llama_model_default_params();
    return Defaults()
        .expect("devices", p.devices, nullptr)
        .expect("tensor_buft_overrides", p.tensor_buft_overrides, nullptr)
        .expect("n_gpu_layers", p.n_gpu_layers, -1)
        .expect("split_mode", p.split_mode, LLAMA_SPLIT_MODE_LAYER)
        .expect("load_mode", p.load_mode, LLAMA_LOAD_MODE_AUTO)
        .expect("lazy_mode", p.lazy_mode, LLAMA_LAZY_MODE_AUTO)
        .expect("main_gpu", p.main_gpu, 0)
        .expect("tensor_split", p.tensor_split, nullptr)
        .expect("progress_callback", p.progress_callback, nullptr)
        .expect("progress_callback_user_data", p.progress_callback_user_data, nullptr)
        .expect("kv_overrides", p.kv_overrides, nullptr)
        .expect("vocab_only", p.vocab_only, false)
        .expect("check_tensors", p.check_tensors, false)
        .expect("use_extra_bufts", p.use_extra_bufts, true)
        .expect("no_host", p.no_host, false)
        .expect("no_alloc", p.no_alloc, false)
        .expect("load_mtp", p.load_mtp, false)
        .mismatch();
}

std::string differing_context_default() {
    const llama_context_params p = llama_context_default_params();
    return Defaults()
        .expect("n_ctx", p.n_ctx, 512)
        .expect("n_batch", p.n_batch, 2048)
        .expect("n_ubatch", p.n_ubatch, 512)
        .expect("n_seq_max", p.n_seq_max, 1)
        .expect("n_rs_seq", p.n_rs_seq, 0)
        .expect("n_outputs_max", p.n_outputs_max, 0)
        .expect("n_outputs_max_per_seq", p.n_outputs_max_per_seq, 1)
        .expect("n_threads", p.n_threads, GGML_DEFAULT_N_THREADS)
        .expect("n_threads_batch", p.n_threads_batch, GGML_DEFAULT_N_THREADS)
        .expect("ctx_type", p.ctx_type, LLAMA_CONTEXT_TYPE_DEFAULT)
        .expect("rope_scaling_type", p.rope_scaling_type, LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED)
        .expect("pooling_type", p.pooling_type, LLAMA_POOLING_TYPE_UNSPECIFIED)
        .expect("attention_type", p.attention_type, LLAMA_ATTENTION_TYPE_UNSPECIFIED)
        .expect("flash_attn_type", p.flash_attn_type, LLAMA_FLASH_ATTN_TYPE_AUTO)
        .expect("rope_freq_base", p.rope_freq_base, 0)
        .expect("rope_freq_scale", p.rope_freq_scale, 0)
        .expect("yarn_ext_factor", p.yarn_ext_factor, -1)
        .expect("yarn_attn_factor", p.yarn_attn_factor, -1)
        .expect("yarn_beta_fast", p.yarn_beta_fast, -1)
        .expect("yarn_beta_slow", p.yarn_beta_slow, -1)
        .expect("yarn_orig_ctx", p.yarn_orig_ctx, 0)
        .expect("defrag_thold", p.defrag_thold, -1)
        .expect("cb_eval", p.cb_eval, nullptr)
        .expect("cb_eval_user_data", p.cb_eval_user_data, nullptr)
        .expect("type_k", p.type_k, GGML_TYPE_F16)
        .expect("type_v", p.type_v, GGML_TYPE_F16)
        .expect("abort_callback", p.abort_callback, nullptr)
        .expect("abort_callback_data", p.abort_callback_data, nullptr)
        .expect("embeddings", p.embeddings, false)
        .expect("offload_kqv", p.offload_kqv, true)
        .expect("no_perf", p.no_perf, true)
        .expect("op_offload", p.op_offload, true)
        .expect("swa_full", p.swa_full, true)
        .expect("kv_unified", p.kv_unified, false)
        .expect("samplers", p.samplers, nullptr)
        .expect("n_samplers", p.n_samplers, 0u)
        .expect("ctx_other", p.ctx_other, nullptr)
        .mismatch();
}

// The release's own binaries are built as "0.5.0-dev".
bool is_pinned(const char *version) {
    const size_t length = std::strlen(pinned_version);
    return std::strncmp(version, pinned_version, length) == 0 && (version[length] == '\0' || version[length] == '-');
}

jint initialise(JNIEnv *env, jclass, jbyteArray directory) {
    return guarded<jint>(static_cast<jint>(Status::failed), [&] {
        capture_log();
        clear_message();
        if (!is_pinned(llama_version())) {
            set_message(
                std::string("libllama is version ") + llama_version() + ", not " + pinned_version +
                "; the two differ in their structs");
            return static_cast<jint>(Status::invalid);
        }
        std::string field = differing_model_default();
        if (field.empty()) {
            field = differing_context_default();
        }
        if (!field.empty()) {
            set_message(
                "libllama does not match the headers of " + std::string(pinned_version) + ": its default for " + field +
                " differs");
            return static_cast<jint>(Status::invalid);
        }
        // Another class loader of this JVM may have done so.
        if (ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) == nullptr) {
            ggml_backend_load_all_from_path(to_string(env, directory).c_str());
        }
        llama_backend_init();
        if (ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) == nullptr) {
            set_message("no CPU backend (libggml-cpu) is in " + to_string(env, directory));
            return static_cast<jint>(Status::invalid);
        }
        return static_cast<jint>(Status::done);
    });
}

jbyteArray last_message(JNIEnv *env, jclass) {
    return guarded<jbyteArray>(nullptr, [&] { return to_bytes(env, message()); });
}

jbyteArray describe(JNIEnv *env, jclass) {
    return guarded<jbyteArray>(nullptr, [&] {
        std::string why;
        const std::string attention = TreeAttention::target(why);
        std::string text = std::string("llama.cpp ") + llama_version() + ", sampler " + row_pass_target() +
            ", tree attention " + (attention.empty() ? "none" : attention);
        for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
            ggml_backend_dev_t device = ggml_backend_dev_get(i);
            // The hook for attention among them, and BLAS.
            if (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_ACCEL) {
                continue;
            }
            size_t free = 0;
            size_t total = 0;
            ggml_backend_dev_memory(device, &free, &total);
            text += std::string("\n") + ggml_backend_dev_name(device) + ": " + ggml_backend_dev_description(device) +
                ", " + std::to_string(total >> 20) + " MiB, " + std::to_string(free >> 20) + " MiB free";
        }
        return to_bytes(env, text);
    });
}

jboolean attends(JNIEnv *, jclass) {
    std::string why;
    return !TreeAttention::target(why).empty();
}

jboolean offloads(JNIEnv *, jclass) { return llama_supports_gpu_offload(); }

// Bytes free on the devices of one type, and whether there is one.
bool free_bytes(enum ggml_backend_dev_type type, size_t *sum) {
    bool found = false;
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        if (ggml_backend_dev_type(device) == type) {
            size_t free = 0;
            size_t total = 0;
            ggml_backend_dev_memory(device, &free, &total);
            *sum += free;
            found = true;
        }
    }
    return found;
}

// As llama.cpp chooses: integrated GPUs only where there is no other.
jlong free_on_gpu(JNIEnv *, jclass) {
    size_t sum = 0;
    if (!free_bytes(GGML_BACKEND_DEVICE_TYPE_GPU, &sum)) {
        free_bytes(GGML_BACKEND_DEVICE_TYPE_IGPU, &sum);
    }
    return static_cast<jlong>(sum);
}

}  // namespace

jint register_native_library(JNIEnv *env) {
    const JNINativeMethod methods[] = {
        native_method("initialise", "([B)I", initialise),
        native_method("lastMessage", "()[B", last_message),
        native_method("describe", "()[B", describe),
        native_method("attends", "()Z", attends),
        native_method("offloads", "()Z", offloads),
        native_method("freeOnGpu", "()J", free_on_gpu),
    };
    return register_table(env, class_name, methods);
}

}  // namespace espalier

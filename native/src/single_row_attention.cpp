#include "single_row_attention.h"

#include <cstddef>

#include "backend_calls.h"
#include "ggml.h"

namespace espalier {

namespace {

// llama.cpp 0.5.0's ggml_compute_params.
struct ComputeParams {
    int thread;
    int threads;
    size_t work_size;
    void *work;
    void *pool;
    // Neither tiles nor parts.
    bool plain;
};

using Attention = void (*)(const ComputeParams *, ggml_tensor *);

Attention original = nullptr;

// In the place of ggml_compute_forward_flash_attn_ext.
void attention(const ComputeParams *params, ggml_tensor *result) {
    ComputeParams used = *params;
    const ggml_tensor *queries = result->src[0];
    used.plain = used.plain || (queries->ne[1] == 1 && queries->ne[3] == 1);
    original(&used, result);
}

bool install() {
    const Redirected redirected =
        redirect_backend_call("ggml_compute_forward_flash_attn_ext", reinterpret_cast<void *>(attention));
    original = reinterpret_cast<Attention>(redirected.original);
    return redirected.done;
}

}  // namespace

bool install_single_row_attention() {
    static const bool installed = install();
    return installed;
}

}  // namespace espalier

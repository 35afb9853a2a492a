#include "attention/tree_attention.h"

#include <cstring>

#include "attention/hook.h"
#include "ggml-backend.h"
#include "ggml.h"

namespace espalier {

namespace {

using attention::CellType;
using attention::Kernel;

// Of the sizes that models have; multi-head latent attention has 576.
constexpr int most_head_size = 576;

// Where a custom node keeps what flash attention has in its first parameters: behind ggml's own.
constexpr size_t kept_at = 40;

struct Kept {
    float scale;
    float softcap;
};
static_assert(kept_at + sizeof(Kept) <= GGML_MAX_OP_PARAMS, "a node's parameters");

float parameter(const ggml_tensor *node, int i) {
    float value;
    std::memcpy(&value, reinterpret_cast<const float *>(node->op_params) + i, sizeof value);
    return value;
}

// llama.cpp has 32-bit keys and values rounded to 16 bits before flash attention, and nothing else reads what comes of it.
const ggml_tensor *before_rounding(const ggml_tensor *tensor) {
    const bool rounded = tensor->op == GGML_OP_CPY && tensor->type == GGML_TYPE_F16 && tensor->src[0] != nullptr &&
        tensor->src[0]->type == GGML_TYPE_F32;
    return rounded ? tensor->src[0] : tensor;
}

bool cell_type(ggml_type type, CellType &out) {
    switch (type) {
        case GGML_TYPE_F16: out = CellType::half; return true;
        case GGML_TYPE_F32: out = CellType::single; return true;
        case GGML_TYPE_Q8_0: out = CellType::q8; return true;
        default: return false;
    }
}

bool is_in_cache(const ggml_tensor *tensor) {
    const ggml_tensor *root = tensor->view_src;
    return root != nullptr && root->buffer != nullptr && ggml_backend_buffer_is_host(root->buffer);
}

// Why a flash attention node is left to llama.cpp; null if it is not.
const char *reason_against(const ggml_tensor *node) {
    const ggml_tensor *q = node->src[0];
    const ggml_tensor *k = before_rounding(node->src[1]);
    const ggml_tensor *v = before_rounding(node->src[2]);
    const ggml_tensor *mask = node->src[3];
    if (mask == nullptr || mask->type != GGML_TYPE_F16 || mask->ne[2] != 1 || parameter(node, 1) != 0) {
        return "its mask holds more than what is visible";
    }
    if (q->ne[3] != 1 || k->ne[3] != 1 || v->ne[3] != 1 || mask->ne[3] != 1) {
        return "its sequences have a cache each";
    }
    CellType type;
    if (q->type != GGML_TYPE_F32 || k->type != v->type || !cell_type(k->type, type)) {
        return "its cache is of another type than F16, F32 and Q8_0";
    }
    const int unit = type == CellType::q8 ? 32 : 16;
    if (k->ne[0] % unit != 0 || v->ne[0] % unit != 0 || k->ne[0] > most_head_size || v->ne[0] > most_head_size) {
        return "its heads are of another size than 16, 32, ... 576";
    }
    if (k->ne[2] != v->ne[2] || q->ne[2] % k->ne[2] != 0) {
        return "its keys and values have different heads";
    }
    const bool dense = q->nb[0] == sizeof(float) && k->nb[0] == ggml_type_size(k->type) && v->nb[0] == ggml_type_size(v->type);
    if (!dense || !ggml_is_contiguous(node)) {
        return "its numbers do not lie side by side";
    }
    if (!is_in_cache(k) || !is_in_cache(v)) {
        return "its cache is not in main memory";
    }
    return nullptr;
}

void leave_out_rounding(ggml_tensor *node, int source) {
    const ggml_tensor *kept = before_rounding(node->src[source]);
    if (kept != node->src[source]) {
        node->src[source]->op = GGML_OP_NONE;
        node->src[source] = const_cast<ggml_tensor *>(kept);
    }
}

// Turns a flash attention node into one that calls a function of ours on the CPU's threads. What such a node's parameters
// look like is ggml's own business: it makes one, from which they are taken.
void make_custom(ggml_tensor *node, ggml_custom_op_t function, void *data) {
    const Kept kept{parameter(node, 0), parameter(node, 2)};
    ggml_context *context = ggml_init({2 * ggml_tensor_overhead(), nullptr, true});
    const ggml_tensor *made =
        ggml_custom_4d(context, GGML_TYPE_F32, 1, 1, 1, 1, nullptr, 0, function, GGML_N_TASKS_MAX, data);
    std::memcpy(node->op_params, made->op_params, kept_at);
    ggml_free(context);
    std::memcpy(reinterpret_cast<char *>(node->op_params) + kept_at, &kept, sizeof kept);
    leave_out_rounding(node, 1);
    leave_out_rounding(node, 2);
    node->op = GGML_OP_CUSTOM;
}

attention::Operation operation_of(const ggml_tensor *node) {
    const ggml_tensor *q = node->src[0];
    const ggml_tensor *k = node->src[1];
    const ggml_tensor *v = node->src[2];
    const ggml_tensor *mask = node->src[3];
    const ggml_tensor *sinks = node->src[4];
    Kept kept;
    std::memcpy(&kept, reinterpret_cast<const char *>(node->op_params) + kept_at, sizeof kept);
    attention::Operation o{};
    attention::Problem &p = o.problem;
    p.q = static_cast<const uint8_t *>(q->data);
    p.q_row = q->nb[1];
    p.q_head = q->nb[2];
    p.k = static_cast<const uint8_t *>(k->data);
    p.k_cell = k->nb[1];
    p.k_head = k->nb[2];
    p.v = static_cast<const uint8_t *>(v->data);
    p.v_cell = v->nb[1];
    p.v_head = v->nb[2];
    cell_type(k->type, p.type);
    p.out = static_cast<float *>(node->data);
    p.sinks = sinks == nullptr ? nullptr : static_cast<const float *>(sinks->data);
    p.key_size = static_cast<int>(k->ne[0]);
    p.value_size = static_cast<int>(v->ne[0]);
    p.heads = static_cast<int>(q->ne[2]);
    p.kv_heads = static_cast<int>(k->ne[2]);
    p.rows = static_cast<int>(q->ne[1]);
    p.scale = kept.scale;
    p.softcap = kept.softcap;
    o.cells = static_cast<int>(k->ne[1]);
    o.mask = static_cast<const uint8_t *>(mask->data);
    o.mask_stride = mask->nb[1];
    o.mask_id = mask;
    o.cache_id = k->view_src->data;
    return o;
}

}  // namespace

std::unique_ptr<TreeAttention> TreeAttention::create() {
    std::string why;
    return target(why).empty() ? nullptr : std::make_unique<TreeAttention>(*attention::best_kernel());
}

std::string TreeAttention::target(std::string &why) {
    const Kernel *kernel = attention::best_kernel();
    if (kernel == nullptr) {
        why = "this processor has none of AVX2, AVX-512 and NEON";
    } else if (!attention::install_hook()) {
        why = "libespalier was built without llama.cpp's ggml-backend-impl.h";
    } else {
        return kernel->name;
    }
    return "";
}

TreeAttention::Scope::Scope(TreeAttention *attention) : active_(attention != nullptr) {
    if (active_) {
        attention->pass_.begin();
        before_ = attention::exchange_taker({offer, attention});
    }
}

TreeAttention::Scope::~Scope() {
    if (active_) {
        attention::exchange_taker(before_);
    }
}

bool TreeAttention::offer(void *self, const ggml_tensor *node) {
    auto &attention = *static_cast<TreeAttention *>(self);
    const char *against = reason_against(node);
    if (against != nullptr) {
        ++attention.declined_;
        attention.reason_ = against;
        return false;
    }
    // llama.cpp asks with a node that it will compute.
    make_custom(const_cast<ggml_tensor *>(node), compute, self);
    ++attention.taken_;
    return true;
}

void TreeAttention::compute(ggml_tensor *node, int thread, int threads, void *self) {
    static_cast<TreeAttention *>(self)->pass_.run(operation_of(node), thread, threads);
}

}  // namespace espalier

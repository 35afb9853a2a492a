#include "tiny_gguf.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>
#include <vector>

#include "ggml.h"
#include "gguf.h"

namespace espalier {

namespace {

constexpr int layers = 2;
constexpr int width = 64;
constexpr int heads = 4;
constexpr int key_value_heads = 2;
constexpr int feed_forward = 128;
constexpr int inner = 128;
constexpr int state = 8;
constexpr int kernel = 4;
constexpr int rank = 8;
constexpr int experts = 4;

const char *const chatml =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
    "'\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

// From llama.h, which the file format follows.
enum TokenType : int32_t { normal_token = 1, unknown_token = 2, control_token = 3, byte_token = 6 };

class Writer {
   public:
    Writer(const std::string &architecture, ggml_type matrix_type)
        : architecture_(architecture),
          matrix_type_(matrix_type),
          gguf_(gguf_init_empty(), gguf_free),
          memory_(ggml_init({size_t{8} << 20, nullptr, false}), ggml_free) {
        gguf_set_val_str(gguf_.get(), "general.architecture", architecture.c_str());
        gguf_set_val_str(gguf_.get(), "general.name", "tiny");
    }

    void number(const char *key, uint32_t value) {
        gguf_set_val_u32(gguf_.get(), (architecture_ + "." + key).c_str(), value);
    }

    void numbers(const char *key, const std::vector<uint32_t> &values) {
        gguf_set_arr_data(
            gguf_.get(), (architecture_ + "." + key).c_str(), GGUF_TYPE_UINT32, values.data(), values.size());
    }

    void real(const char *key, float value) {
        gguf_set_val_f32(gguf_.get(), (architecture_ + "." + key).c_str(), value);
    }

    void constant(const std::string &name, std::vector<int64_t> shape, float value) {
        ggml_tensor *tensor = add(name, shape, GGML_TYPE_F32);
        for (int64_t i = 0; i < ggml_nelements(tensor); ++i) {
            static_cast<float *>(tensor->data)[i] = value;
        }
    }

    void vector(const std::string &name, int64_t length, float scale) {
        ggml_tensor *tensor = add(name, {length}, GGML_TYPE_F32);
        for (int64_t i = 0; i < length; ++i) {
            static_cast<float *>(tensor->data)[i] = draw(scale);
        }
    }

    void random(const std::string &name, std::vector<int64_t> shape, float scale) {
        ggml_tensor *tensor = add(name, shape, matrix_type_);
        for (int64_t i = 0; i < ggml_nelements(tensor); ++i) {
            const float value = draw(scale);
            if (matrix_type_ == GGML_TYPE_F16) {
                static_cast<ggml_fp16_t *>(tensor->data)[i] = ggml_fp32_to_fp16(value);
            } else {
                static_cast<float *>(tensor->data)[i] = value;
            }
        }
    }

    void tokenizer() {
        std::vector<std::string> texts = {"<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"};
        std::vector<int32_t> types = {unknown_token, control_token, control_token, control_token, control_token};
        for (int byte = 0; byte < 256; ++byte) {
            char text[8];
            std::snprintf(text, sizeof text, "<0x%02X>", byte);
            texts.emplace_back(text);
            types.push_back(byte_token);
        }
        // Texts of this kind of vocabulary write a space as U+2581.
        for (const char *text : {"\xe2\x96\x81", "Ye", "Yes", "No"}) {
            texts.emplace_back(text);
            types.push_back(normal_token);
        }
        std::vector<const char *> pointers;
        for (const std::string &text : texts) {
            pointers.push_back(text.c_str());
        }
        const std::vector<float> scores(texts.size(), 0);
        gguf_context *g = gguf_.get();
        gguf_set_val_str(g, "tokenizer.ggml.model", "llama");
        gguf_set_arr_str(g, "tokenizer.ggml.tokens", pointers.data(), pointers.size());
        gguf_set_arr_data(g, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores.data(), scores.size());
        gguf_set_arr_data(g, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(), types.size());
        gguf_set_val_u32(g, "tokenizer.ggml.unknown_token_id", 0);
        gguf_set_val_u32(g, "tokenizer.ggml.bos_token_id", 1);
        gguf_set_val_u32(g, "tokenizer.ggml.eos_token_id", tiny_im_end);
        gguf_set_val_bool(g, "tokenizer.ggml.add_bos_token", false);
        gguf_set_val_bool(g, "tokenizer.ggml.add_space_prefix", false);
        gguf_set_val_str(g, "tokenizer.chat_template", chatml);
    }

    // Makes a column of a matrix no numbers: what belongs to one token, of the embedding.
    void spoil(const char *name, int column) {
        ggml_tensor *tensor = ggml_get_tensor(memory_.get(), name);
        auto *bytes = static_cast<uint8_t *>(tensor->data) + column * tensor->nb[1];
        std::fill_n(bytes, tensor->nb[1], uint8_t{0xFF});
    }

    bool write(const std::string &path) {
        for (ggml_tensor *t = ggml_get_first_tensor(memory_.get()); t; t = ggml_get_next_tensor(memory_.get(), t)) {
            gguf_add_tensor(gguf_.get(), t);
        }
        return gguf_write_to_file(gguf_.get(), path.c_str(), false);
    }

   private:
    // Not std::normal_distribution, whose numbers each library draws differently.
    float draw(float scale) {
        const double uniform = static_cast<double>(engine_() % 65536) / 65536 - 0.5;
        return static_cast<float>(uniform * scale * std::sqrt(12.0));
    }

    ggml_tensor *add(const std::string &name, const std::vector<int64_t> &shape, ggml_type type) {
        ggml_tensor *tensor = ggml_new_tensor(memory_.get(), type, static_cast<int>(shape.size()), shape.data());
        return ggml_set_name(tensor, name.c_str());
    }

    std::string architecture_;
    ggml_type matrix_type_;
    std::unique_ptr<gguf_context, void (*)(gguf_context *)> gguf_;
    std::unique_ptr<ggml_context, void (*)(ggml_context *)> memory_;
    std::mt19937 engine_{1};
};

void write_feed_forward(Writer &w, const std::string &layer) {
    w.constant(layer + "ffn_norm.weight", {width}, 1);
    w.random(layer + "ffn_gate.weight", {width, feed_forward}, 0.1f);
    w.random(layer + "ffn_up.weight", {width, feed_forward}, 0.1f);
    w.random(layer + "ffn_down.weight", {feed_forward, width}, 0.1f);
}

// How the architectures that decode by attention differ.
struct Attention {
    const char *architecture;
    int head_size = width / heads;
    int key_value_heads = espalier::key_value_heads;
    // On queries, keys and values.
    bool biases = false;
    // Queries and keys are normalised.
    bool normalised = false;
    // What a layer adds is normalised as well.
    bool normalised_output = false;
    // Every other layer sees the latest tokens only.
    int window = 0;
    // The output head is the embedding.
    bool tied = false;
    bool experts = false;
};

Attention attention_of(TinyModel kind) {
    switch (kind) {
        case TinyModel::llama_tied: return {"llama", 16, 2, false, false, false, 0, true};
        case TinyModel::qwen2: return {"qwen2", 16, 2, true};
        case TinyModel::qwen2_tied: return {"qwen2", 16, 2, true, false, false, 0, true};
        case TinyModel::qwen3: return {"qwen3", 128, 2, false, true};
        case TinyModel::gemma2: return {"gemma2", 64, 2, false, false, true, 12, true};
        case TinyModel::gemma3: return {"gemma3", 256, 1, false, true, true, 12, true};
        case TinyModel::granite: return {"granite", 16, 2};
        case TinyModel::gpt_oss: return {"gpt-oss", 64, 2, true, false, false, 12, false, true};
        default: return {"llama"};
    }
}

void write_experts(Writer &w, const std::string &layer) {
    w.constant(layer + "post_attention_norm.weight", {width}, 1);
    w.constant(layer + "attn_output.bias", {width}, 0);
    w.vector(layer + "attn_sinks.weight", heads, 1);
    w.random(layer + "ffn_gate_inp.weight", {width, experts}, 0.1f);
    w.constant(layer + "ffn_gate_inp.bias", {experts}, 0);
    for (const char *name : {"ffn_gate_exps", "ffn_up_exps"}) {
        w.random(layer + name + ".weight", {width, feed_forward, experts}, 0.1f);
        w.constant(layer + name + ".bias", {feed_forward, experts}, 0);
    }
    w.random(layer + "ffn_down_exps.weight", {feed_forward, width, experts}, 0.1f);
    w.constant(layer + "ffn_down_exps.bias", {width, experts}, 0);
}

void write_attention_layer(Writer &w, const std::string &layer, const Attention &a) {
    const int queries = a.head_size * heads;
    const int keys = a.head_size * a.key_value_heads;
    w.constant(layer + "attn_norm.weight", {width}, 1);
    w.random(layer + "attn_q.weight", {width, queries}, 0.2f);
    w.random(layer + "attn_k.weight", {width, keys}, 0.2f);
    w.random(layer + "attn_v.weight", {width, keys}, 0.2f);
    if (a.biases) {
        w.vector(layer + "attn_q.bias", queries, 0.2f);
        w.vector(layer + "attn_k.bias", keys, 0.2f);
        w.vector(layer + "attn_v.bias", keys, 0.2f);
    }
    if (a.normalised) {
        w.constant(layer + "attn_q_norm.weight", {a.head_size}, 1);
        w.constant(layer + "attn_k_norm.weight", {a.head_size}, 1);
    }
    w.random(layer + "attn_output.weight", {queries, width}, 0.2f);
    if (a.experts) {
        write_experts(w, layer);
        return;
    }
    if (a.normalised_output) {
        w.constant(layer + "post_attention_norm.weight", {width}, 1);
        w.constant(layer + "post_ffw_norm.weight", {width}, 1);
    }
    write_feed_forward(w, layer);
}

void write_attention_numbers(Writer &w, const Attention &a) {
    w.number("rope.dimension_count", a.head_size);
    if (a.head_size != width / heads) {
        w.number("attention.key_length", a.head_size);
        w.number("attention.value_length", a.head_size);
    }
    w.number("attention.head_count_kv", a.key_value_heads);
    const std::string name = a.architecture;
    if (a.window > 0) {
        w.number("attention.sliding_window", a.window);
        w.number("attention.sliding_window_pattern", 2);
    }
    if (name == "gemma2") {
        w.real("attn_logit_softcapping", 2);
        w.real("final_logit_softcapping", 30);
    } else if (name == "granite") {
        w.real("logit_scale", 2);
        w.real("residual_scale", 0.7f);
        w.real("embedding_scale", 1.5f);
        w.real("attention.scale", 0.3f);
    } else if (a.experts) {
        w.number("expert_count", experts);
        w.number("expert_used_count", 2);
        w.number("expert_feed_forward_length", feed_forward);
    }
}

void write_convolution_layer(Writer &w, const std::string &layer) {
    w.constant(layer + "attn_norm.weight", {width}, 1);
    w.random(layer + "shortconv.conv.weight", {kernel, width}, 0.5f);
    w.random(layer + "shortconv.in_proj.weight", {width, 3 * width}, 0.3f);
    w.random(layer + "shortconv.out_proj.weight", {width, width}, 0.3f);
    write_feed_forward(w, layer);
}

void write_mamba_layer(Writer &w, const std::string &layer) {
    w.constant(layer + "attn_norm.weight", {width}, 1);
    w.random(layer + "ssm_in.weight", {width, 2 * inner}, 0.1f);
    w.random(layer + "ssm_conv1d.weight", {kernel, inner}, 0.3f);
    w.constant(layer + "ssm_conv1d.bias", {inner}, 0);
    w.random(layer + "ssm_x.weight", {inner, rank + 2 * state}, 0.1f);
    w.random(layer + "ssm_dt.weight", {rank, inner}, 0.3f);
    w.constant(layer + "ssm_dt.bias", {inner}, 0);
    w.constant(layer + "ssm_a", {state, inner}, -0.5f);
    w.constant(layer + "ssm_d", {inner}, 1);
    w.random(layer + "ssm_out.weight", {inner, width}, 0.1f);
}

}  // namespace

bool write_tiny_gguf(TinyModel kind, const std::string &path, int not_a_number) {
    const bool mamba = kind == TinyModel::mamba;
    const bool hybrid = kind == TinyModel::lfm2;
    const Attention attention = attention_of(kind);
    const char *architecture = mamba ? "mamba" : hybrid ? "lfm2" : attention.architecture;
    Writer w(architecture, kind == TinyModel::llama_tied ? GGML_TYPE_F16 : GGML_TYPE_F32);
    w.number("context_length", tiny_context);
    w.number("embedding_length", width);
    w.number("block_count", layers);
    w.number("feed_forward_length", mamba ? 0 : feed_forward);
    w.number("attention.head_count", mamba ? 0 : heads);
    w.real("attention.layer_norm_rms_epsilon", 1e-5f);
    if (mamba) {
        w.number("ssm.conv_kernel", kernel);
        w.number("ssm.inner_size", inner);
        w.number("ssm.state_size", state);
        w.number("ssm.time_step_rank", rank);
    } else if (hybrid) {
        w.number("rope.dimension_count", width / heads);
        w.number("shortconv.l_cache", kernel);
        w.numbers("attention.head_count_kv", {0, key_value_heads});
    } else {
        write_attention_numbers(w, attention);
    }
    w.tokenizer();
    w.random("token_embd.weight", {width, tiny_vocabulary}, attention.tied ? 0.3f : 1);
    w.constant(hybrid ? "token_embd_norm.weight" : "output_norm.weight", {width}, 1);
    if (!attention.tied) {
        w.random("output.weight", {width, tiny_vocabulary}, 0.3f);
    }
    for (int i = 0; i < layers; ++i) {
        const std::string layer = "blk." + std::to_string(i) + ".";
        if (mamba) {
            write_mamba_layer(w, layer);
        } else if (hybrid && i == 0) {
            write_convolution_layer(w, layer);
        } else {
            write_attention_layer(w, layer, attention);
        }
        if (hybrid && i > 0) {
            w.constant(layer + "attn_q_norm.weight", {width / heads}, 1);
            w.constant(layer + "attn_k_norm.weight", {width / heads}, 1);
        }
    }
    if (not_a_number >= 0) {
        w.spoil("token_embd.weight", not_a_number);
    }
    return w.write(path);
}

}  // namespace espalier

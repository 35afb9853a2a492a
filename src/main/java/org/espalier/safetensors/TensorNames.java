package org.espalier.safetensors;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What llama.cpp calls the tensors of models of the shape of Llama. */
final class TensorNames {
    /** TRL saves a model with a value head in this drawer. */
    private static final String DRAWER = "pretrained_model.";

    private static final Pattern OF_LAYER = Pattern.compile("model\\.layers\\.(\\d{1,4})\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> WHOLE = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");

    private static final Map<String, String> LAYER = Map.of(
            "input_layernorm", "attn_norm",
            "self_attn.q_proj", "attn_q",
            "self_attn.k_proj", "attn_k",
            "self_attn.v_proj", "attn_v",
            "self_attn.o_proj", "attn_output",
            "post_attention_layernorm", "ffn_norm",
            "mlp.gate_proj", "ffn_gate",
            "mlp.up_proj", "ffn_up",
            "mlp.down_proj", "ffn_down");

    private TensorNames() {}

    /** Empty for what is not a tensor of such a model. */
    static Optional<String> of(String published) {
        String name = published.startsWith(DRAWER) ? published.substring(DRAWER.length()) : published;
        Matcher layer = OF_LAYER.matcher(name);
        return layer.matches()
                ? Optional.ofNullable(LAYER.get(layer.group(2)))
                        .map(part -> "blk.%s.%s.%s".formatted(layer.group(1), part, layer.group(3)))
                : Optional.ofNullable(WHOLE.get(name));
    }
}

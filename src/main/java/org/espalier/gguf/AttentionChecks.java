package org.espalier.gguf;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What llama.cpp v0.5.0 asserts about attention heads when it builds an architecture's graph ({@code src/models/*.cpp}): that
 * keys are as wide as values, that a rotation covers a whole head or at most one, and that all layers have as many heads as
 * the first.
 */
final class AttentionChecks {
    /** Where the key's width has to be the value's ({@code n_embd_head == n_embd_head_k}). */
    private static final Set<String> EQUAL_WIDTHS = Set.of(
            ("afmoe apertus arcee arctic baichuan bailingmoe2 bitnet bloom chameleon chatglm codeshell cogvlm cohere2 "
                            + "cohere2moe command-r dbrx deci deepseek dots1 dream ernie4_5 exaone exaone-moe exaone4 falcon "
                            + "glm4 glm4moe gpt2 gptneox granite granitehybrid granitemoe grok grovemoe hunyuan-moe hunyuan_vl "
                            + "internlm2 jais jais2 llada llada-moe llama llama4 maincoder mellum minicpm minimax-m2 mistral3 "
                            + "mpt nanbeige nemotron olmo olmo2 olmoe openelm orion pangu-embedded phi2 phi3 phimoe plamo qwen "
                            + "qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe refact rnd1 seed_oss "
                            + "smallthinker smollm3 stablelm starcoder starcoder2 talkie xverse")
                    .split(" "));

    /** Where the rotation has to cover the whole head ({@code n_embd_head == n_rot}). */
    private static final Set<String> WHOLE_ROTATION = Set.of(
            ("apertus arcee arctic baichuan chameleon codeshell cogvlm dbrx deepseek dots1 dream ernie4_5 exaone exaone4 falcon "
                            + "grok grovemoe hunyuan-moe internlm2 jais2 llada llada-moe llama llama4 maincoder mistral3 olmo "
                            + "olmo2 olmoe orion pangu-embedded plamo qwen2 qwen2moe qwen3 qwen3moe rnd1 seed_oss smallthinker "
                            + "smollm3 starcoder2 talkie xverse")
                    .split(" "));

    /** Whose graphs ask each layer for its number of heads, or leave some without attention. */
    private static final Pattern HEADS_BY_LAYER =
            Pattern.compile("(bailingmoe3|deci|dots3note|falcon-h1|gemma4|granite|jamba"
                    + "|kimi-|laguna|lfm2|mamba|mimo2|minicpm|minimax-01|nemotron_h|openelm|plamo|qwen3next|qwen35|rwkv|spark2_5|step35"
                    + "|arwkv).*");

    /** Where positions have several dimensions, as those of pictures. */
    private static final Set<String> IN_SECTIONS =
            Set.of("qwen2vl", "paddleocr", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen4exp", "qwen3tts");

    private static final Pattern ROTATING =
            Pattern.compile("(lfm2|gemma|phi|qwen|glm|llama|mistral|gptneox|stablelm).*");

    private final GgufHeader header;
    private final Refusal refusal;
    private final String architecture;

    AttentionChecks(GgufHeader header, Refusal refusal) {
        this.header = header;
        this.refusal = refusal;
        architecture = header.architecture().orElse("");
    }

    void run() {
        OptionalLong key = header.headLength("attention.key_length");
        OptionalLong value = header.headLength("attention.value_length");
        OptionalLong rotation = header.ownNumber("rope.dimension_count");
        if (key.isPresent() && value.isPresent() && EQUAL_WIDTHS.contains(architecture)) {
            refusal.require(
                    key.getAsLong() == value.getAsLong(),
                    "keys of %s numbers and values of %s".formatted(text(key), text(value)));
        }
        if (rotation.isPresent() && key.isPresent()) {
            long width = rotation.getAsLong();
            boolean fits = WHOLE_ROTATION.contains(architecture)
                    ? width == key.getAsLong()
                    : width >= 0 && width <= key.getAsLong() && width % 2 == 0 && (width > 0 || !rotates());
            refusal.require(fits, "a rotation of %s numbers for heads of %s".formatted(text(rotation), text(key)));
        }
        requireSections();
        requireSameHeads("attention.head_count");
        requireSameHeads("attention.head_count_kv");
        OptionalLong heads = header.ownNumber("attention.head_count");
        OptionalLong shared = header.ownNumber("attention.head_count_kv");
        if (heads.isPresent() && shared.isPresent() && shared.getAsLong() != 0) {
            refusal.require(
                    heads.getAsLong() % shared.getAsLong() == 0,
                    "%s heads that share %s heads of keys and values".formatted(text(heads), text(shared)));
        }
    }

    /** Positions of several dimensions each turn a section of the head. */
    private void requireSections() {
        Object value = header.own("rope.dimension_sections");
        List<Object> sections = value instanceof GgufArray list ? list.values() : List.of();
        boolean negative = sections.stream().anyMatch(section -> section instanceof Long number && number < 0);
        boolean some = value instanceof Long number
                ? number > 0
                : sections.stream().limit(3).anyMatch(section -> section instanceof Long part && part > 0);
        refusal.require(
                !negative && (some || !IN_SECTIONS.contains(architecture)),
                "rotations in sections of " + (value == null ? "no number" : sections));
    }

    /** Some hybrids say 0 and do not rotate; where these rotate by 0, the loop does not end. */
    private boolean rotates() {
        return ROTATING.matcher(architecture).matches();
    }

    private void requireSameHeads(String key) {
        if (header.own(key) instanceof GgufArray perLayer
                && !HEADS_BY_LAYER.matcher(architecture).matches()) {
            List<Object> values = perLayer.values();
            refusal.require(
                    values.stream().distinct().count() <= 1,
                    "%s that differs between layers, which no %s has".formatted(key, architecture));
        }
    }

    private static String text(OptionalLong number) {
        return Long.toUnsignedString(number.getAsLong());
    }
}

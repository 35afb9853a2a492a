package org.espalier.gguf;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What llama.cpp v0.5.0 takes for granted about a model's metadata: it ends the process where one of these does not
 * hold ({@code load_hparams} in llama-model.cpp, {@code load} in llama-vocab.cpp). What it reports by itself is left to
 * it.
 */
final class GgufChecks {
    private static final long MOST_LAYERS = 512;
    private static final long MOST_EXPERTS = 1024;
    private static final String TOKEN_TYPES = "tokenizer.ggml.token_type";
    private static final Long BYTE_TOKEN = 6L;
    private static final Set<String> MIXTURES = Set.of("bailingmoe2", "smallthinker", "llada-moe", "grovemoe");
    private static final Set<String> ROPE_SCALINGS = Set.of("none", "linear", "yarn", "longrope");

    private final Refusal refusal;
    private final GgufHeader header;

    GgufChecks(Path path, GgufHeader header) {
        refusal = Refusal.ofModel(path);
        this.header = header;
    }

    /**
     * @param repeatsToken whether two tokens have the same text
     * @throws org.espalier.model.EspalierException if something does not hold
     */
    void run(boolean repeatsToken) {
        refusal.require(!repeatsToken, "the same token twice in its vocabulary");
        header.metadata().forEach(this::requireSoundNumber);
        header.tensors().forEach(refusal::requireComputable);
        refusal.require(header.isMappable(), "an alignment of less than 32 bytes, with which llama.cpp cannot map it");
        requireTokenizer();
        OptionalLong layers = header.layers();
        if (layers.isEmpty()) {
            return;
        }
        long count = layers.getAsLong();
        refusal.require(count >= 1 && count <= MOST_LAYERS, "%s layers".formatted(Long.toUnsignedString(count)));
        refusal.require(number("nextn_predict_layers") <= count, "more layers that predict ahead than layers");
        requireExperts();
        new AttentionChecks(header, refusal).run();
        if (header.own("rope.scaling.type") instanceof String scaling) {
            refusal.require(ROPE_SCALINGS.contains(scaling), "the unknown rope scaling " + GgufReader.quoted(scaling));
        }
        for (String key : List.of("embedding_length", "attention.head_count", "context_length")) {
            if (header.own(key) instanceof Long value) {
                boolean without = key.equals("attention.head_count") && isRecurrent();
                refusal.require(
                        value >= (without ? 0 : 1) && value <= Integer.MAX_VALUE,
                        "%s of %s".formatted(key, Long.toUnsignedString(value)));
            }
        }
    }

    /** Returns whether no layer has attention. */
    private boolean isRecurrent() {
        return header.architecture().orElse("").matches("(mamba|a?rwkv).*");
    }

    /** llama.cpp asserts that what is added under a root is not negative, and takes the rest as it comes. */
    private void requireSoundNumber(String key, Object value) {
        if (value instanceof Double number) {
            boolean epsilon = key.endsWith("_epsilon");
            boolean finite = epsilon || key.contains(".rope.");
            refusal.require(
                    !number.isNaN() && (!finite || !number.isInfinite()) && (!epsilon || number >= 0),
                    "%s of %s".formatted(GgufReader.quoted(key), number));
        }
    }

    private void requireTokenizer() {
        String kind = header.metadata().get("tokenizer.ggml.model") instanceof String text ? text : "";
        String architecture = header.architecture().orElse("");
        refusal.require(!kind.equals("none") && !kind.equals("no_vocab"), "no tokenizer");
        // Its search for the longest token does not end where a part of a token is none.
        refusal.require(
                !kind.equals("rwkv") || architecture.contains("rwkv"), "the tokenizer of rwkv for " + architecture);
        refusal.require(!kind.equals("bert") || !hasByteTokens(), "a tokenizer bert with tokens of bytes");
    }

    private boolean hasByteTokens() {
        return header.metadata().get(TOKEN_TYPES) instanceof GgufArray types
                && types.values().contains(BYTE_TOKEN);
    }

    private void requireExperts() {
        String architecture = header.architecture().orElse("");
        refusal.require(
                !MIXTURES.contains(architecture) || (number("expert_count") > 0 && mostOf("expert_used_count") > 0),
                "no experts, which an architecture %s has".formatted(architecture));
        long experts = number("expert_count");
        long used = mostOf("expert_used_count");
        long groups = number("expert_group_count");
        boolean possible = experts >= 0
                && experts <= MOST_EXPERTS
                && used <= experts
                && (experts == 0 ? groups == 0 : used > 0 && groups < experts);
        refusal.require(possible, "%d experts in %d groups, of which %d are used".formatted(experts, groups, used));
        if (groups > 1) {
            long usedGroups = number("expert_group_used_count");
            refusal.require(
                    experts % groups == 0 && usedGroups > 0 && usedGroups < groups,
                    "%d experts in %d groups, of which %d are used".formatted(experts, groups, usedGroups));
        }
    }

    private long number(String key) {
        return header.ownNumber(key).orElse(0);
    }

    /** A value that is one for all layers, or a list of one for each. */
    private long mostOf(String key) {
        if (header.own(key) instanceof GgufArray perLayer) {
            return perLayer.values().stream()
                    .mapToLong(value -> value instanceof Long number ? number : 0)
                    .max()
                    .orElse(0);
        }
        return number(key);
    }
}

package org.espalier.safetensors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Writes a byte-level BPE tokenizer into a GGUF header, as llama.cpp's converter does. */
final class TokenizerMetadata {
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final long MOST_TOKENS = 2_000_000;

    private TokenizerMetadata() {}

    /**
     * Writes it.
     *
     * @param tokenizer {@code tokenizer.json}
     * @param settings {@code tokenizer_config.json}
     * @param config {@code config.json}
     * @param pre how llama.cpp calls the way in which text is split before it is merged
     * @param rows of the embedding, which may be more than there are tokens
     * @throws EspalierException if it is no such tokenizer, or has more tokens than rows
     */
    static void write(
            GgufHeaderWriter header, JsonNode tokenizer, JsonNode settings, JsonNode config, String pre, long rows) {
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        if (!tokenizer.path("model").path("type").asString("BPE").equals("BPE") || !vocabulary.isObject()) {
            throw new EspalierException("its tokenizer is not a byte-level BPE");
        }
        if (rows < 1 || rows > MOST_TOKENS) {
            throw new EspalierException("its embedding has %d rows".formatted(rows));
        }
        @Nullable String[] tokens = new String[(int) rows];
        Integer[] types = new Integer[(int) rows];
        Arrays.fill(types, UNUSED);
        Map<String, Integer> ids = new HashMap<>();
        vocabulary
                .properties()
                .forEach(entry -> put(entry.getKey(), entry.getValue().asInt(-1), NORMAL, tokens, types, ids));
        for (JsonNode added : tokenizer.path("added_tokens")) {
            String content = added.path("content").asString("");
            boolean control = added.path("special").asBoolean(false) || looksLikeControl(content);
            put(content, added.path("id").asInt(-1), control ? CONTROL : USER_DEFINED, tokens, types, ids);
        }
        List<String> texts = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            texts.add(Objects.requireNonNullElse(tokens[id], "[PAD" + id + "]"));
        }
        header.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", pre)
                .texts("tokenizer.ggml.tokens", texts)
                .numbers("tokenizer.ggml.token_type", Collections.unmodifiableList(Arrays.asList(types)))
                .texts("tokenizer.ggml.merges", merges(tokenizer.path("model").path("merges")));
        special(header, "bos", "bos_token_id", settings, config, ids, rows);
        special(header, "eos", "eos_token_id", settings, config, ids, rows);
        special(header, "pad", "padding_token_id", settings, config, ids, rows);
        if (settings.path("add_bos_token").isBoolean()) {
            header.flag(
                    "tokenizer.ggml.add_bos_token",
                    settings.path("add_bos_token").asBoolean());
        }
        if (settings.path("chat_template").isString()) {
            header.text(
                    "tokenizer.chat_template", settings.path("chat_template").asString());
        }
    }

    private static void put(
            String token, int id, int type, @Nullable String[] tokens, Integer[] types, Map<String, Integer> ids) {
        if (id < 0 || id >= tokens.length) {
            throw new EspalierException(
                    "its token '%s' has the number %d, and its embedding %d rows".formatted(token, id, tokens.length));
        }
        tokens[id] = token;
        types[id] = type;
        ids.put(token, id);
    }

    private static boolean looksLikeControl(String token) {
        return token.startsWith("<|") && token.endsWith("|>");
    }

    /** Older files have "a b", newer ones ["a", "b"]. */
    private static List<String> merges(JsonNode merges) {
        List<String> list = new ArrayList<>();
        for (JsonNode merge : merges) {
            list.add(
                    merge.isArray()
                            ? merge.path(0).asString("") + " " + merge.path(1).asString("")
                            : merge.asString(""));
        }
        return list;
    }

    /** By its text in the tokenizer's settings, else by its number in the model's. */
    private static void special(
            GgufHeaderWriter header,
            String kind,
            String key,
            JsonNode settings,
            JsonNode config,
            Map<String, Integer> ids,
            long rows) {
        JsonNode named = settings.path(kind + "_token");
        Integer id = ids.get(named.isObject() ? named.path("content").asString("") : named.asString(""));
        JsonNode numbered = config.path(kind + "_token_id");
        JsonNode first = numbered.isArray() ? numbered.path(0) : numbered;
        if (id == null && first.isIntegralNumber() && first.asLong() >= 0 && first.asLong() < rows) {
            id = first.asInt();
        }
        if (id != null) {
            header.number("tokenizer.ggml." + key, id);
        }
    }
}

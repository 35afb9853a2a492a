package org.espalier.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What tokens say. Control tokens are spelled as a template writes them. */
final class TokenWords {
    private final Tokenizer tokenizer;
    private final Map<Integer, String> controls;

    TokenWords(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        controls = tokenizer.controlTokens().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (one, other) -> one));
    }

    /** The ids of tokens that a document is an array of; empty if it is anything else. */
    static Optional<List<Integer>> ids(@Nullable JsonNode node) {
        return node != null && node.isArray() && node.valueStream().allMatch(JsonNode::isInt)
                ? Optional.of(node.valueStream().map(JsonNode::intValue).toList())
                : Optional.empty();
    }

    /** What one token says by itself: part of a character is a replacement character. */
    String of(int token) {
        return of("tokens", List.of(token));
    }

    /** The token's words, or null for none. */
    @Nullable
    String first(int[] token) {
        return token.length == 0 ? null : of(token[0]);
    }

    /**
     * What several say.
     *
     * @param field that they were given as
     * @throws ApiException if the vocabulary lacks one
     */
    String of(String field, List<Integer> tokens) {
        // A character may have several tokens.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            if (token < 0 || token >= tokenizer.size()) {
                throw ApiException.invalid(field, "the policy's vocabulary has no token " + token);
            }
            String control = controls.get(token);
            bytes.writeBytes(control == null ? tokenizer.piece(token) : control.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

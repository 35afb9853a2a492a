package org.espalier.engine;

import java.util.HashMap;
import java.util.Map;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/** What the tokens of a vocabulary mean, the control tokens included. Safe for use by several threads. */
final class TokenNames implements DrawnTokens.Vocabulary {
    private final Tokenizer tokenizer;
    private volatile @Nullable Map<Integer, String> controls;

    TokenNames(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public byte[] piece(int token) {
        return tokenizer.piece(token);
    }

    @Override
    public String name(int token) {
        Map<Integer, String> known = controls;
        if (known == null) {
            Map<Integer, String> names = new HashMap<>();
            tokenizer.controlTokens().forEach((name, id) -> names.put(id, name));
            known = names;
            controls = known;
        }
        return known.getOrDefault(token, "");
    }
}

package org.espalier.prm;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.Tokenizer;

/** The tokens whose probabilities make a score. */
final class VerdictTokens {
    private VerdictTokens() {}

    /** @throws EspalierException if a text is not a single token of this vocabulary: it is not this profile's model */
    static List<Integer> of(String profile, Tokenizer tokenizer, String... texts) {
        return Arrays.stream(texts)
                .map(text -> single(profile, "reads the token", tokenizer, text))
                .toList();
    }

    /** @throws EspalierException if a text that a profile marks its own with is not a single token of this vocabulary */
    static void requireMark(String profile, Tokenizer tokenizer, String mark) {
        single(profile, "marks the text with", tokenizer, mark);
    }

    private static int single(String profile, String use, Tokenizer tokenizer, String text) {
        int[] tokens = tokenizer.encode(text, true);
        if (tokens.length != 1) {
            throw new EspalierException(
                    "PRM profile " + profile + " " + use + " \"" + text.replace("\n", "\\n") + "\", but this model's "
                            + "vocabulary writes it in " + tokens.length
                            + " tokens: give the profile's own model with --prm, or another --prm-profile");
        }
        return tokens[0];
    }
}

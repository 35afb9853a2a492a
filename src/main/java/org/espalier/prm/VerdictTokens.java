package org.espalier.prm;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Tokenizer;
import org.espalier.model.Wording;

/** The tokens whose probabilities make a score. */
public final class VerdictTokens {
    private VerdictTokens() {}

    /** @throws EspalierException if a text is not a single token of this vocabulary: it is not this profile's model */
    static List<Integer> of(String profile, Tokenizer tokenizer, String... texts) {
        return Arrays.stream(texts)
                .map(text -> single(profile, "reads the token", tokenizer, text))
                .toList();
    }

    /** Returns the probability of the first of two tokens where it is one of them, by the log-probabilities of both. */
    public static double probability(float[] logProbs) {
        return 1 / (1 + Math.exp(logProbs[1] - logProbs[0]));
    }

    /** @throws EspalierException if a text that a profile marks its own with is not a single token of this vocabulary */
    static void requireMark(String profile, Tokenizer tokenizer, String mark) {
        single(profile, "marks the text with", tokenizer, mark);
    }

    private static int single(String profile, String use, Tokenizer tokenizer, String text) {
        int[] tokens = tokenizer.encode(text, true);
        if (tokens.length != 1) {
            throw new EspalierException(Wording.of(
                    "PRM profile %s %s \"%s\", but this model's vocabulary writes it in %d tokens: give the profile's own"
                            + " model with %s, or another %s",
                    profile,
                    use,
                    text.replace("\n", "\\n"),
                    tokens.length,
                    Parameter.of("prm"),
                    Parameter.of("prmProfile")));
        }
        return tokens[0];
    }
}

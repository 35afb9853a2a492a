package org.espalier.prm;

import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * How a PRM of family A (verdict tokens) is fed and read. In the texts, {@code {problem}} and {@code {step}} stand for the
 * contents.
 *
 * @param name under which it is chosen
 * @param about which models it fits, and where the format is documented
 * @param layout whether steps are turns of a chat or one running text
 * @param system the chat's system turn, or the text before the problem; null for none
 * @param problem what holds the problem; followed at once by the first step
 * @param firstStep what follows the problem up to where the first score is read
 * @param nextStep the same for each later step
 * @param reply in a chat, what the PRM is taken to have answered to each earlier step
 * @param trimSteps whether white space around a step is dropped
 * @param positive the token that means the step is right; it may be a control token
 * @param negative the token that means it is wrong; null if only the positive one is read
 * @param normalisation over what the positive token's probability is taken
 * @param scope what the probability says
 */
public record PrmProfile(
        String name,
        String about,
        Layout layout,
        @Nullable String system,
        String problem,
        String firstStep,
        String nextStep,
        @Nullable String reply,
        boolean trimSteps,
        String positive,
        @Nullable String negative,
        Normalisation normalisation,
        Scope scope)
        implements JudgeProfile {

    /** How steps are laid out. */
    public enum Layout {
        /** Each step is a user's turn; the score is read where the assistant's reply would begin. */
        CHAT,
        /** Steps follow one another in one text; the score is read at the last token after each. */
        TEXT
    }

    /** Over what a probability is taken. */
    public enum Normalisation {
        /** The positive and the negative token alone. */
        PAIR,
        /** The whole vocabulary. */
        VOCABULARY
    }

    /**
     * The tokens whose log-probabilities are read, the positive one first.
     *
     * @throws EspalierException if one of them is not a single token of this vocabulary: it is not this PRM's model
     */
    public List<Integer> verdictTokens(Tokenizer tokenizer) {
        return negative == null
                ? VerdictTokens.of(name, tokenizer, positive)
                : VerdictTokens.of(name, tokenizer, positive, negative);
    }

    /** The score, in 0..1, of the log-probabilities of {@link #verdictTokens}. */
    public double score(float[] logProbs) {
        if (normalisation == Normalisation.VOCABULARY || logProbs.length == 1) {
            return Math.exp(logProbs[0]);
        }
        return 1 / (1 + Math.exp(logProbs[1] - logProbs[0]));
    }
}

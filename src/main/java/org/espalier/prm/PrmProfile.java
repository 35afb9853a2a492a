package org.espalier.prm;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * How a reward model is fed and read: by verdict tokens (family A) or by a head of its own (family B). In the texts,
 * {@code {problem}} and {@code {step}} stand for the contents.
 *
 * @param name under which it is chosen
 * @param about which models it fits, and where the format is documented
 * @param layout whether steps are turns of a chat or one running text
 * @param system the chat's system turn, or the text before the problem; null for none
 * @param problem what holds the problem; followed at once by the first step
 * @param firstStep what follows the problem up to where the first score is read
 * @param nextStep the same for each later step; not used if the whole solution is scored
 * @param reply in a chat, what the PRM is taken to have answered to each earlier step
 * @param positive the token that means the step is right; it may be a control token; null if a head is read
 * @param negative the token that means it is wrong; null if only the positive one is read
 * @param normalisation over what the positive token's probability is taken; null if a head is read
 * @param scope what the score says
 * @param head how a head is read; null if verdict tokens are
 * @param input how the texts become tokens
 * @param searchAndLearn what search-and-learn feeds it, for runs that are compared with that code; null if that code does
 *     not know the models, or feeds them as their authors do
 * @param match how the profile's own models are recognised; null if their files name the profile
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
        @Nullable String positive,
        @Nullable String negative,
        @Nullable Normalisation normalisation,
        Scope scope,
        @Nullable HeadReading head,
        @JsonSetter(nulls = Nulls.SKIP) InputRules input,
        @Nullable SearchAndLearn searchAndLearn,
        @Nullable Recognition match)
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
     * How search-and-learn feeds the same models: it splits a path at every delimiter, wherever a step has one, and
     * each part is a step.
     *
     * @param problem instead of the profile's; {@code {system}} stands for the policy's instruction. Null for the same
     * @param firstStep instead of the profile's; null for the same
     * @param nextStep instead of the profile's; null for the same
     * @param readsEmptyEnds whether it reads a score behind a delimiter that ends the path
     */
    public record SearchAndLearn(
            @Nullable String problem,
            @Nullable String firstStep,
            @Nullable String nextStep,
            boolean readsEmptyEnds) {}

    /** @throws IllegalArgumentException if it says neither or both of verdict tokens and head */
    @JsonCreator
    public PrmProfile {
        input = input == null ? InputRules.DEFAULT : input;
        if ((head == null) != (positive != null && normalisation != null)) {
            throw new IllegalArgumentException("profile " + name + " needs a head or verdict tokens, and not both");
        }
    }

    /** A profile of verdict tokens whose files name it. */
    public PrmProfile(
            String name,
            String about,
            Layout layout,
            @Nullable String system,
            String problem,
            String firstStep,
            String nextStep,
            @Nullable String reply,
            String positive,
            @Nullable String negative,
            Normalisation normalisation,
            Scope scope) {
        this(
                name,
                about,
                layout,
                system,
                problem,
                firstStep,
                nextStep,
                reply,
                positive,
                negative,
                normalisation,
                scope,
                null,
                InputRules.DEFAULT,
                null,
                null);
    }

    /**
     * Returns whether scores are probabilities; others can be compared, but neither multiplied nor summed up as votes.
     */
    public boolean givesProbabilities() {
        return head == null || head.isProbability();
    }

    /**
     * Checks that a vocabulary is that of this profile's models.
     *
     * @throws EspalierException if a mark or a verdict is not a single token of it
     */
    public void requireVocabulary(Tokenizer tokenizer) {
        for (String mark : input.marks()) {
            VerdictTokens.requireMark(name, tokenizer, mark);
        }
        if (head == null) {
            verdictTokens(tokenizer);
        }
    }

    /**
     * The tokens whose log-probabilities are read, the positive one first; none if a head is read.
     *
     * @throws EspalierException if one of them is not a single token of this vocabulary: it is not this PRM's model
     */
    public List<Integer> verdictTokens(Tokenizer tokenizer) {
        if (positive == null) {
            return List.of();
        }
        return negative == null
                ? VerdictTokens.of(name, tokenizer, positive)
                : VerdictTokens.of(name, tokenizer, positive, negative);
    }

    /** The score of the log-probabilities of {@link #verdictTokens}, or of a head's outputs. */
    public double score(float[] read) {
        return head == null ? verdict(read) : head.score(read);
    }

    private double verdict(float[] logProbs) {
        if (normalisation == Normalisation.VOCABULARY || logProbs.length == 1) {
            return Math.exp(logProbs[0]);
        }
        return VerdictTokens.probability(logProbs);
    }
}

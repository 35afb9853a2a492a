package org.espalier.prm;

import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * How a PRM of family C (generated verdict) is fed and read: it writes a critique, and the probability of its verdict
 * after that is the score. In the texts, {@code {problem}}, {@code {step}}, {@code {i}} (the step's number, from 1) and
 * {@code {next}} (one more) stand for the contents.
 *
 * <p>The user's turn is the opening, the past of each earlier step and the question about the last one. Each of the three
 * ends where every tokenizer ends a token, after a line end or before a space, so that the pieces have the tokens of
 * the whole.
 *
 * @param name under which it is chosen
 * @param about which models it fits, and where the format is documented
 * @param system the chat's system turn; null for none
 * @param opening begins the user's turn
 * @param firstPast the first step once others follow it; null if it reads as {@code past} does
 * @param past a later step once others follow it
 * @param firstQuestion the first step as the one in question, and all that ends the user's turn; null if it reads as
 *     {@code question} does
 * @param question a later step as the one in question, and all that ends the user's turn
 * @param dropHeadings whether a heading such as {@code ## Step 2:} is taken off a step
 * @param lead begins the reply
 * @param stops each of them ends the critique
 * @param keepsStop whether the verdict follows the stop; otherwise it takes its place
 * @param verdict what is put between the critique and the verdict's token
 * @param forced the same where the critique was cut short before any stop
 * @param positive the token that means that it is right
 * @param negative the token that means that it is wrong
 * @param closing ends the reply after the verdict, {@code {verdict}}, where the next step's question is another turn of the
 *     same chat; null where each question is a chat of its own
 * @param sampling of the critiques where there are several
 * @param aloneTemperature in its place where there is one critique
 * @param samples critiques for each step, over whose scores the mean is taken
 * @param maxTokens of one critique
 * @param contextTokens that its texts and a path's critiques take beside the solution itself
 * @param scope what the probability says
 * @param match how the profile's own models are recognised; null if nothing tells them
 */
public record GenerativeProfile(
        String name,
        String about,
        @Nullable String system,
        String opening,
        @Nullable String firstPast,
        String past,
        @Nullable String firstQuestion,
        String question,
        boolean dropHeadings,
        String lead,
        List<String> stops,
        boolean keepsStop,
        String verdict,
        String forced,
        String positive,
        String negative,
        @Nullable String closing,
        SamplingParams sampling,
        double aloneTemperature,
        int samples,
        int maxTokens,
        int contextTokens,
        Scope scope,
        @Nullable Recognition match)
        implements JudgeProfile {

    /** Most critiques of one step. */
    private static final int MAX_SAMPLES = 256;

    /**
     * Returns the same with another effort.
     *
     * @param otherSamples critiques for each step; null for the profile's own
     * @param otherTokens of one critique at most; null for the profile's own
     * @throws UsageException if one is out of its range
     */
    public GenerativeProfile with(@Nullable Integer otherSamples, @Nullable Integer otherTokens) {
        int k = otherSamples == null ? samples : otherSamples;
        int most = otherTokens == null ? maxTokens : otherTokens;
        if (k < 1 || k > MAX_SAMPLES) {
            throw new UsageException(
                    Wording.of("%s must be in 1..%d, not %d", Parameter.of("prmSamples"), MAX_SAMPLES, k));
        }
        if (most < 1) {
            throw new UsageException(Wording.of("%s must be 1 or more, not %d", Parameter.of("prmTokens"), most));
        }
        return new GenerativeProfile(
                name,
                about,
                system,
                opening,
                firstPast,
                past,
                firstQuestion,
                question,
                dropHeadings,
                lead,
                stops,
                keepsStop,
                verdict,
                forced,
                positive,
                negative,
                closing,
                sampling,
                aloneTemperature,
                k,
                most,
                Math.max(most, contextTokens + most - maxTokens),
                scope,
                match);
    }

    /** How the critiques are drawn. */
    public SamplingParams critiqueSampling() {
        return samples > 1
                ? sampling
                : new SamplingParams(aloneTemperature, sampling.topK(), sampling.topP(), sampling.minP());
    }

    /**
     * The tokens whose log-probabilities are read, the positive one first.
     *
     * @throws EspalierException if one of them is not a single token of this vocabulary: it is not this PRM's model
     */
    public List<Integer> verdictTokens(Tokenizer tokenizer) {
        return VerdictTokens.of(name, tokenizer, positive, negative);
    }

    /** The score, in 0..1, of the log-probabilities of {@link #verdictTokens}. */
    public double score(float[] logProbs) {
        return VerdictTokens.probability(logProbs);
    }
}

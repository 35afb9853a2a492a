package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.jspecify.annotations.Nullable;

/**
 * How much speaks for an answer. Votes are evidence as far as they are many, independent and believed in:
 *
 * <ul>
 *   <li>The <em>share</em> is the winner's, of what decided: of the sum of scores of all finished completions, or of their
 *       number. Those without an answer count against it.
 *   <li>Its interval is Wilson's, for as many samples as the votes are worth: scores that differ are worth fewer than equal
 *       ones (Kish's effective number), and paths that share their first step are worth one.
 *   <li>The <em>belief</em> is the mean score of the completions that give the answer.
 * </ul>
 *
 * <table>
 *   <caption>The levels</caption>
 *   <tr><td>high</td><td>a verifier proved the answer right; or the whole interval is above a half, and the belief, if there is one,
 *       is 0.5 or more</td></tr>
 *   <tr><td>medium</td><td>the share is a half or more, the winner is ahead of the second with a probability of 0.8, and the
 *       belief, if there is one, is 0.1 or more; or a single completion, or the best of several replies without a short
 *       answer, with a belief of 0.8 or more</td></tr>
 *   <tr><td>unknown</td><td>a single completion, or the best of several replies, that nothing judges</td></tr>
 *   <tr><td>low</td><td>else: also where the reply is not finished, where the judge believes none of the completions, and
 *       where the policy was made for other problems</td></tr>
 * </table>
 *
 * @param share of the winner, 0 to 1; 0 where nothing was voted on
 * @param shareLow where the share lies with a confidence of 95 %
 * @param shareHigh likewise
 * @param belief 0 to 1; null where there are no scores, or they are no probabilities
 * @param agreeing finished completions that give the answer
 * @param finished completions
 * @param proved whether a verifier knows that the answer is right
 */
public record Confidence(
        Level level,
        double share,
        double shareLow,
        double shareHigh,
        @Nullable Double belief,
        int agreeing,
        int finished,
        boolean proved) {
    private static final double BELIEVED = 0.5;
    private static final double DISBELIEVED = 0.1;
    /** Of what stands alone. */
    private static final double BELIEVED_ALONE = 0.8;

    private static final double AHEAD = 0.8;

    /** In a word. */
    public enum Level {
        HIGH,
        MEDIUM,
        LOW,
        /** Nothing that was seen says anything. */
        UNKNOWN
    }

    /**
     * The confidence in what an election chose.
     *
     * @param units one of each ballot; ballots of the same unit count as one sample
     * @param doubtful whether something else speaks against it
     * @param believed whether scores say how likely it is that a completion is right
     */
    static Confidence of(Election election, List<Ballot> ballots, List<?> units, boolean doubtful, boolean believed) {
        Completion selected = election.selected();
        List<Completion> finished = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < ballots.size(); i++) {
            if (ballots.get(i).counts()) {
                finished.add(ballots.get(i).completion());
                seen.add(units.get(i));
            }
        }
        if (selected == null || finished.isEmpty()) {
            return new Confidence(Level.LOW, 0, 0, 1, null, 0, finished.size(), false);
        }
        Answer answer = election.votes().isEmpty() ? null : election.answer();
        boolean probabilities = believed
                && finished.stream()
                        .mapToDouble(Completion::score)
                        .allMatch(score -> Double.isNaN(score) || (score >= 0 && score <= 1));
        if (answer == null) {
            Double belief = probabilities ? known(selected.score()) : null;
            Level level = doubtful || election.notBelieved() ? Level.LOW : alone(belief);
            return new Confidence(level, 0, 0, 1, belief, 0, finished.size(), false);
        }
        boolean weighted = election.rule() == Selection.WEIGHTED;
        DoubleSummaryStatistics weights = new DoubleSummaryStatistics();
        double squares = 0;
        for (Completion completion : finished) {
            double weight = weight(completion, weighted);
            weights.accept(weight);
            squares += weight * weight;
        }
        double all = weights.getSum();
        List<Completion> same = finished.stream()
                .filter(completion -> isOf(completion, answer.key()))
                .toList();
        double won = same.stream().mapToDouble(one -> weight(one, weighted)).sum();
        double second = election.votes().stream()
                .filter(vote -> !vote.key().equals(answer.key()))
                .map(vote -> weighted ? vote.weight() : (double) vote.count())
                .max(Comparator.naturalOrder())
                .orElse(0.0);
        double share = all > 0 ? Math.min(1, won / all) : 0;
        double samples = Math.min(squares > 0 ? all * all / squares : 1, (double)
                seen.stream().distinct().count());
        Wilson interval = Wilson.of(share, samples);
        Double belief = probabilities
                ? known(same.stream()
                        .mapToDouble(Completion::score)
                        .filter(score -> !Double.isNaN(score))
                        .average()
                        .orElse(Double.NaN))
                : null;
        double ahead = all > 0 ? ahead(share * samples, second / all * samples) : 0;
        Level level = doubtful || election.notBelieved()
                ? Level.LOW
                : finished.size() == 1 ? alone(belief) : level(share, interval, ahead, belief);
        return new Confidence(
                level, share, interval.low(), interval.high(), belief, same.size(), finished.size(), false);
    }

    /** The same of an answer that a verifier has proved right. */
    Confidence whenProved() {
        return new Confidence(Level.HIGH, share, shareLow, shareHigh, belief, agreeing, finished, true);
    }

    private static boolean isOf(Completion completion, String key) {
        Answer answer = completion.answer();
        return answer != null && answer.key().equals(key);
    }

    private static double weight(Completion completion, boolean weighted) {
        return !weighted ? 1 : Double.isNaN(completion.score()) ? 0 : completion.score();
    }

    private static @Nullable Double known(double score) {
        return Double.isNaN(score) ? null : score;
    }

    private static Level alone(@Nullable Double belief) {
        return belief == null ? Level.UNKNOWN : belief >= BELIEVED_ALONE ? Level.MEDIUM : Level.LOW;
    }

    private static Level level(double share, Wilson interval, double ahead, @Nullable Double belief) {
        if (interval.low() >= 0.5 && (belief == null || belief >= BELIEVED)) {
            return Level.HIGH;
        }
        boolean leads = share >= 0.5 && ahead >= AHEAD && (belief == null || belief >= DISBELIEVED);
        return leads ? Level.MEDIUM : Level.LOW;
    }

    /** The probability, with a uniform prior, that the policy gives the winner more often than the second. */
    static double ahead(double winner, double second) {
        return 1 - RegularizedBeta.value(0.5, winner + 1, second + 1);
    }

    /** What there is to say, as a clause. */
    public String inWords() {
        if (finished == 0) {
            return "the reply is not finished";
        }
        String score = belief == null ? null : String.format(Locale.ROOT, "score of %.2g", belief);
        if (agreeing == 0) {
            return score == null ? "there is no short answer to vote on" : "the reply has a " + score;
        }
        if (finished == 1) {
            return score == null ? "one completion" : "one completion with a " + score;
        }
        String votes = "%d of %d completions agree".formatted(agreeing, finished);
        String ofVote = String.format(
                Locale.ROOT, ", %.0f %% of the vote (%.0f to %.0f %%)", 100 * share, 100 * shareLow, 100 * shareHigh);
        return votes + ofVote + (score == null ? "" : ", a mean " + score);
    }
}

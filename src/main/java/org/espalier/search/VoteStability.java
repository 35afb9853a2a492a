package org.espalier.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.numbers.gamma.LogBeta;
import org.espalier.model.Answer;

/**
 * How likely it is that the votes still to come leave the winner of an {@link Election} as it is: the Beta test of
 * Adaptive-Consistency (Aggarwal et al. 2023, arXiv 2305.11860, §3), with two changes. The horizon is finite: of n samples
 * only those that are missing can change the vote, so that a lead which they cannot make good is certain. And a scored vote
 * weighs its score, so that agreement on what the PRM takes for wrong settles nothing.
 *
 * <p>The winner is the election's, by its rule. Completions that are not independent of one another, such as those of a
 * DVTS subtree, are one piece of evidence for each answer among them, at its best score: an answer that wins by many leaves
 * of one subtree, over one that more subtrees favour, is not settled.
 */
final class VoteStability {
    private final List<List<Ballot>> units = new ArrayList<>();

    /** Takes in what one unit of independent work found. */
    void add(List<Ballot> unit) {
        units.add(unit);
    }

    /**
     * Takes in what units of independent work found.
     *
     * @param ballots of the indices from {@code from} to before {@code end}, of others as well
     * @param unit indices of each
     */
    void addUnits(List<Ballot> ballots, int from, int end, int unit) {
        for (int first = from; first < end; first += unit) {
            add(Ballot.inRange(ballots, first, first + unit));
        }
    }

    /**
     * The probability, in 0..1, that the winner still wins when the missing units have voted; 0 if there is no vote yet.
     *
     * @param election of all that was taken in
     * @param missing units that may still vote: 0 or more
     */
    double probability(Election election, int missing) {
        Answer winner = election.winner();
        if (winner == null) {
            return 0;
        }
        if (election.overruled() && missing > 0) {
            // One that the judge believes may still come, and outweighs them all.
            return 0;
        }
        if (election.rule() == Selection.NAIVE) {
            // The best of all draws is as likely to be any one of them.
            return (double) units.size() / (units.size() + missing);
        }
        boolean weighted = election.rule() == Selection.WEIGHTED;
        Map<String, Double> total = new HashMap<>();
        units.forEach(
                unit -> votes(unit, weighted).forEach((answer, weight) -> total.merge(answer, weight, Double::sum)));
        double leader = total.getOrDefault(winner.key(), 0.0);
        total.remove(winner.key());
        double runnerUp = total.values().stream().mapToDouble(v -> v).max().orElse(0);
        if (leader <= 0 || leader < runnerUp) {
            return 0;
        }
        // Plain votes go to other answers as often as they did. Scores are heavy-tailed: one good sample outweighs many
        // poor ones, so each missing one is taken to vote with its full weight.
        double share = weighted ? 1 : (leader + runnerUp) / units.size();
        return staysAhead(leader, runnerUp, (int) Math.ceil(missing * share));
    }

    private static Map<String, Double> votes(List<Ballot> unit, boolean weighted) {
        Map<String, Double> votes = new HashMap<>();
        for (Ballot ballot : unit) {
            if (ballot.counts() && ballot.completion().answer() != null) {
                double score = ballot.completion().score();
                double weight = !weighted ? 1 : Double.isNaN(score) ? 0 : score;
                votes.merge(ballot.completion().answer().key(), weight, Math::max);
            }
        }
        return votes;
    }

    /**
     * The chance, with a uniform prior on which of two answers is given, that the leader is not overtaken in some more votes:
     * the upper tail of a Beta-binomial distribution.
     */
    static double staysAhead(double leader, double runnerUp, int votes) {
        double prior = LogBeta.value(leader + 1, runnerUp + 1);
        double probability = 0;
        for (int gained = 0; gained <= votes; gained++) {
            int lost = votes - gained;
            if (leader + gained >= runnerUp + lost) {
                double ways = -Math.log(votes + 1.0) - LogBeta.value(gained + 1.0, lost + 1.0);
                probability += Math.exp(ways + LogBeta.value(leader + 1 + gained, runnerUp + 1 + lost) - prior);
            }
        }
        return Math.min(1, probability);
    }
}

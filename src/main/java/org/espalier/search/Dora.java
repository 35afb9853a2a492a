package org.espalier.search;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.Frontier.Candidate;

/**
 * Direction-oriented resource allocation (Wang et al. 2025, "Every rollout counts", arXiv 2506.15707): like {@link Rebase},
 * but candidates that say the same are one direction and do not get more steps for being many. Each is weighted by
 * e^(score / T_b), as in REBASE, times how much of its direction it is: the diagonal P_ii of the softmax over the
 * similarities S_ij / T_s, which is 1 for a candidate like no other and 1/m for one of m equals. As in the authors' code
 * ({@code WangXinglin/DORA}, {@code dora.py}), candidates whose score alone would earn them no step, because their share
 * rounds to none, are dropped before directions are made of the others.
 *
 * <p>Two deviations. The authors take S from a model that embeds the whole paths; here it is the overlap of the words of the
 * two newest steps (Jaccard's index), which needs no model and knows no synonyms: equal texts and reordered ones are one
 * direction, others hardly. Words of whole paths would tell little, because siblings share nearly all of them. And where the
 * authors round each share to the nearest number, then repeat or cut the list to n, what is left over goes to the greatest
 * remainders, so that the width is kept.
 */
final class Dora implements SearchAlgorithm {
    /** The paper's T_b. */
    private static final double TEMPERATURE = 0.1;
    /** The paper's T_s. */
    private static final double SIMILARITY_TEMPERATURE = 0.01;

    private final SearchContext search;

    Dora(SearchContext search) {
        this.search = search;
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        return new Frontier(search, TEMPERATURE, Dora::steps).run();
    }

    private static int[] steps(List<Candidate> open, double[] weights, int width) {
        dropThoseWithoutAStep(open, weights, width);
        List<Set<String>> words =
                open.stream().map(candidate -> words(candidate.node().text())).toList();
        double[] balanced = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double direction = 0;
            for (int j = 0; j < weights.length; j++) {
                if (weights[j] > 0) {
                    double similarity = overlap(words.get(i), words.get(j));
                    direction += open.get(j).copies() * Math.exp((similarity - 1) / SIMILARITY_TEMPERATURE);
                }
            }
            // The copies' shares together: each of them is so much of the direction.
            balanced[i] = weights[i] == 0 ? 0 : weights[i] * open.get(i).copies() / direction;
        }
        return Apportionment.byRemainder(balanced, width);
    }

    private static void dropThoseWithoutAStep(List<Candidate> open, double[] weights, int width) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * open.get(i).copies();
        }
        for (int i = 0; i < weights.length; i++) {
            if (Math.rint(width * weights[i] / sum) == 0) {
                weights[i] = 0;
            }
        }
    }

    private static Set<String> words(String text) {
        return new HashSet<>(Arrays.asList(text.strip().split("\\s+")));
    }

    private static double overlap(Set<String> first, Set<String> second) {
        Set<String> both = new HashSet<>(first);
        both.retainAll(second);
        return (double) both.size() / (first.size() + second.size() - both.size());
    }
}

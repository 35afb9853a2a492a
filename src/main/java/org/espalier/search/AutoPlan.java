package org.espalier.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SearchMethod#AUTO} does with a problem, learnt from recorded runs by {@code espalier tune}.
 *
 * @param bins of difficulty, in the order of increasing {@link Bin#upTo()}; the last one's is 1
 * @param stopAt how sure of the answer it stops, in 0..1: more takes longer, and 1 never stops before n
 * @param windows how many completions it asks for at a time; null for what is usual, which records do not mention
 */
public record AutoPlan(
        List<Bin> bins,
        double stopAt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Windows windows) {
    /**
     * Problems of like difficulty.
     *
     * @param upTo the highest score of the greedy completion in this bin, 0..1; a low score means a hard problem
     * @param method that goes on: one that {@link SearchMethod#isPartitionable()} and is judged
     */
    public record Bin(double upTo, SearchMethod method) {
        /** @throws UsageException if a value is out of its range */
        public Bin {
            if (!(upTo >= 0 && upTo <= 1)) {
                throw new UsageException("a plan's bin must end between 0 and 1, not at " + upTo);
            }
            if (!method.isPartitionable() || !method.needsPrm()) {
                throw new UsageException(
                        "a plan cannot continue with " + method.cliName() + ", only with best-of-n or dvts");
            }
        }
    }

    /** For a pair of models that nothing is known of. */
    public static final AutoPlan DEFAULT = new AutoPlan(List.of(new Bin(1, SearchMethod.DVTS)), 0.8);

    /** For scores that say more of a whole completion than of its first steps. */
    public static final AutoPlan SAMPLES = new AutoPlan(List.of(new Bin(1, SearchMethod.BEST_OF_N)), 0.8);

    /** A plan with the usual windows. */
    public AutoPlan(List<Bin> bins, double stopAt) {
        this(bins, stopAt, null);
    }

    /** @throws UsageException if the bins do not cover 0 to 1 in order, or {@code stopAt} is out of its range */
    public AutoPlan {
        bins = List.copyOf(bins);
        if (bins.isEmpty() || bins.get(bins.size() - 1).upTo() != 1) {
            throw new UsageException("the last bin of a plan must end at 1");
        }
        for (int i = 1; i < bins.size(); i++) {
            if (bins.get(i).upTo() <= bins.get(i - 1).upTo()) {
                throw new UsageException("the bins of a plan must end at increasing scores");
            }
        }
        if (!(stopAt > 0 && stopAt <= 1)) {
            throw new UsageException("a plan must stop at a probability above 0 and up to 1, not " + stopAt);
        }
        windows = Windows.USUAL.equals(windows) ? null : windows;
    }

    /** The windows that it has. */
    Windows windowsOrUsual() {
        return Objects.requireNonNullElse(windows, Windows.USUAL);
    }

    /** The method for a problem whose greedy completion has this score; NaN counts as 0. */
    public SearchMethod methodAt(double score) {
        double known = Double.isNaN(score) ? 0 : score;
        return bins.stream()
                .filter(bin -> known <= bin.upTo())
                .findFirst()
                .orElse(bins.get(bins.size() - 1))
                .method();
    }
}

package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.espalier.model.TokenConfidence;
import org.espalier.model.TokenConfidence.Measure;
import org.espalier.search.SearchAlgorithm.Ending;
import org.jspecify.annotations.Nullable;

/**
 * Gives up independent samples that the policy itself is unsure of, while they are written (DeepConf, Fu et al. 2025, arXiv
 * 2508.15260, section 3.3): the first {@link MethodParams#warmUp} are written to their end; a later one ends at the token
 * where its confidence, in a group of tokens, falls below the lowest that the {@linkplain MethodParams#voteShare best share} of the
 * first ones had anywhere. What is given up is not finished, and does not vote.
 *
 * <p>Whatever n is, sample i is the same: it depends on the first samples alone.
 */
final class WarmUp {
    private final @Nullable Integer size;
    private final double share;
    private final Expansion expansion;
    private final RunControl control;
    private final List<Double> lowest = new ArrayList<>();

    WarmUp(SearchContext search) {
        MethodParams params = search.config().params();
        size = params.warmUp();
        share = params.voteShareOrAll();
        expansion = search.expansion();
        control = search.control();
    }

    /**
     * Has samples written.
     *
     * @param first of their indices
     * @param write starts the one with an index
     */
    CompletableFuture<List<Ending>> part(int first, int count, IntFunction<CompletableFuture<Ending>> write) {
        Integer wanted = size;
        if (wanted == null) {
            return start(first, count, write);
        }
        int warmUp = wanted;
        int free = Math.max(0, Math.min(warmUp - first, count));
        return start(first, free, write).thenCompose(warm -> {
            warm.forEach(this::takeIn);
            if (free == count || control.stopped()) {
                return CompletableFuture.completedFuture(warm);
            }
            expansion.endBelow(floor());
            return start(first + free, count - free, write).thenApply(later -> {
                List<Ending> all = new ArrayList<>(warm);
                all.addAll(later);
                return all;
            });
        });
    }

    private static CompletableFuture<List<Ending>> start(
            int first, int count, IntFunction<CompletableFuture<Ending>> write) {
        List<CompletableFuture<Ending>> samples = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            samples.add(write.apply(i));
        }
        return SearchContext.all(samples);
    }

    private void takeIn(Ending ending) {
        TokenConfidence confidence = ending.node().confidence();
        if (confidence != null && confidence.tokens() > 0) {
            lowest.add(confidence.of(Measure.LOWEST_LOGPROB));
        }
    }

    /** Null if nothing is known of the first samples. */
    private @Nullable Double floor() {
        int best = (int) Math.ceil(share * lowest.size());
        return lowest.isEmpty()
                ? null
                : lowest.stream().sorted(Comparator.reverseOrder()).toList().get(best - 1);
    }
}

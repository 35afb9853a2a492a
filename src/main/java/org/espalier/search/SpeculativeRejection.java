package org.espalier.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Speculative rejection (Sun et al. 2024, arXiv 2410.20290): Best-of-N that begins with all N samples, scores them while
 * they are written, and gives up the worst α of those that still are, again and again.
 *
 * <p>The paper does so whenever the accelerator's memory is full. What α gives back lets the others grow by 1 / (1 - α)
 * before it is full again: here that is the schedule itself, whatever the memory. It counts in steps, because that is what a
 * PRM judges: samples are compared after 1, 2, 4, … steps with α = ½. Sample i draws the random stream of sample i of
 * {@link BestOfN}, and is the same as long as it lives.
 *
 * <p>As in the authors' code ({@code Zanette-Labs/SpeculativeRejection}, {@code perform_speculative_rejection}) samples that
 * have ended are ranked with those that go on, until they fall among the worst themselves, and (1 - α) of them all, rounded
 * to the nearest and to even, are kept: one that is worse than what is finished already is not worth its tokens. Two
 * deviations: a sample that has ended keeps its vote where the authors drop it, since its tokens are spent; and the last
 * sample is not given up before any has ended.
 */
final class SpeculativeRejection implements SearchAlgorithm {
    private final SearchContext search;
    private final double rejection;
    private final List<Ending> ended = new ArrayList<>();
    /** Those that have ended and were not among the worst when they were last ranked. */
    private final List<Ending> rankedEnded = new ArrayList<>();

    SpeculativeRejection(SearchContext search) {
        this.search = search;
        rejection = search.config().params().rejection();
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        List<CompletableFuture<Ending>> samples = new ArrayList<>();
        for (int i = 0; i < search.config().n(); i++) {
            samples.add(write(search.root(), i, i, 1));
        }
        search.root().retire();
        return reject(samples, 0, 1);
    }

    private CompletableFuture<Ending> write(SearchNode after, int child, int index, int steps) {
        return search.expansion().extendSteps(after, child, steps).thenApply(node -> new Ending(node, index));
    }

    /** @param written steps of those samples that have not ended */
    private CompletableFuture<List<Ending>> reject(List<CompletableFuture<Ending>> samples, int round, int written) {
        return SearchContext.all(samples).thenCompose(judged -> {
            List<Ending> kept = select(judged);
            if (kept.isEmpty()) {
                ended.sort(Comparator.comparingInt(Ending::index));
                return CompletableFuture.completedFuture(ended);
            }
            int next = Math.max(written + 1, checkpoint(round + 1));
            List<CompletableFuture<Ending>> going = new ArrayList<>();
            for (Ending sample : kept) {
                going.add(write(sample.node(), 0, sample.index(), next - written));
                sample.node().retire();
            }
            return reject(going, round + 1, next);
        });
    }

    /** Steps after which samples are compared for the time given by {@code round}, counted from 0. */
    private int checkpoint(int round) {
        return (int) Math.min(Integer.MAX_VALUE, Math.round(Math.pow(1 / (1 - rejection), round)));
    }

    /** Those that go on. */
    private List<Ending> select(List<Ending> judged) {
        List<Ending> pool = new ArrayList<>(rankedEnded);
        pool.addAll(judged);
        int count = (int) Math.rint((1 - rejection) * pool.size());
        boolean noneEnded = pool.stream().allMatch(sample -> search.mayGrow(sample.node()));
        List<Ending> kept = pool.stream()
                .sorted(Comparator.comparingDouble((Ending sample) -> search.value(sample.node()))
                        .reversed())
                .limit(noneEnded ? Math.max(1, count) : count)
                .toList();
        rankedEnded.clear();
        List<Ending> open = new ArrayList<>();
        for (Ending sample : judged) {
            if (!search.mayGrow(sample.node())) {
                search.end(sample.node());
                ended.add(sample);
            } else if (kept.contains(sample)) {
                search.keep(sample.node());
                open.add(sample);
            } else {
                search.prune(sample.node());
            }
        }
        kept.stream().filter(ended::contains).forEach(rankedEnded::add);
        return open;
    }
}

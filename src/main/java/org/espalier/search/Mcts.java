package org.espalier.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Monte Carlo tree search with PUCT (Rosin 2011; Silver et al. 2017, AlphaZero) over a language model's steps, whose value
 * is the PRM's score and no rollout's (as in AlphaMath, Chen et al. 2024, arXiv 2405.03553). It goes down from the root to
 * the child with the greatest
 *
 * <pre>
 * Q(a) + c · P(a) · √N(s) / (1 + N(a))      Q mean value of all steps sampled from a on, itself included; N their number
 * </pre>
 *
 * until it comes to a node without open children, samples M steps there, and adds their scores to all nodes above. P(a) is
 * the share of the samples of s that say a: siblings of the same text are one child. Because a language model has more next
 * steps than M, a node that has been gone through often gets M more, so that it has about √(M·N) (progressive widening,
 * Coulom 2007).
 *
 * <p>With r of N completions missing, as many descents are made at once as sample r steps together, so that the batch is as
 * full as beam search's. Those on their way count as visits without value (virtual loss), which keeps them apart. The root
 * is sampled N times at first. The search ends with N ended paths, or when a verifier has refuted N steps in a row: what it
 * refutes takes no place. Steps after {@code maxIterations} - 1 others are sampled
 * to the end.
 */
final class Mcts implements SearchAlgorithm {
    /** An open node, and what is known of it. */
    private static final class Place {
        private final SearchNode node;
        private final @Nullable Place parent;
        private final Map<String, Place> open = new LinkedHashMap<>();
        /** Of the parent's samples, those that say this. */
        private int copies;
        /** Steps that were sampled here, or are to be. */
        private int samples;
        /** Of them, those that have been asked for. */
        private int drawn;

        private int visits;
        private double value;
        private int virtualLoss;

        Place(SearchNode node, @Nullable Place parent) {
            this.node = node;
            this.parent = parent;
        }

        void visit(int count, double sum) {
            for (Place place = this; place != null; place = place.parent) {
                place.visits += count;
                place.value += sum;
            }
        }

        void virtualLoss(int count) {
            for (Place place = this; place != null; place = place.parent) {
                place.virtualLoss += count;
            }
        }

        int visited() {
            return visits + virtualLoss;
        }

        /** Steps sampled below. */
        int below() {
            return visits - copies;
        }
    }

    private record Draw(Place from, CompletableFuture<SearchNode> step) {}

    private final SearchContext search;
    private final SearchConfig config;
    private final Place root;
    private final List<Ending> ended = new ArrayList<>();
    private int refutedInARow;

    Mcts(SearchContext search) {
        this.search = search;
        config = search.config();
        root = new Place(search.root(), null);
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        if (ended.size() == config.n() || refutedInARow >= config.n()) {
            close(root);
            return CompletableFuture.completedFuture(ended);
        }
        List<Place> places = new ArrayList<>();
        while (places.size() < config.n() - ended.size()) {
            Place place = select();
            int count = Math.min(config.beamWidth(), config.n() - ended.size() - places.size());
            if (place != root && place.samples == 0) {
                search.keep(place.node);
            }
            place.samples += count;
            place.virtualLoss(count);
            places.addAll(Collections.nCopies(count, place));
        }
        List<Draw> draws = places.stream().map(this::draw).toList();
        return SearchContext.all(draws.stream().map(Draw::step).toList()).thenCompose(steps -> {
            for (int i = 0; i < steps.size(); i++) {
                add(draws.get(i).from(), steps.get(i));
            }
            return run();
        });
    }

    private Place select() {
        Place place = root;
        while (!place.open.isEmpty() && !isToWiden(place)) {
            Place from = place;
            place = ArgMax.firstOfGreatest(
                    List.copyOf(place.open.values()), Comparator.comparingDouble(child -> puct(from, child)));
        }
        return place;
    }

    private double puct(Place from, Place child) {
        double prior = (double) child.copies / from.samples;
        return child.value / child.visited()
                + config.params().exploration() * prior * Math.sqrt(from.visited()) / (1 + child.visited());
    }

    private boolean isToWiden(Place place) {
        double wider = place.samples + config.beamWidth();
        return wider * wider <= (double) config.beamWidth() * place.below();
    }

    private Draw draw(Place place) {
        boolean last = place.node.depth() == config.maxIterations() - 1;
        int child = place.drawn++;
        return new Draw(
                place,
                last
                        ? search.expansion().extendToEnd(place.node, child)
                        : search.expansion().extendStep(place.node, child, true));
    }

    private void add(Place from, SearchNode step) {
        double value = Math.max(0, search.value(step));
        from.virtualLoss(-1);
        refutedInARow = step.isRefuted() ? refutedInARow + 1 : 0;
        if (step.isRefuted()) {
            search.prune(step);
            from.visit(1, 0);
            return;
        }
        if (!search.mayGrow(step)) {
            search.end(step);
            ended.add(new Ending(step, ended.size()));
            from.visit(1, value);
            return;
        }
        Place child = from.open.computeIfAbsent(DuplicateSiblings.normalised(step), text -> new Place(step, from));
        if (child.node != step) {
            search.prune(step);
        }
        child.copies++;
        child.visit(1, value);
    }

    private void close(Place place) {
        place.node.retire();
        for (Place child : place.open.values()) {
            if (child.samples == 0) {
                search.prune(child.node);
            } else {
                close(child);
            }
        }
    }
}

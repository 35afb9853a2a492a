package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.espalier.search.ThompsonTree.Place;
import org.jspecify.annotations.Nullable;

/**
 * Adaptive branching MCTS with node aggregation (AB-MCTS-A; Inoue et al. 2025, arXiv 2503.04412, and the authors' TreeQuest). Its
 * nodes are whole answers. At each node Thompson sampling decides whether to make another answer from here ("wider"), or to go
 * on to one that is there ("deeper"): from the root an answer is a new sample, from a node it is a refinement, for which the
 * policy reads all answers on the way to it, with the score of the last, and writes again. {@link ThompsonTree} has the
 * decision, {@link ScorePosterior} the Gaussian or Beta posterior of the scores.
 *
 * <p>As TreeQuest's {@code ask_batch} does, M attempts (the beam width) are selected by the same posteriors and made together;
 * M = 1 is the paper's one at a time. Deviations:
 *
 * <ul>
 *   <li>An answer that is refuted, or is not finished, scores 0. One that is cut off, or leaves no room in the context for another
 *       turn, is refined no more: it is no arm of its parent's.
 *   <li>Scores that are no probabilities are put through the logistic function, because the priors are for 0 to 1.
 *   <li>All answers vote by {@link Selection}; TreeQuest returns the best one, which {@link Selection#NAIVE} is.
 *   <li>A larger policy, if there is one, is another arm: Thompson sampling decides which of the two an answer descends from. A
 *       refinement is made by the policy that wrote what it refines, which has read it already; TreeQuest's generators
 *       refine each other's. AB-MCTS-M, whose mixed model is sampled by MCMC, is not here.
 * </ul>
 *
 * <p>It ends after N attempts in all.
 */
final class AbMcts implements SearchAlgorithm {
    static final String REFUTED =
            "A check says that this solution is wrong. Look for the error, and write the whole solution"
                    + " again without it.";
    /** With the score. */
    static final String SCORED = "A judge gives this solution %.2f of 1.";

    /** A policy: what it grows, and what puts requests to it. */
    private record Arm(SearchContext search, Questions questions) {
        static Arm of(SearchContext search) {
            return new Arm(search, search.questions());
        }
    }

    /** An answer, or the root, and what the next one is begun from. */
    private static final class Attempt {
        private final Arm arm;
        private final SearchNode end;
        private @Nullable SearchNode from;
        private int made;

        /** @param from null where the policy has to be asked first */
        Attempt(Arm arm, SearchNode end, @Nullable SearchNode from) {
            this.arm = arm;
            this.end = end;
            this.from = from;
        }

        SearchNode from() {
            return Objects.requireNonNull(from);
        }

        void retire() {
            end.retire();
            if (from != null) {
                from.retire();
            }
        }
    }

    private final SearchContext search;
    private final SearchConfig config;
    private final ThompsonTree<Attempt> tree;
    private final List<Attempt> open = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();

    AbMcts(SearchContext search) {
        this.search = search;
        config = search.config();
        RandomDraws random = new RandomDraws(search.root().seed());
        open.add(origin(search));
        if (search.mayAskLarger()) {
            open.add(origin(search.withLarger(config.n())));
        }
        tree = new ThompsonTree<>(List.copyOf(open), config.params().posteriorOrUsual(), belief -> belief.draw(random));
    }

    private static Attempt origin(SearchContext of) {
        return new Attempt(Arm.of(of), of.root(), of.root());
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        int missing = config.n() - endings.size();
        if (missing == 0 || (!endings.isEmpty() && search.control().stopped())) {
            open.forEach(Attempt::retire);
            return CompletableFuture.completedFuture(endings);
        }
        List<Place<Attempt>> places = new ArrayList<>();
        while (places.size() < Math.min(config.beamWidth(), missing)) {
            Place<Attempt> place = tree.select();
            if (mayBegin(place.attempt())) {
                places.add(place);
            } else {
                tree.close(place);
            }
        }
        List<CompletableFuture<SearchNode>> made = places.stream()
                .map(Place::attempt)
                .map(attempt ->
                        attempt.arm.search().expansion().extendSteps(attempt.from(), attempt.made++, Integer.MAX_VALUE))
                .toList();
        return SearchContext.all(made).thenCompose(ends -> {
            for (int i = 0; i < ends.size(); i++) {
                add(places.get(i), ends.get(i));
            }
            return run();
        });
    }

    /** Asks the policy to refine an answer, unless it has been asked already. */
    private boolean mayBegin(Attempt attempt) {
        if (attempt.from == null) {
            Optional<SearchNode> asked = attempt.arm.questions().ask(attempt.end, 0, request(attempt.end));
            if (asked.isEmpty()) {
                return false;
            }
            attempt.from = asked.get();
            if (attempt.end.isRefuted()) {
                search.keep(attempt.end);
            }
        }
        return true;
    }

    private String request(SearchNode end) {
        if (end.isRefuted()) {
            return REFUTED;
        }
        double score = search.value(end);
        return search.isJudgedInWords() && Double.isFinite(score)
                ? String.format(Locale.ROOT, SCORED, score) + " " + Revise.REVISION
                : Revise.REVISION;
    }

    private void add(Place<Attempt> from, SearchNode end) {
        Attempt attempt = new Attempt(from.attempt().arm, end, null);
        Place<Attempt> place = tree.add(from, attempt, score(end));
        endings.add(new Ending(end, endings.size()));
        if (canBeRefined(end)) {
            search.conclude(end);
            open.add(attempt);
        } else {
            search.end(end);
            tree.close(place);
        }
    }

    private double score(SearchNode end) {
        double value = search.value(end);
        if (!search.paths().isFinished(end) || value == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        return search.scoresAreProbabilities() ? Math.min(Math.max(value, 0), 1) : 1 / (1 + Math.exp(-value));
    }

    /** Whether the policy's turn can be ended there. */
    private static boolean canBeRefined(SearchNode end) {
        return switch (Objects.requireNonNull(end.stopReason())) {
            case EOS -> true;
            case DELIMITER, LENGTH -> end.isRefuted() || end.isSettled();
            case REPETITION, UNSURE, CONTEXT, CANCELLED -> false;
        };
    }
}

package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;

/**
 * Asks for the completions of a divisible search window by window, and stops when more would not change the answer with
 * the probability {@link SearchConfig#stopAt()}: early-stopping self-consistency (Li et al. 2024, arXiv 2401.10480) with the
 * test of {@link VoteStability}. {@link Windows} hold half as many completions as there are already, unless a plan says
 * otherwise, so that a search that goes to the end waits only some times. Without early stopping there is one window.
 *
 * <p>What a verifier has proved right is enough, be it one completion.
 *
 * <p>A PRM that turns out not to tell completions apart, because it gives all the same score or none, is of no use: then
 * the rest are plain samples, and the majority decides.
 *
 * <p>A window is cut to what the token budget can pay for, going by the completions so far: a completion that is cut off
 * does not vote.
 */
final class EarlyStoppingWindows implements SearchAlgorithm {
    private final SearchContext search;
    private final Windows windows;
    private final int before;
    private final double stopAt;
    private final VoteStability stability = new VoteStability();
    private final List<Ending> endings;
    private Partitionable method;

    EarlyStoppingWindows(SearchContext search, Partitionable method) {
        this(search, method, List.of(), Windows.USUAL);
    }

    /**
     * @param before completions that are there already, and vote, each a unit of its own; their indices are not below n
     * @param windows how many it asks for at a time
     */
    EarlyStoppingWindows(SearchContext search, Partitionable method, List<Ending> before, Windows windows) {
        this.search = search;
        this.method = method;
        this.windows = windows;
        this.before = before.size();
        stopAt = Objects.requireNonNull(search.config().stopAt());
        endings = new ArrayList<>(before);
        before.forEach(ending -> stability.add(search.paths().ballots(List.of(ending))));
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        return next(0);
    }

    /** @param from the first index of the next window */
    private CompletableFuture<List<Ending>> next(int from) {
        int window = window(from);
        if (window == 0) {
            search.root().retire();
            return CompletableFuture.completedFuture(endings);
        }
        CompletableFuture<List<Ending>> part = method.part(from, window);
        boolean last = from + window == search.config().n();
        if (last && search.config().params().warmUp() == null) {
            search.root().retire();
        }
        return part.thenCompose(found -> {
            // Those of a part that wait for the first ones have begun by now.
            if (last) {
                search.root().retire();
            }
            endings.addAll(found);
            if (stopAt < 1) {
                take(found, from, from + window);
            }
            return next(from + window);
        });
    }

    /** Completions to ask for now; 0 if the search is at its end. */
    private int window(int from) {
        int missing = search.config().n() - from;
        if (missing == 0 || stopAt == 1) {
            return missing;
        }
        if (search.control().stopped()) {
            return 0;
        }
        List<Ballot> ballots = search.paths().ballots(endings);
        if (search.areProved(ballots)
                || stability.probability(search.election(ballots), missing / method.unit()) >= stopAt) {
            search.control().settle();
            return 0;
        }
        int wanted = Math.min(missing, windows.size(from, method.unit()));
        int affordable = affordable(from);
        if (affordable == 0) {
            search.control().bind(Limit.TOKENS);
        }
        return Math.min(wanted, affordable);
    }

    private int affordable(int from) {
        Meter meter = search.control().meter();
        long budget = meter.budget().tokens();
        if (budget == Budget.UNLIMITED.tokens() || before + from == 0) {
            return Integer.MAX_VALUE;
        }
        long spent = meter.get(Count.POLICY_TOKENS);
        double each = Math.max(1, (double) spent / (before + from));
        return (int) Math.min(Integer.MAX_VALUE, (budget - spent) / each) / method.unit() * method.unit();
    }

    /** Takes a window's votes into account. */
    private void take(List<Ending> found, int from, int end) {
        stability.addUnits(search.paths().ballots(found), from, end, method.unit());
        if (search.tree().isPrmBlind()) {
            method = new MajorityVote(search);
        }
    }
}

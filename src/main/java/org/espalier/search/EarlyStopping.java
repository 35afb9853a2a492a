package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Where a search that was recorded to its end could have stopped before: what {@link EarlyStoppingWindows} would have seen at the end of
 * each window. Stateless.
 */
@Internal
public final class EarlyStopping {
    /**
     * The end of a window.
     *
     * @param completions of the method that there were
     * @param stability the probability, 0..1, that those that were missing would not change the answer
     * @param answer null if there was none
     * @param agreement share of the winning vote, 0..1
     */
    public record Stage(
            int completions, double stability, @Nullable Answer answer, double agreement) {}

    private EarlyStopping() {}

    /**
     * Completions of n that a method writes at a time if it may stop early: the windows of auto hold a third of them at
     * most.
     */
    public static int atOnce(SearchMethod method, int n) {
        return method == SearchMethod.AUTO ? Math.max(Math.min(n, Windows.USUAL.least()), n / 3) : n;
    }

    /**
     * Replays a search.
     *
     * @param before completions that were there at the start, each independent of all others
     * @param ballots of the method, with indices below {@code config.n()}
     * @param method that was searched with: one that {@link SearchMethod#isPartitionable()}
     * @param config of the search
     * @param windows that it asks for
     * @return the start, if there were completions, and the ends of all windows
     */
    public static List<Stage> replay(
            List<Ballot> before, List<Ballot> ballots, SearchMethod method, SearchConfig config, Windows windows) {
        int unit = method == SearchMethod.DVTS ? config.beamWidth() : 1;
        Selection asked = config.selection() == null ? method.usualSelection() : config.selection();
        Selection selection = method.needsPrm() ? asked : Selection.MAJORITY;
        VoteStability stability = new VoteStability();
        List<Ballot> seen = new ArrayList<>(before);
        before.forEach(ballot -> stability.add(List.of(ballot)));
        List<Stage> stages = new ArrayList<>();
        int from = 0;
        while (true) {
            if (!seen.isEmpty()) {
                Election election = Election.hold(seen, selection, config);
                double probability = stability.probability(election, (config.n() - from) / unit);
                stages.add(new Stage(from, probability, election.answer(), election.agreement()));
            }
            if (from == config.n()) {
                return List.copyOf(stages);
            }
            int end = Math.min(config.n(), from + windows.size(from, unit));
            stability.addUnits(ballots, from, end, unit);
            seen.addAll(Ballot.inRange(ballots, from, end));
            from = end;
        }
    }
}

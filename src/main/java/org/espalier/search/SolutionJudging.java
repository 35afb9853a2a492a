package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Futures;
import org.espalier.model.Internal;
import org.espalier.model.Meter;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.espalier.model.StopReason;

/** Has a PRM read solutions that are there already, step by step. On the PRM's thread. */
@Internal
public final class SolutionJudging {
    private static final Prefix NOT_WRITTEN_BY_A_POLICY = () -> {};

    private final ProcessRewardModel prm;
    private final String delimiter;

    /** @param delimiter between steps */
    public SolutionJudging(ProcessRewardModel prm, String delimiter) {
        this.prm = prm;
        this.delimiter = delimiter;
    }

    /**
     * Scores the first steps of a solution.
     *
     * @param read how many steps, from the first
     * @return their scores; {@link Double#NaN} from where the solution is too long for the PRM
     */
    public CompletableFuture<List<Double>> judge(Problem problem, List<String> steps, int read, Meter meter) {
        return judgeFrom(prm.open(problem, meter), steps, read, new ArrayList<>());
    }

    /**
     * Scores all steps of a solution, and waits; not to be called on the PRM's thread.
     *
     * @param thread the PRM's
     * @throws RuntimeException what made the PRM fail
     */
    public List<Double> await(Problem problem, List<String> steps, Meter meter, Executor thread) {
        return Futures.join(CompletableFuture.completedFuture(steps)
                .thenComposeAsync(all -> judge(problem, all, all.size(), meter), thread));
    }

    private CompletableFuture<List<Double>> judgeFrom(
            Judgement before, List<String> steps, int read, List<Double> scores) {
        int index = scores.size();
        if (index == read) {
            before.close();
            return CompletableFuture.completedFuture(scores);
        }
        boolean last = index == steps.size() - 1;
        String text = steps.get(index) + (last ? "" : delimiter);
        StopReason reason = last ? StopReason.EOS : StopReason.DELIMITER;
        Step step = new Step(NOT_WRITTEN_BY_A_POLICY, text, 0, reason, 0, Double.NaN);
        return prm.score(before, step)
                .whenComplete((judged, thrown) -> before.close())
                .thenCompose(judged -> {
                    scores.add(judged.score());
                    return judgeFrom(judged, steps, read, scores);
                });
    }
}

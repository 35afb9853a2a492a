package org.espalier.eval;

import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.Series.Result;
import org.espalier.search.SearchMethod;

/**
 * A line of the table that a sweep ends with.
 *
 * @param n completions
 * @param runN of the run: larger than n if the row was read off the first n completions of that run. Its policy tokens
 *     are then those of these completions; its PRM tokens and seconds are the run's in the same proportion
 * @param seeds over how many it is the mean
 * @param accuracy 0 to 1, with its 95 % interval from low to high: Wilson's; of several seeds that of a bootstrap over
 *     problems, each with its mean over the seeds
 * @param policyTokensPerProblem sampled by the policy
 * @param prmTokensPerProblem that went through the PRM
 * @param secondsPerProblem wall time of the whole run over its problems, which share the machine
 * @param levels accuracy at each level of difficulty
 */
public record EvalRow(
        String dataset,
        @MethodName SearchMethod method,
        Criterion selection,
        int n,
        int runN,
        int seeds,
        double accuracy,
        double low,
        double high,
        int problems,
        double policyTokensPerProblem,
        double prmTokensPerProblem,
        double secondsPerProblem,
        Map<String, Double> levels) {

    static EvalRow of(Series series) {
        Series.Key key = series.key();
        double accuracy = series.accuracy();
        Interval interval = series.seeds() > 1
                ? Bootstrap.share(series.values())
                : Estimates.wilson(accuracy, series.results().size());
        Map<String, Double> levels = new LinkedHashMap<>();
        series.byLevel().forEach((level, part) -> levels.put(level, part.accuracy()));
        return new EvalRow(
                key.dataset(),
                key.method(),
                key.selection(),
                key.n(),
                key.runN(),
                series.seeds(),
                accuracy,
                interval.low(),
                interval.high(),
                series.results().size(),
                series.mean(Result::policyTokens),
                series.mean(Result::prmTokens),
                series.seconds(),
                levels);
    }

    /** Whether it is pass@n, and not what a selection achieves. */
    public boolean isPass() {
        return selection == Criterion.PASS;
    }
}

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
 * @param accuracy 0 to 1, with Wilson's 95 % interval from low to high
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
        Interval interval = Estimates.wilson(accuracy, series.results().size());
        Map<String, Double> levels = new LinkedHashMap<>();
        series.byLevel().forEach((level, part) -> levels.put(level, part.accuracy()));
        return new EvalRow(
                key.dataset(),
                key.method(),
                key.selection(),
                key.n(),
                key.runN(),
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

package org.espalier.eval;

import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * A line of a report.
 *
 * @param run the folders' name, of several with different seeds joined by "+"
 * @param n completions
 * @param seeds how many runs it is the mean of
 * @param accuracy 0 to 1, with the 95 % interval of a bootstrap over problems from low to high
 * @param tokensPerProblem sampled by the policy
 * @param prmTokensPerProblem that went through the PRM
 * @param secondsPerProblem wall time of the whole run over its problems, which share the machine
 * @param joulesPerProblem of the machine; null where no counter could be read
 * @param pricePerProblem at the price of an hour that was given; null if none was
 * @param level of difficulty; null for all problems together
 */
public record ReportRow(
        String run,
        String dataset,
        @MethodName SearchMethod method,
        Criterion selection,
        int n,
        int seeds,
        double accuracy,
        double low,
        double high,
        int problems,
        double tokensPerProblem,
        double prmTokensPerProblem,
        double secondsPerProblem,
        @Nullable Double joulesPerProblem,
        @Nullable Double pricePerProblem,
        @Nullable String level) {}

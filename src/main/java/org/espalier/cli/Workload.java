package org.espalier.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.LabelledSolution;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/**
 * What a session is made for.
 *
 * @param methods that will be used
 * @param n completions of one problem
 * @param maxTokens of one completion
 * @param problems that will be posed
 * @param inFlight how many of them at the same time, if the memory is enough for that
 */
record Workload(Set<SearchMethod> methods, int n, int maxTokens, List<Problem> problems, int inFlight) {
    /**
     * Completions that are written at the same time. Twice as many are no faster with a model of 135 million parameters, and
     * slower with the bundled ones, where attention over all their cells costs more than the weights.
     */
    private static final int BRANCHES = 64;

    /** Formulas have about two characters in a token, prose four. */
    private static final int LEAST_CHARACTERS_PER_TOKEN = 2;

    /** Tokens of a problem that is not known yet, with its instruction and its template. */
    private static final int EXPECTED_PROMPT = 1024;

    /** One search for one problem. */
    static Workload of(SearchMethod method, int n, int maxTokens, Problem problem) {
        return new Workload(Set.of(method), n, maxTokens, List.of(problem), 1);
    }

    /** One search for each of many problems, as many at a time as fill the batch. */
    static Workload of(SearchMethod method, SearchConfig config, List<DatasetItem> items) {
        boolean stops = !Double.valueOf(1).equals(config.stopAt());
        return of(method, stops ? method.atOnce(config.n()) : config.n(), config.maxTokens(), items);
    }

    /** The same with n completions at the same time for each problem, whatever the search calls them. */
    static Workload of(SearchMethod method, int n, int maxTokens, List<DatasetItem> items) {
        List<Problem> problems = items.stream().map(DatasetItem::toProblem).toList();
        int inFlight = Math.max(1, Math.min(items.size(), BRANCHES / n));
        return new Workload(Set.of(method), n, maxTokens, problems, inFlight);
    }

    /** Solutions that are there already are read by a PRM. */
    static Workload reading(List<LabelledSolution> solutions) {
        int longest = solutions.stream()
                .mapToInt(solution -> String.join("", solution.steps()).length() / LEAST_CHARACTERS_PER_TOKEN
                        + solution.steps().size())
                .max()
                .orElse(1);
        List<Problem> problems =
                solutions.stream().map(LabelledSolution::toProblem).toList();
        int inFlight = Math.max(1, Math.min(solutions.size(), BRANCHES));
        return new Workload(Set.of(SearchMethod.BEST_OF_N), 1, longest, problems, inFlight);
    }

    /**
     * Problems that are not known yet, for any method.
     *
     * @param branches completions of all of them that are written at the same time
     */
    static Workload serving(int branches, int maxTokens) {
        Set<SearchMethod> all = EnumSet.allOf(SearchMethod.class);
        return new Workload(all, 1, Math.addExact(maxTokens, EXPECTED_PROMPT), List.of(), branches);
    }

    Workload withInFlight(int atOnce) {
        return new Workload(methods, n, maxTokens, problems, atOnce);
    }

    /** Completions that are written at the same time. */
    int branches() {
        return Math.multiplyExact(n, inFlight);
    }

    boolean needsPrm() {
        return methods.stream().anyMatch(SearchMethod::needsPrm);
    }
}

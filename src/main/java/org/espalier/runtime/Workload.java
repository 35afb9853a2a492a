package org.espalier.runtime;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/**
 * What a runtime is made for.
 *
 * @param methods that will be used
 * @param n completions of one problem
 * @param maxTokens of one completion
 * @param problems that will be posed
 * @param inFlight how many of them at the same time, if the memory is enough for that
 */
public record Workload(Set<SearchMethod> methods, int n, int maxTokens, List<Problem> problems, int inFlight) {
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
    public static Workload of(SearchMethod method, int n, int maxTokens, Problem problem) {
        return new Workload(Set.of(method), n, maxTokens, List.of(problem), 1);
    }

    /** One search for each of many problems, as many at a time as fill the batch. */
    public static Workload of(SearchMethod method, SearchConfig config, List<Problem> problems) {
        boolean stops = !Double.valueOf(1).equals(config.stopAt());
        return of(method, stops ? method.atOnce(config.n()) : config.n(), config.maxTokens(), problems);
    }

    /** The same with n completions at the same time for each problem, whatever the search calls them. */
    public static Workload of(SearchMethod method, int n, int maxTokens, List<Problem> problems) {
        int inFlight = Math.max(1, Math.min(problems.size(), BRANCHES / n));
        return new Workload(Set.of(method), n, maxTokens, problems, inFlight);
    }

    /**
     * Solutions that are there already, to be read by a PRM.
     *
     * @param solutions steps of one for each problem
     */
    public static Workload reading(List<Problem> problems, List<List<String>> solutions) {
        int longest = solutions.stream()
                .mapToInt(steps -> String.join("", steps).length() / LEAST_CHARACTERS_PER_TOKEN + steps.size())
                .max()
                .orElse(1);
        int inFlight = Math.max(1, Math.min(problems.size(), BRANCHES));
        return new Workload(Set.of(SearchMethod.BEST_OF_N), 1, longest, problems, inFlight);
    }

    /**
     * Problems that are not known yet, for any method.
     *
     * @param branches completions of all of them that are written at the same time
     */
    public static Workload serving(int branches, int maxTokens) {
        Set<SearchMethod> all = EnumSet.allOf(SearchMethod.class);
        return new Workload(all, 1, Math.addExact(maxTokens, EXPECTED_PROMPT), List.of(), branches);
    }

    public Workload withInFlight(int atOnce) {
        return new Workload(methods, n, maxTokens, problems, atOnce);
    }

    /** Completions that are written at the same time. */
    public int branches() {
        return Math.multiplyExact(n, inFlight);
    }

    public boolean needsPrm() {
        return methods.stream().anyMatch(SearchMethod::needsPrm);
    }
}

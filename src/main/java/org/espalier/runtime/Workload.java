package org.espalier.runtime;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.espalier.model.Internal;
import org.espalier.model.Problem;
import org.espalier.search.EarlyStopping;
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
 * @param loadsPrm whether what judges steps is a model to be loaded, or the policy, and not the caller's own
 */
@Internal
public record Workload(
        Set<SearchMethod> methods, int n, int maxTokens, List<Problem> problems, int inFlight, boolean loadsPrm) {
    /**
     * Completions that are written at the same time. Twice as many are no faster with a model of 135 million parameters, and
     * slower with the bundled ones, where attention over all their cells costs more than the weights.
     */
    private static final int BRANCHES = 64;

    /** Formulas have about two characters in a token, prose four. */
    private static final int LEAST_CHARACTERS_PER_TOKEN = 2;

    /** Tokens of a problem that is not known yet, with its instruction and its template. */
    private static final int EXPECTED_PROMPT = 1024;

    /** Where the runtime's models judge, if anything is judged. */
    public Workload(Set<SearchMethod> methods, int n, int maxTokens, List<Problem> problems, int inFlight) {
        this(methods, n, maxTokens, problems, inFlight, true);
    }

    /** One search for one problem. */
    public static Workload of(SearchMethod method, int n, int maxTokens, Problem problem) {
        return new Workload(Set.of(method), n, maxTokens, List.of(problem), 1);
    }

    /** One search for each of many problems, as many at a time as fill the batch. */
    public static Workload of(SearchMethod method, SearchConfig config, List<Problem> problems) {
        boolean stops = !Double.valueOf(1).equals(config.stopAt());
        return of(method, stops ? EarlyStopping.atOnce(method, config.n()) : config.n(), config.maxTokens(), problems);
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
        return new Workload(all, 1, maxTokens, List.of(), branches);
    }

    /** One search for each of problems that are not known yet, so many at a time. */
    public static Workload open(SearchMethod method, SearchConfig config, int inFlight) {
        return new Workload(
                Set.of(method), EarlyStopping.atOnce(method, config.n()), config.maxTokens(), List.of(), inFlight);
    }

    public Workload withInFlight(int atOnce) {
        return new Workload(methods, n, maxTokens, problems, atOnce, loadsPrm);
    }

    /** The same where the caller brings what judges. */
    public Workload withoutPrm() {
        return new Workload(methods, n, maxTokens, problems, inFlight, false);
    }

    /** Tokens that a branch may take of its own: where problems are not known yet, their prompts too. */
    int branchTokens() {
        return problems.isEmpty() ? Math.addExact(maxTokens, EXPECTED_PROMPT) : maxTokens;
    }

    /** Completions that are written at the same time. */
    public int branches() {
        return Math.multiplyExact(n, inFlight);
    }

    /** Whether steps are judged, by a model or by the caller's own code. */
    boolean isJudged() {
        return methods.stream().anyMatch(SearchMethod::needsPrm);
    }

    /** Whether one of the models is to judge steps. */
    public boolean needsPrm() {
        return loadsPrm && isJudged();
    }
}

package org.espalier.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;

/** The search algorithms, by the names the command line gives them. */
public enum SearchMethod {
    /** One completion of the most likely tokens. */
    GREEDY("greedy", false, false),
    /** The most frequent answer of n samples; also called self-consistency. */
    MAJORITY("majority", false, false),
    /** short-m@k: as majority, but only the first m of the n samples that are finished vote; the others are left. */
    SHORT_M("short-m", false, false),
    /** n samples, judged step by step. */
    BEST_OF_N("best-of-n", true, false),
    /** The best partial solutions go on together. */
    BEAM("beam", true, true),
    /** Diverse verifier tree search: subtrees that do not compete. */
    DVTS("dvts", true, true),
    /** Reward balanced search: many children for a good step, none for a bad one. */
    REBASE("rebase", true, true),
    /** The same over directions: steps that say the same share their children. */
    DORA("dora", true, true),
    /** Best-of-n that gives up the worst samples while they are written. */
    SPECULATIVE_REJECTION("speculative-rejection", true, true),
    /** Particle filtering: partial solutions are drawn anew by their scores after each step. */
    PARTICLE("particle", true, true),
    /** Monte Carlo tree search by the PRM's scores. */
    MCTS("mcts", true, true),
    /** Solutions are criticised and written again. */
    REFINE("refine", true, true),
    /** Solutions are written again and again, and all of them vote. */
    REVISE("revise", true, true),
    /** As much of the others as the problem needs. */
    AUTO("auto", true, true);

    private final String cliName;
    private final boolean needsPrm;
    private final boolean treeSearch;

    SearchMethod(String cliName, boolean needsPrm, boolean treeSearch) {
        this.cliName = cliName;
        this.needsPrm = needsPrm;
        this.treeSearch = treeSearch;
    }

    /** @throws UsageException if no method has this name */
    public static SearchMethod parse(String cliName) {
        return Arrays.stream(values())
                .filter(method -> method.cliName.equals(cliName))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        List.of(Violation.of("method", "%s %s is unknown: choose %s", cliName, names()))));
    }

    /** The names of all methods, in one line. */
    public static String names() {
        return Arrays.stream(values()).map(SearchMethod::cliName).collect(Collectors.joining(", "));
    }

    public String cliName() {
        return cliName;
    }

    /** Whether it cannot work without a process reward model; the others leave it alone. */
    public boolean needsPrm() {
        return needsPrm;
    }

    /** How its completions choose the answer unless the caller says how: by their scores, where it has them judged. */
    public Selection usualSelection() {
        return needsPrm ? Selection.WEIGHTED : Selection.MAJORITY;
    }

    /** Completions that it searches for unless the caller says; auto, which stops by itself, for so many at most. */
    public int usualN() {
        return switch (this) {
            case GREEDY -> 1;
            case AUTO -> 64;
            default -> 16;
        };
    }

    /** Whether its completions depend on each other while they grow: they are not independent samples. */
    public boolean isTreeSearch() {
        return treeSearch;
    }

    /** Whether it consists of independent parts, after each of which it may stop. */
    public boolean isPartitionable() {
        return this == MAJORITY || this == BEST_OF_N || this == DVTS;
    }

    /**
     * Whether it ends with n completions unless a limit ends it. The others may have fewer: the paths of DVTS that are pruned
     * and the samples that speculative rejection drops are none, refine replaces its own, and auto decides by itself.
     */
    public boolean completesAll() {
        return this != DVTS && this != SPECULATIVE_REJECTION && this != REFINE && this != AUTO;
    }

    /** Whether each sample is what it would be without the others: the first k of n are what n = k gives. */
    public boolean hasIndependentSamples() {
        return !isTreeSearch() && this != SHORT_M;
    }
}

package org.espalier.search;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;

/** The search algorithms, by the names the command line gives them. */
public enum SearchMethod {
    /** One completion of the most likely tokens. */
    GREEDY(
            "greedy",
            false,
            false,
            "Greedy",
            "One solution, always with the likeliest token: what the model says by itself.",
            "For a first look, and to see what searching adds."),
    /** The most frequent answer of n samples; also called self-consistency. */
    MAJORITY(
            "majority",
            false,
            false,
            "Majority",
            "n solutions are written, and their answers vote; nothing is judged.",
            "For policies that are right more often than they make any one mistake."),
    /** short-m@k: as majority, but only the first m of the n samples that are finished vote; the others are left. */
    SHORT_M(
            "short-m",
            false,
            false,
            "Short-m",
            "As majority, but only the first few that are finished vote; the rest are left.",
            "For policies that think: their longest thoughts are more often wrong."),
    /** n samples, judged step by step. */
    BEST_OF_N(
            "best-of-n",
            true,
            false,
            "Best of N",
            "n solutions are written and every step is judged; the scores weigh the vote.",
            "For a good PRM and little time: nothing waits for anything."),
    /** The best partial solutions go on together. */
    BEAM(
            "beam",
            true,
            true,
            "Beam",
            "After every step the best paths stay, and each grows several new candidates.",
            "For problems of many steps and a small n."),
    /** Diverse verifier tree search: subtrees that do not compete. */
    DVTS(
            "dvts",
            true,
            true,
            "DVTS",
            "Several trees grow side by side; at every step each keeps its best candidate.",
            "For problems of many steps and a large n: the trees stay different."),
    /** Reward balanced search: many children for a good step, none for a bad one. */
    REBASE(
            "rebase",
            true,
            true,
            "REBASE",
            "After every step a path gets the more children, the better its score is.",
            "As beam, where one good path should not push out all others."),
    /** The same over directions: steps that say the same share their children. */
    DORA(
            "dora",
            true,
            true,
            "DORA",
            "As REBASE, but paths that go the same way share the children between them.",
            "For policies that like to say one thing in many wordings."),
    /** Best-of-n that gives up the worst samples while they are written. */
    SPECULATIVE_REJECTION(
            "speculative-rejection",
            true,
            true,
            "Speculative rejection",
            "As best of N, but the worst solutions are given up while they are written.",
            "For long solutions, most of which show early what they are worth."),
    /** Particle filtering: partial solutions are drawn anew by their scores after each step. */
    PARTICLE(
            "particle",
            true,
            true,
            "Particle filtering",
            "After every step the paths are drawn anew, as often as their scores deserve.",
            "For PRMs that are often wrong: a low score is seldom the end of a path."),
    /** Monte Carlo tree search by the PRM's scores. */
    MCTS(
            "mcts",
            true,
            true,
            "MCTS",
            "Steps are tried again and again, the promising and the little known first.",
            "For few hard problems and much time."),
    /** Solutions are criticised and written again. */
    REFINE(
            "refine",
            true,
            true,
            "Refine",
            "Each solution is criticised by the judge and written again, several times.",
            "For policies large enough to use criticism."),
    /** Solutions are written again and again, and all of them vote. */
    REVISE(
            "revise",
            true,
            true,
            "Revise",
            "Solutions are written again and again from the last one, and all of them vote.",
            "For policies that find their own mistakes."),
    /** Adaptive branching MCTS: new solutions, or refinements of those that are there, by Thompson sampling. */
    AB_MCTS(
            "ab-mcts",
            true,
            true,
            "AB-MCTS",
            "Solutions are written anew or refined, whichever has scored better so far.",
            "For policies that can use a verdict, and judges that can be trusted."),
    /** As much of the others as the problem needs. */
    AUTO(
            "auto",
            true,
            true,
            "Auto",
            "A greedy solution first, then more, until more would hardly change the answer.",
            "For everything, unless you know better: it spends what the problem needs.");

    private final String cliName;
    private final boolean needsPrm;
    private final boolean treeSearch;
    private final String title;
    private final String explanation;
    private final String purpose;

    SearchMethod(
            String cliName, boolean needsPrm, boolean treeSearch, String title, String explanation, String purpose) {
        this.cliName = cliName;
        this.needsPrm = needsPrm;
        this.treeSearch = treeSearch;
        this.title = title;
        this.explanation = explanation;
        this.purpose = purpose;
    }

    /** @throws UsageException if no method has this name */
    public static SearchMethod parse(String cliName) {
        return Arrays.stream(values())
                .filter(method -> method.cliName.equals(cliName))
                .findFirst()
                .orElseThrow(() -> new UsageException(List.of(Violation.of(
                        "method",
                        "%s %s is unknown: choose %s%s",
                        cliName,
                        names(),
                        Nearest.question(cliName, allNames())))));
    }

    /** The names of all methods, in one line. */
    public static String names() {
        return String.join(", ", allNames());
    }

    private static List<String> allNames() {
        return Arrays.stream(values()).map(SearchMethod::cliName).toList();
    }

    public String cliName() {
        return cliName;
    }

    /** Its name in a heading or a menu. */
    public String title() {
        return title;
    }

    /** What it does, in a sentence for people who have not read the paper. */
    public String explanation() {
        return explanation;
    }

    /** What to take it for, in a sentence. */
    public String purpose() {
        return purpose;
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

    /** Whether it has the policy write about its own replies, which are judged when they are whole. */
    public boolean asksAboutReplies() {
        return this == REFINE || this == REVISE || this == AB_MCTS;
    }

    /** Whether it has a use for a larger policy beside the first one. */
    public boolean asksLarger() {
        return this == AUTO || this == AB_MCTS;
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

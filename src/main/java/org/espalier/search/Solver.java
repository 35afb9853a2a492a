package org.espalier.search;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Internal;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ReplyForm;
import org.espalier.model.Rules;
import org.espalier.model.StopReason;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.search.SearchAlgorithm.Ending;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * Solves problems with a policy and a process reward model. May be called from any thread, and may solve several problems
 * at once: their steps share the policy's batches.
 */
@Internal
public final class Solver {
    private static final String ANY_QUESTION = "?";

    private final Policy policy;
    private final @Nullable Policy larger;
    private final @Nullable ProcessRewardModel prm;
    private final @Nullable ProcessRewardModel prmOfAuto;
    private final AnswerReader reader;
    private final @Nullable SearchStrategy strategy;
    private final Function<Problem, List<Warning>> cautions;

    /** @param prm null if only methods that need none are used */
    public Solver(Policy policy, @Nullable ProcessRewardModel prm, AnswerReader reader) {
        this(policy, null, prm, reader);
    }

    /**
     * A solver with a larger policy, to which {@link SearchMethod#AUTO} turns where the search with the first one leaves doubt.
     *
     * @param larger on the same thread; null if there is none
     * @param prm null if only methods that need none are used
     */
    public Solver(Policy policy, @Nullable Policy larger, @Nullable ProcessRewardModel prm, AnswerReader reader) {
        this(policy, larger, prm, prm, reader, null, problem -> List.of());
    }

    private Solver(
            Policy policy,
            @Nullable Policy larger,
            @Nullable ProcessRewardModel prm,
            @Nullable ProcessRewardModel prmOfAuto,
            AnswerReader reader,
            @Nullable SearchStrategy strategy,
            Function<Problem, List<Warning>> cautions) {
        this.policy = policy;
        this.larger = larger;
        this.prm = prm;
        this.prmOfAuto = prmOfAuto;
        this.reader = reader;
        this.strategy = strategy;
        this.cautions = cautions;
    }

    /** The policy's thread. */
    public Executor executor() {
        return policy.executor();
    }

    /** The same with an algorithm that takes the place of each method's own; null for the method's. */
    public Solver with(@Nullable SearchStrategy algorithm) {
        return new Solver(policy, larger, prm, prmOfAuto, reader, algorithm, cautions);
    }

    /** The same with another reader of answers. */
    public Solver reading(AnswerReader answers) {
        return new Solver(policy, larger, prm, prmOfAuto, answers, strategy, cautions);
    }

    /** The same with what there is to say of a problem before it is searched; may be called on any thread. */
    public Solver warning(Function<Problem, List<Warning>> of) {
        return new Solver(policy, larger, prm, prmOfAuto, reader, strategy, of);
    }

    /** The same where something else judges in {@link SearchMethod#AUTO} than in other methods; null for nothing. */
    public Solver judgingAutoBy(@Nullable ProcessRewardModel other) {
        return new Solver(policy, larger, prm, other, reader, strategy, cautions);
    }

    /** Like {@link #start(Problem, SearchMethod, SearchConfig, Meter, SearchListener)} without a listener. */
    public CompletableFuture<Solution> start(Problem problem, SearchMethod method, SearchConfig config, Meter meter) {
        return start(problem, method, config, meter, SearchListener.NONE);
    }

    /**
     * Starts a search. When the meter's budget is exceeded or {@link Meter#cancel()} is called, the search ends promptly
     * with what it has; that, and not cancelling the future, is how to stop it.
     *
     * @param meter of this run alone; a run that fails cancels it, so that whatever is in flight ends
     * @return completes on the policy's thread when the search has closed everything it opened; fails with the exception
     *     of the policy, the PRM or the listener that failed first
     * @throws UsageException if the method cannot work with the configuration, or without a PRM, or with the scores that
     *     this one gives
     */
    public CompletableFuture<Solution> start(
            Problem problem, SearchMethod method, SearchConfig config, Meter meter, SearchListener listener) {
        requireSolvable(problem, method, config);
        RunControl control = new RunControl(meter, listener);
        return CompletableFuture.completedFuture(problem)
                .thenComposeAsync(posed -> run(posed, method, config, control), policy.executor());
    }

    /**
     * Refuses what {@link #start(Problem, SearchMethod, SearchConfig, Meter, SearchListener)} would, without starting anything.
     *
     * @throws UsageException if the method cannot work with the configuration, or without a PRM, or with the scores that
     *     this one gives
     */
    public void requireSolvable(SearchMethod method, SearchConfig config) {
        Rules.check(SearchRules.violations(method, config, judgeOf(method)));
    }

    /**
     * Refuses what {@link #start(Problem, SearchMethod, SearchConfig, Meter, SearchListener)} would of a problem.
     *
     * @throws UsageException likewise, or if the method cannot work with the form that replies must have
     */
    public void requireSolvable(Problem problem, SearchMethod method, SearchConfig config) {
        requireSolvable(method, config);
        new Rules()
                .require(
                        problem.form() == null || !method.asksAboutReplies(),
                        "method",
                        "%s %s has the policy write about its own replies, which a form of the reply leaves no room for:"
                                + " use best-of-n or majority",
                        method.cliName())
                .check();
    }

    /**
     * Refuses what a search would fail of before its first token, without computing anything: a problem that is too long for
     * the policy or the PRM, a form or a way of drawing that this policy cannot follow.
     *
     * @return completes on the policy's thread, after the step in progress; fails with a {@link UsageException} if the models
     *     cannot search so, and with an {@link org.espalier.model.EspalierException} if the problem does not fit into a context
     * @throws UsageException as {@link #requireSolvable(Problem, SearchMethod, SearchConfig)}
     */
    public CompletableFuture<Void> rehearse(Problem problem, SearchMethod method, SearchConfig config) {
        requireSolvable(problem, method, config);
        return CompletableFuture.runAsync(() -> open(problem, method, config), policy.executor());
    }

    private void open(Problem problem, SearchMethod method, SearchConfig config) {
        Meter unread = new Meter(Budget.UNLIMITED);
        policy.requireDrawable(config.sampling());
        try (Prefix begin = policy.open(problem, unread)) {
            if (method.asksAboutReplies()) {
                policy.ask(begin, ANY_QUESTION).ifPresent(Prefix::close);
            }
        }
        ProcessRewardModel judge = method.needsPrm() ? judgeOf(method, config) : null;
        if (judge != null) {
            judge.open(problem, unread).close();
        }
    }

    private @Nullable ProcessRewardModel judgeOf(SearchMethod method) {
        return method == SearchMethod.AUTO ? prmOfAuto : prm;
    }

    /** The PRM as a search's semantics have it fed. */
    private @Nullable ProcessRewardModel judgeOf(SearchMethod method, SearchConfig config) {
        ProcessRewardModel judge = judgeOf(method);
        return judge != null && config.semantics().has(Quirk.PRM_INPUTS) ? judge.searchAndLearn() : judge;
    }

    /** Like {@link #solve(Problem, SearchMethod, SearchConfig, Meter, SearchListener)} without a listener. */
    public Solution solve(Problem problem, SearchMethod method, SearchConfig config, Meter meter) {
        return solve(problem, method, config, meter, SearchListener.NONE);
    }

    /**
     * Searches and waits for the end; not to be called on the policy's thread. An interrupt cancels the search, which then
     * returns what it has, and is still set afterwards.
     *
     * @throws UsageException if the method cannot work with the configuration, or without a PRM
     */
    public Solution solve(
            Problem problem, SearchMethod method, SearchConfig config, Meter meter, SearchListener listener) {
        return Futures.await(start(problem, method, config, meter, listener), meter::cancel);
    }

    private CompletableFuture<Solution> run(
            Problem problem, SearchMethod method, SearchConfig asked, RunControl control) {
        ProcessRewardModel judge = method.needsPrm() ? judgeOf(method, asked) : null;
        SearchTree tree = new SearchTree(Seeds.root(asked.seed(), problem.id()), judge != null && judge.refutes());
        SearchConfig resolved =
                asked.toBuilder().stopAt(asked.stopAtFor(method)).build();
        SearchContext.Models models = new SearchContext.Models(policy, larger, judge);
        ReplyForm form = problem.form();
        SearchContext search =
                new SearchContext(models, form == null ? reader : form.over(reader), resolved, control, tree);
        SearchConfig config = search.config();
        CompletableFuture<List<Ending>> endings;
        List<Warning> before = cautions.apply(problem);
        try {
            before.forEach(warning -> control.tell(SearchListener::warned, warning));
            search.open(problem);
            SearchAlgorithm algorithm = strategy == null
                    ? SearchAlgorithms.of(method, search)
                    : new StrategyRun(strategy, search, policy.executor());
            endings = algorithm.run();
        } catch (RuntimeException | Error thrown) {
            control.fail(thrown);
            endings = CompletableFuture.failedFuture(thrown);
        }
        return endings.thenApply(ends -> {
                    List<Ballot> ballots = search.paths().ballots(ends);
                    Election election = search.election(ballots);
                    Formed formed = Formed.of(form, ballots, election);
                    String blind = search.blindness();
                    Confidence voted = Confidence.of(
                            election, ballots, units(ballots, tree), isOutside(before), search.isBelieved());
                    Confidence confidence = search.areProved(ballots) ? voted.whenProved() : voted;
                    return new Solution(
                            problem,
                            method,
                            config,
                            formed.selected(),
                            formed.answer(),
                            formed.fields(),
                            ballots,
                            election.votes(),
                            election.agreement(),
                            search.isByConfidence(election.chosenBy()) ? ChosenBy.CONFIDENCE : election.chosenBy(),
                            confidence,
                            formed.warned(
                                    ResultWarnings.of(before, election, confidence, blind, tree.refuted()), method),
                            control.stoppedBy().or(() -> full(ends)).orElse(null),
                            control.settled(),
                            Usage.of(control.meter(), tree, ballots),
                            tree);
                })
                .handle((found, thrown) -> {
                    search.close();
                    if (thrown != null) {
                        throw new CompletionException(control.failureOr(thrown));
                    }
                    return found;
                });
    }

    private static boolean isOutside(List<Warning> warnings) {
        return warnings.stream().anyMatch(warning -> warning.code().equals(Warning.OUTSIDE_MODEL));
    }

    /** The first step of each ballot's path: what begins alike is not independent. */
    private static List<SearchNode> units(List<Ballot> ballots, SearchTree tree) {
        return ballots.stream()
                .map(ballot -> tree.nodes().get(ballot.node()))
                .map(node -> node.attempt().isEmpty() ? node : node.attempt().get(0))
                .toList();
    }

    /** A search of which nothing was finished because nothing more fits is not done. */
    private static Optional<Limit> full(List<Ending> endings) {
        boolean finished = endings.stream().anyMatch(ending -> ending.node().fate() == Fate.COMPLETED);
        boolean full = endings.stream().anyMatch(ending -> ending.node().stopReason() == StopReason.CONTEXT);
        return full && !finished ? Optional.of(Limit.CONTEXT) : Optional.empty();
    }
}

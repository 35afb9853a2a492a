package org.espalier.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Closer;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.search.SearchAlgorithm.Ending;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * What an algorithm grows its tree with: it asks the policy and the PRM, decides nothing, and lets go of what is not
 * needed any more. One for each run, on the policy's thread.
 */
final class SearchContext implements AutoCloseable {
    /** The text of the node that stands for the larger policy's prompt. */
    private static final String LARGER_BEGINS = "The larger policy begins from the start.";

    private final Models models;
    private final Policy policy;
    private final @Nullable PrmCache prm;
    private final AnswerReader reader;
    private final SearchConfig config;
    private final RunControl control;
    private final Judge judge;
    private final SearchTree tree;
    private final SearchNode root;
    private final PathTermination ends;
    /** The problem's judgement, where attempts begin anew. */
    private @Nullable Judgement problemJudgement;

    private @Nullable Problem problem;

    /**
     * What is asked.
     *
     * @param larger a policy that takes over where the search with the first one leaves doubt; null if there is none
     * @param prm null if nothing is to be judged
     */
    record Models(
            Policy policy,
            @Nullable Policy larger,
            @Nullable ProcessRewardModel prm) {}

    SearchContext(Models models, AnswerReader reader, SearchConfig config, RunControl control, SearchTree tree) {
        this(models, reader, config, control, tree, tree.root());
    }

    private SearchContext(
            Models models,
            AnswerReader reader,
            SearchConfig config,
            RunControl control,
            SearchTree tree,
            SearchNode root) {
        this.models = models;
        ProcessRewardModel prm = models.prm();
        policy = models.policy();
        this.root = root;
        this.prm = prm == null ? null : new PrmCache(prm);
        this.reader = reader;
        this.config = config.toBuilder()
                .aggregation(config.aggregation() == null ? usualFor(prm) : config.aggregation())
                .selection(config.selection() == null ? Selection.usual(prm) : config.selection())
                .build();
        this.control = control;
        this.tree = tree;
        judge = new Judge(this.prm, control);
        ends = new PathTermination(this.config, reader);
    }

    private static ScoreAggregation usualFor(@Nullable ProcessRewardModel prm) {
        return ScoreAggregation.usual(prm == null || !prm.givesProbabilities() ? Scope.PATH : prm.scope());
    }

    /** Gives the root its prompt. */
    void open(Problem problem) {
        this.problem = problem;
        pose(problem, "", -1);
    }

    private void pose(Problem problem, String text, long millis) {
        Step prompt = new Step(policy.open(problem, meter()), text, 0, StopReason.DELIMITER, 0, Double.NaN);
        root.written(prompt, config.maxTokens(), millis);
        if (prm != null) {
            root.judgedBy(prm.open(problem, meter()), -1);
        }
        root.settleJudgement();
    }

    /** Whether there is a larger policy, and nothing stops the run. */
    boolean mayAskLarger() {
        return models.larger() != null && !stopped();
    }

    /**
     * The same search with the larger policy, which begins anew in this tree.
     *
     * @param childIndex of the root, for the node that stands for the larger policy's prompt
     */
    SearchContext withLarger(int childIndex) {
        Models others = new Models(Objects.requireNonNull(models.larger()), null, models.prm());
        SearchNode posed = tree.addQuestion(root, childIndex);
        SearchContext larger = new SearchContext(others, reader, config, control, tree, posed);
        try {
            larger.pose(Objects.requireNonNull(problem), LARGER_BEGINS, control.millis());
        } catch (RuntimeException | Error thrown) {
            control.fail(thrown);
            throw thrown;
        }
        control.tell(SearchListener::proposed, posed);
        keep(posed);
        return larger;
    }

    /** Has attempts judged that begin anew after a question. To be called before the root is retired. */
    void expectQuestions() {
        Judgement judgement = root().judgement();
        if (prm != null && judgement != null) {
            problemJudgement = prm.retain(judgement);
        }
    }

    /** As it was asked for, with the aggregation and the selection that are usual for the PRM where none was named. */
    SearchConfig config() {
        return config;
    }

    /** What the paths of this search begin at. */
    SearchNode root() {
        return root;
    }

    Meter meter() {
        return control.meter();
    }

    /** Whether a limit, a cancel or a failure forbids to ask for more. Ask only if there is more to do. */
    boolean stopped() {
        return control.stopped();
    }

    /** See {@link RunControl#bind}. */
    void bind(Limit limit) {
        control.bind(limit);
    }

    /** Whether more would not change the answer. */
    boolean settled() {
        return control.settled();
    }

    /** See {@link RunControl#settle}. */
    void settle() {
        control.settle();
    }

    /** See {@link SearchTree#isPrmBlind}. */
    boolean isPrmBlind() {
        return tree.isPrmBlind();
    }

    boolean has(Quirk quirk) {
        return config.semantics().has(quirk);
    }

    /** Samples all of a reply at once, without judging it. It can be asked about. */
    CompletableFuture<SearchNode> completeUnjudged(SearchNode parent, int childIndex, SamplingParams sampling) {
        return completeUnjudged(parent, childIndex, sampling, null);
    }

    /** Samples the only completion, whose text is settled as it is written. */
    CompletableFuture<SearchNode> completeStreaming(SamplingParams sampling) {
        return completeUnjudged(root(), 0, sampling, text -> control.tell(SearchListener::settled, text));
    }

    private CompletableFuture<SearchNode> completeUnjudged(
            SearchNode parent, int childIndex, SamplingParams sampling, @Nullable Consumer<String> written) {
        return extend(parent, childIndex, sampling, config.maxTokens(), null, true, written)
                .thenApply(node -> {
                    node.settleJudgement();
                    return node;
                });
    }

    /** Samples so many tokens more of a completion, without judging them. */
    CompletableFuture<SearchNode> continueUnjudged(SearchNode parent, int childIndex, int tokens) {
        return extend(parent, childIndex, config.sampling(), tokens, null, true).thenApply(node -> {
            node.settleJudgement();
            return node;
        });
    }

    /**
     * Puts a question to the policy about what it has written on the path to this node. The text of a path begins anew after
     * it, for the PRM as well.
     *
     * @return the question's node; empty if there is no room for one
     */
    Optional<SearchNode> ask(SearchNode about, int childIndex, String question) {
        Optional<Prefix> asked;
        try {
            asked = policy.ask(about.step().prefix(), question);
        } catch (RuntimeException | Error thrown) {
            control.fail(thrown);
            throw thrown;
        }
        return asked.map(prefix -> {
            SearchNode node = tree.addQuestion(about, childIndex);
            node.written(
                    new Step(prefix, question, 0, StopReason.DELIMITER, 0, Double.NaN),
                    config.maxTokens(),
                    control.millis());
            if (prm != null && problemJudgement != null) {
                node.judgedBy(prm.retain(problemJudgement), -1);
            }
            node.settleJudgement();
            control.tell(SearchListener::proposed, node);
            keep(node);
            return node;
        });
    }

    /** Whether the policy can be asked about what it has written, and nothing stops the run. */
    boolean mayAsk(SearchNode node) {
        return node.stopReason() == StopReason.EOS && !control.stopped();
    }

    /**
     * Samples one step and has it judged, after {@link SearchConfig#lookahead()} greedy steps if the search has any.
     *
     * @param judgeLookahead whether the lookahead text counts; otherwise it is only written
     */
    CompletableFuture<SearchNode> extendStep(SearchNode parent, int childIndex, boolean judgeLookahead) {
        return extend(parent, childIndex, config.sampling(), stepTokens(), config.delimiter(), false)
                .thenCompose(node -> {
                    CompletableFuture<Void> judged = judge(node);
                    if (config.lookahead() == 0 || !mayGrow(node)) {
                        return judged.thenCompose(v -> judgeEnd(node));
                    }
                    CompletableFuture<SearchNode> ahead = lookAhead(node, config.lookahead(), judgeLookahead);
                    CompletableFuture<?> own = judgeLookahead ? judged : judged.thenCompose(v -> judgeEnd(node));
                    return both(own, ahead).thenApply(v -> {
                        if (judgeLookahead) {
                            node.rolloutEnd(ahead.join());
                        }
                        return node;
                    });
                })
                .thenApply(node -> {
                    if (!goesOn(node)) {
                        node.retire();
                    }
                    return node;
                });
    }

    /** Like {@link #extendSteps} until the path ends. Nothing can be asked of its end. */
    CompletableFuture<SearchNode> extendToEnd(SearchNode parent, int childIndex) {
        return extendToEnd(parent, childIndex, config.sampling());
    }

    /** The same with tokens that are drawn in another way. */
    CompletableFuture<SearchNode> extendToEnd(SearchNode parent, int childIndex, SamplingParams sampling) {
        return extendSteps(parent, childIndex, sampling, Integer.MAX_VALUE).thenApply(end -> {
            end.retire();
            return end;
        });
    }

    /**
     * Samples step by step until the path ends or so many steps are there, each as soon as the one before it is; the PRM
     * judges meanwhile.
     *
     * @return the last step, to be ended or asked for more
     */
    CompletableFuture<SearchNode> extendSteps(SearchNode parent, int childIndex, int steps) {
        return extendSteps(parent, childIndex, config.sampling(), steps);
    }

    private CompletableFuture<SearchNode> extendSteps(
            SearchNode parent, int childIndex, SamplingParams sampling, int steps) {
        return extend(parent, childIndex, sampling, Integer.MAX_VALUE, config.delimiter(), true)
                .thenCompose(node -> {
                    CompletableFuture<Void> judged = judge(node);
                    return ends.mayBeSettled(node)
                            ? judged.thenCompose(v -> writeOn(node, sampling, steps - 1, judged))
                            : writeOn(node, sampling, steps - 1, judged);
                });
    }

    private CompletableFuture<SearchNode> writeOn(
            SearchNode node, SamplingParams sampling, int steps, CompletableFuture<Void> judged) {
        if (steps == 0 || !mayGrow(node)) {
            return judged.thenCompose(v -> judgeEnd(node));
        }
        keep(node);
        CompletableFuture<SearchNode> rest = extendSteps(node, 0, sampling, steps);
        node.retire();
        return both(judged, rest).thenApply(v -> rest.join());
    }

    private CompletableFuture<SearchNode> lookAhead(SearchNode parent, int steps, boolean toJudge) {
        return extend(
                        parent,
                        SearchNode.LOOKAHEAD_CHILD,
                        SamplingParams.GREEDY,
                        stepTokens(),
                        config.delimiter(),
                        false)
                .thenCompose(node -> {
                    CompletableFuture<Void> judged = toJudge ? judge(node) : judge.pass(node);
                    CompletableFuture<SearchNode> end = steps > 1 && mayGrow(node)
                            ? lookAhead(node, steps - 1, toJudge)
                            : judged.thenCompose(v -> judgeEnd(node));
                    return both(judged, end).thenApply(v -> {
                        node.retire();
                        return end.join();
                    });
                });
    }

    /** See {@link PathTermination#goesOn}. */
    boolean goesOn(SearchNode node) {
        return ends.goesOn(node);
    }

    /** See {@link PathTermination#isFinished}. */
    boolean isFinished(SearchNode node) {
        return ends.isFinished(node);
    }

    /** See {@link PathTermination#statesAnswer}. */
    boolean statesAnswer(SearchNode node) {
        return ends.statesAnswer(node);
    }

    /** See {@link PathTermination#ballots}. */
    List<Ballot> ballots(List<Ending> endings) {
        return ends.ballots(endings);
    }

    /** The vote; where the PRM is blind, of the majority. */
    Election election(List<Ballot> ballots) {
        Selection selection = isPrmBlind() ? Selection.MAJORITY : Objects.requireNonNull(config.selection());
        return Election.hold(ballots, selection, config);
    }

    double aggregated(List<Double> stepScores) {
        return ends.aggregated(stepScores);
    }

    /** Whether the path can be extended from here and nothing stops the run. */
    boolean mayGrow(SearchNode node) {
        return goesOn(node) && !control.stopped();
    }

    /** Whether a completion that is sampled by {@link #continueUnjudged} has more to come; it may not have come to its text yet. */
    boolean mayGoOn(SearchNode node) {
        return node.stopReason() == StopReason.LENGTH && node.room() > 0 && !control.stopped();
    }

    /** The score that decides about a candidate; one without any is worse than all others. */
    double value(SearchNode node) {
        double value = aggregated(node.decidingScores());
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }

    void keep(SearchNode node) {
        decide(node, Fate.KEPT, SearchListener::kept);
    }

    void prune(SearchNode node) {
        decide(node, Fate.PRUNED, SearchListener::pruned);
        node.retire();
    }

    void complete(SearchNode node) {
        decide(node, Fate.COMPLETED, SearchListener::completed);
        node.retire();
    }

    void abandon(SearchNode node) {
        decide(node, Fate.ABANDONED, SearchListener::abandoned);
        node.retire();
    }

    /** Ends a path: as a completion if it is finished. */
    void end(SearchNode node) {
        if (isFinished(node)) {
            complete(node);
        } else {
            abandon(node);
        }
    }

    @Override
    public void close() {
        Closer closer = new Closer();
        if (problemJudgement != null) {
            closer.add(problemJudgement);
        }
        closer.add(tree::close);
        closer.close();
    }

    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(v -> futures.stream().map(CompletableFuture::join).toList());
    }

    /** Unlike {@code thenCombine}, waits for both even if one fails. */
    private static CompletableFuture<Void> both(CompletableFuture<?> first, CompletableFuture<?> second) {
        return CompletableFuture.allOf(first, second);
    }

    private int stepTokens() {
        return has(Quirk.TOKENS_PER_STEP) ? Integer.MAX_VALUE : config.stepTokens();
    }

    private CompletableFuture<SearchNode> extend(
            SearchNode parent,
            int childIndex,
            SamplingParams sampling,
            int stepTokens,
            @Nullable String delimiter,
            boolean chained) {
        return extend(parent, childIndex, sampling, stepTokens, delimiter, chained, null);
    }

    private CompletableFuture<SearchNode> extend(
            SearchNode parent,
            int childIndex,
            SamplingParams sampling,
            int stepTokens,
            @Nullable String delimiter,
            boolean chained,
            @Nullable Consumer<String> written) {
        SearchNode node = tree.add(parent, childIndex);
        boolean ownLimit = !chained && has(Quirk.TOKENS_PER_STEP);
        int maxTokens = Math.min(stepTokens, parent.room());
        StepRequest request = StepRequest.toEnd(sampling, node.seed(), maxTokens)
                .withDelimiter(delimiter, has(Quirk.BLANK_STEPS))
                .withCutLoops(config.params().cutLoops())
                .withOnText(written);
        return RunControl.ask(() -> policy.extend(parent.step().prefix(), request))
                .whenComplete((step, thrown) -> {
                    if (thrown != null) {
                        control.fail(thrown);
                    }
                })
                .thenApply(step -> {
                    node.written(step, ownLimit ? config.maxTokens() : parent.room() - step.tokens(), control.millis());
                    if (step.stopReason() == StopReason.CANCELLED) {
                        control.cutShort();
                    }
                    control.tell(SearchListener::proposed, node);
                    return node;
                });
    }

    private CompletableFuture<Void> judge(SearchNode node) {
        // The end of a solution is where it is scored as a whole, whether there is text in the last step or not.
        boolean empty = node.text().isBlank() && !goesOn(node) && !scoresBlankEnd(node);
        if (empty || node.stopReason() == StopReason.CANCELLED) {
            return judge.pass(node);
        }
        return judge.judge(node).thenRun(() -> {
            Double enough = config.params().stopAtScore();
            if (enough != null && ends.mayBeSettled(node) && aggregated(node.pathScores()) >= enough) {
                node.settle();
            }
        });
    }

    private boolean scoresBlankEnd(SearchNode node) {
        if (prm == null) {
            return false;
        }
        boolean readable = prm.readsEmptyEnds() || !node.pathText().endsWith(config.delimiter());
        return prm.scope() == Scope.SOLUTION || (has(Quirk.SCORE_EMPTY_STEPS) && readable);
    }

    /** {@link Quirk#SCORE_EMPTY_STEPS}: what a PRM reads behind a delimiter that ends its text. */
    private CompletableFuture<SearchNode> judgeEnd(SearchNode node) {
        boolean emptyStep = has(Quirk.SCORE_EMPTY_STEPS)
                && prm != null
                && prm.readsEmptyEnds()
                && node.text().endsWith(config.delimiter());
        return (emptyStep ? judge.judgeEmptyStepAfter(node) : CompletableFuture.<Void>completedFuture(null))
                .thenApply(v -> node);
    }

    private void decide(SearchNode node, Fate fate, BiConsumer<SearchListener, SearchNode> event) {
        node.decide(fate, control.millis());
        control.tell(event, node);
    }
}

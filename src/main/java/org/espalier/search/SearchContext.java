package org.espalier.search;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.AnswerReader;
import org.espalier.model.Closer;
import org.espalier.model.Policy;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * What an algorithm grows its tree with: the parts of one run, on the policy's thread. It decides nothing itself. An
 * algorithm asks for steps through {@link Expansion}, reads from {@link PathTermination} whether they go on, tells here
 * what becomes of them, and ends when {@link RunControl} says so.
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
    private final SearchTree tree;
    private final SearchNode root;
    private final PathTermination paths;
    private final Expansion expansion;
    private final Closer closer = new Closer();
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
        paths = new PathTermination(this.config, reader);
        expansion = new Expansion(policy, this.prm, this.config, control, tree, paths);
    }

    private static ScoreAggregation usualFor(@Nullable ProcessRewardModel prm) {
        return ScoreAggregation.usual(prm == null || !prm.givesProbabilities() ? Scope.PATH : prm.scope());
    }

    /** Gives the root its prompt. */
    void open(Problem problem) {
        pose(problem, "", -1);
    }

    private void pose(Problem problem, String text, long millis) {
        this.problem = problem;
        paths.under(problem);
        Step prompt = new Step(policy.open(problem, control.meter()), text, 0, StopReason.DELIMITER, 0, Double.NaN);
        root.written(prompt, config.maxTokens(), millis);
        if (prm != null) {
            root.judgedBy(prm.open(problem, control.meter()), -1);
        }
        root.resources().settleJudgement();
    }

    /** What puts questions to the policy about its own text. To be called before the root is retired. */
    Questions questions() {
        Questions questions = new Questions(policy, prm, this);
        closer.add(questions);
        return questions;
    }

    /** Whether there is a larger policy, and nothing stops the run. */
    boolean mayAskLarger() {
        return models.larger() != null && !control.stopped();
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
        closer.add(larger.closer);
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

    /** As it was asked for, with the aggregation and the selection that are usual for the PRM where none was named. */
    SearchConfig config() {
        return config;
    }

    /** Whether scores, if there are any, say how likely it is that what they are of is right. */
    boolean isBelieved() {
        return prm == null || prm.isBelief();
    }

    /** Whether a verifier knows that completions of these are right: it has not refuted them, and would have. */
    boolean areProved(List<Ballot> ballots) {
        return prm != null && prm.provesAnswers() && ballots.stream().anyMatch(Ballot::counts);
    }

    /** Whether the score that decided is how sure the policy was. */
    boolean isByConfidence(@Nullable ChosenBy by) {
        return by == ChosenBy.SCORE && prm != null && prm.readsConfidence();
    }

    /** Whether scores are probabilities; there are scores. */
    boolean scoresAreProbabilities() {
        return prm == null || prm.givesProbabilities();
    }

    /** Whether what scores the steps is a judge of them, whose scores say something to the policy. */
    boolean isJudgedInWords() {
        return prm != null && prm.givesProbabilities() && !prm.readsConfidence();
    }

    /** Why the PRM is of no use, as a clause; null if it tells steps apart, or there is none. */
    @Nullable
    String blindness() {
        if (prm == null || !tree.isPrmBlind()) {
            return null;
        }
        return tree.nodes().stream().allMatch(node -> Double.isNaN(node.score()))
                ? prm.silence()
                : "the PRM gave every step the same score";
    }

    /** What the paths of this search begin at. */
    SearchNode root() {
        return root;
    }

    /** Whether the run may go on. */
    RunControl control() {
        return control;
    }

    /** When paths end. */
    PathTermination paths() {
        return paths;
    }

    /** What the policy and the PRM are asked through. */
    Expansion expansion() {
        return expansion;
    }

    SearchTree tree() {
        return tree;
    }

    boolean has(Quirk quirk) {
        return config.semantics().has(quirk);
    }

    /** The vote; where the PRM is blind, of the majority. */
    Election election(List<Ballot> ballots) {
        Selection selection = tree.isPrmBlind() ? Selection.MAJORITY : Objects.requireNonNull(config.selection());
        return Election.hold(ballots, selection, config);
    }

    /** Whether the path can be extended from here and nothing stops the run. */
    boolean mayGrow(SearchNode node) {
        return paths.goesOn(node) && !control.stopped();
    }

    /** The score that decides about a candidate; one without any is worse than all others. */
    double value(SearchNode node) {
        double value = paths.aggregated(node.decidingScores());
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }

    void keep(SearchNode node) {
        control.decide(node, Fate.KEPT);
    }

    void prune(SearchNode node) {
        control.decide(node, Fate.PRUNED);
        node.retire();
    }

    void complete(SearchNode node) {
        control.decide(node, Fate.COMPLETED);
        node.retire();
    }

    void abandon(SearchNode node) {
        control.decide(node, Fate.ABANDONED);
        node.retire();
    }

    /** Ends a path: as a completion if it is finished, and as one that was cut if it is refuted. */
    void end(SearchNode node) {
        conclude(node);
        node.retire();
    }

    /** The same of a path that may still be asked about. */
    void conclude(SearchNode node) {
        control.decide(node, node.isRefuted() ? Fate.PRUNED : paths.isFinished(node) ? Fate.COMPLETED : Fate.ABANDONED);
    }

    @Override
    public void close() {
        closer.add(tree::close);
        closer.close();
    }

    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(v -> futures.stream().map(CompletableFuture::join).toList());
    }
}

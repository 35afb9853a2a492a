package org.espalier.search;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Policy;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.model.TokenConfidence;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Semantics.Quirk;
import org.jspecify.annotations.Nullable;

/**
 * Extends paths: asks the policy for their next steps and the PRM to judge these. Every future completes on the policy's
 * thread, with the new node; a failure ends the run.
 *
 * <pre>
 *  completeUnjudged   a whole reply at once          extendStep    one step, with its lookahead
 *  completeStreaming  the same, told as it is written  extendSteps  several steps, judged meanwhile
 *  continueUnjudged   so many more tokens            extendToEnd   all steps to the path's end
 * </pre>
 */
final class Expansion {
    /** Answers at once that may be nested on the stack. */
    private static final int MOST_NESTED = 100;

    private final Policy policy;
    private final @Nullable PrmCache prm;
    private final SearchConfig config;
    private final RunControl control;
    private final SearchTree tree;
    private final PathTermination paths;
    private final Judge judge;
    /** Whether how sure the policy is of its tokens is kept. */
    private final boolean keepsConfidence;

    private @Nullable Double floor;
    private int nested;

    /**
     * @param prm null if nothing is to be judged
     * @param config with the aggregation that it has in the end
     */
    Expansion(
            Policy policy,
            @Nullable PrmCache prm,
            SearchConfig config,
            RunControl control,
            SearchTree tree,
            PathTermination paths) {
        this.policy = policy;
        this.prm = prm;
        this.config = config;
        this.control = control;
        this.tree = tree;
        this.paths = paths;
        judge = new Judge(prm, control);
        keepsConfidence = config.params().warmUp() != null || (prm != null && prm.readsConfidence());
    }

    /**
     * From now on paths that begin at the root end where the policy is less sure of a group of tokens.
     *
     * @param lowestLogProb a value of {@link TokenConfidence.Measure#LOWEST_LOGPROB}; null for nowhere
     */
    void endBelow(@Nullable Double lowestLogProb) {
        floor = lowestLogProb;
    }

    /** Samples all of a reply at once, without judging it. It can be asked about. */
    CompletableFuture<SearchNode> completeUnjudged(SearchNode parent, int childIndex, SamplingParams sampling) {
        return completeUnjudged(parent, childIndex, sampling, false);
    }

    /** Samples the only completion, whose text is settled as it is written. */
    CompletableFuture<SearchNode> completeStreaming(SearchNode root, SamplingParams sampling) {
        return completeUnjudged(root, 0, sampling, true);
    }

    private CompletableFuture<SearchNode> completeUnjudged(
            SearchNode parent, int childIndex, SamplingParams sampling, boolean only) {
        return extend(parent, childIndex, sampling, config.maxTokens(), null, true, only)
                .thenApply(node -> {
                    node.resources().settleJudgement();
                    return node;
                });
    }

    /** Samples so many tokens more of a completion, without judging them. */
    CompletableFuture<SearchNode> continueUnjudged(SearchNode parent, int childIndex, int tokens) {
        return extend(parent, childIndex, config.sampling(), tokens, null, true).thenApply(node -> {
            node.resources().settleJudgement();
            return node;
        });
    }

    /**
     * Samples one step and has it judged, after {@link SearchConfig#lookahead()} greedy steps if the search has any. Nothing can
     * be asked of it if the path ends there.
     *
     * @param judgeLookahead whether the lookahead text counts; otherwise it is only written
     */
    CompletableFuture<SearchNode> extendStep(SearchNode parent, int childIndex, boolean judgeLookahead) {
        return extendStepOpen(parent, childIndex, judgeLookahead).thenApply(node -> {
            if (!paths.goesOn(node)) {
                node.retire();
            }
            return node;
        });
    }

    /** The same, to be ended or asked for more. */
    CompletableFuture<SearchNode> extendStepOpen(SearchNode parent, int childIndex, boolean judgeLookahead) {
        return extend(parent, childIndex, config.sampling(), stepTokens(), config.delimiter(), false)
                .thenCompose(node -> {
                    CompletableFuture<Void> judged = judge(node);
                    if (config.lookahead() == 0 || !mayGrow(node)) {
                        return judged.thenCompose(v -> judgeEnd(node));
                    }
                    return mayBeRefuted()
                            ? judged.thenCompose(v -> lookAhead(node, judged, judgeLookahead))
                            : lookAhead(node, judged, judgeLookahead);
                });
    }

    private CompletableFuture<SearchNode> lookAhead(
            SearchNode node, CompletableFuture<Void> judged, boolean judgeLookahead) {
        if (!mayGrow(node)) {
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
    }

    /** Whether what follows a step is to wait for its judgement: it may have been written in vain. */
    private boolean mayBeRefuted() {
        return prm != null && prm.refutes();
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
                    return mayBeRefuted() || paths.mayBeSettled(node)
                            ? judged.thenCompose(v -> goOn(node, sampling, steps - 1, judged))
                            : goOn(node, sampling, steps - 1, judged);
                });
    }

    private CompletableFuture<SearchNode> goOn(
            SearchNode node, SamplingParams sampling, int steps, CompletableFuture<Void> judged) {
        if (steps == 0 || !mayGrow(node)) {
            return judged.thenCompose(v -> judgeEnd(node));
        }
        control.decide(node, Fate.KEPT);
        CompletableFuture<SearchNode> rest = extendSteps(node, 0, sampling, steps);
        node.retire();
        return both(judged, rest).thenApply(v -> rest.join());
    }

    private CompletableFuture<SearchNode> lookAhead(SearchNode parent, int steps, boolean toJudge) {
        return extend(
                        parent,
                        SearchNode.LOOKAHEAD_CHILD,
                        config.sampling().greedy(),
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

    /** Whether a completion that is sampled by {@link #continueUnjudged} has more to come; it may not have come to its text yet. */
    boolean mayContinue(SearchNode node) {
        return node.stopReason() == StopReason.LENGTH && node.room() > 0 && !control.stopped();
    }

    private boolean mayGrow(SearchNode node) {
        return paths.goesOn(node) && !control.stopped();
    }

    private boolean has(Quirk quirk) {
        return config.semantics().has(quirk);
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
        return extend(parent, childIndex, sampling, stepTokens, delimiter, chained, false);
    }

    /** @param only whether it is the only completion, whose text is settled as it is written */
    private CompletableFuture<SearchNode> extend(
            SearchNode parent,
            int childIndex,
            SamplingParams sampling,
            int stepTokens,
            @Nullable String delimiter,
            boolean chained,
            boolean only) {
        SearchNode node = tree.add(parent, childIndex);
        boolean ownLimit = !chained && has(Quirk.TOKENS_PER_STEP);
        int maxTokens = Math.min(stepTokens, parent.room());
        boolean ahead = childIndex == SearchNode.LOOKAHEAD_CHILD;
        DrawnTokens drawn = ahead ? null : control.drawnTokens();
        node.drawn(drawn);
        TokenConfidence confidence = keepsConfidence ? confidenceAfter(parent) : null;
        StopTexts stops = paths.stopsAfter(parent);
        node.stops(stops);
        StepRequest request = StepRequest.toEnd(sampling, node.seed(), maxTokens)
                .withDelimiter(delimiter, has(Quirk.BLANK_STEPS))
                .withCutLoops(config.params().cutLoops())
                .withConfidence(confidence)
                .withOnText(ahead ? null : only ? control.readerOfOnly(drawn) : control.readerOf(node))
                .withDrawn(drawn)
                .withStops(stops);
        return unnested(RunControl.ask(() -> policy.extend(parent.step().prefix(), request)))
                .whenComplete((step, thrown) -> {
                    if (thrown != null) {
                        control.fail(thrown);
                    }
                })
                .thenApply(step -> {
                    node.written(
                            step.with(confidence),
                            ownLimit ? config.maxTokens() : parent.room() - step.tokens(),
                            control.millis());
                    if (step.stopReason() == StopReason.CANCELLED) {
                        control.cutShort();
                    }
                    control.tell(SearchListener::proposed, node);
                    return node;
                });
    }

    private TokenConfidence confidenceAfter(SearchNode parent) {
        TokenConfidence before = parent.confidence();
        if (before != null) {
            return before.branch();
        }
        TokenConfidence begin = new TokenConfidence(config.params().groupTokensOrUsual());
        return floor == null ? begin : begin.above(floor);
    }

    /** A policy that answers at once would have the next step asked for from within the last, ever deeper. */
    private CompletableFuture<Step> unnested(CompletableFuture<Step> answer) {
        if (!answer.isDone() || ++nested % MOST_NESTED != 0) {
            return answer;
        }
        return answer.thenApplyAsync(step -> step, policy.executor());
    }

    private CompletableFuture<Void> judge(SearchNode node) {
        // The end of a solution is where it is scored as a whole, whether there is text in the last step or not.
        boolean empty = node.text().isBlank() && !paths.goesOn(node) && !scoresBlankEnd(node);
        if (empty || node.stopReason() == StopReason.CANCELLED) {
            return judge.pass(node);
        }
        return judge.judge(node).thenRun(() -> {
            Double enough = config.params().stopAtScore();
            if (enough != null
                    && !node.isRefuted()
                    && paths.mayBeSettled(node)
                    && paths.aggregated(node.pathScores()) >= enough) {
                node.settle();
            }
        });
    }

    private boolean scoresBlankEnd(SearchNode node) {
        if (prm == null) {
            return false;
        }
        boolean readable = prm.readsEmptyEnds() || !node.pathText().endsWith(config.delimiter());
        return prm.refutes() || prm.scope() == Scope.SOLUTION || (has(Quirk.SCORE_EMPTY_STEPS) && readable);
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
}

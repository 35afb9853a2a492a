package org.espalier.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.espalier.model.DrawnToken;
import org.espalier.model.DrawnTokens;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.model.TokenConfidence;
import org.jspecify.annotations.Nullable;

/**
 * One step in the tree of a search: what was written, how it was judged and what became of it. What its place holds of the
 * policy and the PRM meanwhile is in its {@link NodeResources}.
 */
public final class SearchNode {
    /** The child index of a lookahead step: it is nobody's candidate. */
    public static final int LOOKAHEAD_CHILD = -1;

    /** What became of a node. */
    public enum Fate {
        /** Not decided. */
        PROPOSED,
        /** The path went on from here. */
        KEPT,
        /** Cut off by the search. */
        PRUNED,
        /** The end of a completion that votes. */
        COMPLETED,
        /** The end of a path that a limit kept from being finished. */
        ABANDONED,
        /** Written only to judge a candidate by what would follow. */
        LOOKAHEAD
    }

    private final int id;
    private final @Nullable SearchNode parent;
    private final int childIndex;
    private final int depth;
    private final long seed;

    private @Nullable Step step;
    private @Nullable DrawnTokens drawn;
    private @Nullable StopTexts stops;
    private @Nullable SearchNode rolloutEnd;
    private int pathTokens;
    private int room;
    private double score = Double.NaN;
    private double trailingScore = Double.NaN;
    private Fate fate = Fate.PROPOSED;
    private long proposedMillis = -1;
    private long scoredMillis = -1;
    private long decidedMillis = -1;

    private final NodeResources resources;
    private boolean question;
    private boolean settled;
    private boolean refuted;

    SearchNode(int id, @Nullable SearchNode parent, int childIndex, long seed) {
        this.id = id;
        this.parent = parent;
        this.childIndex = childIndex;
        this.seed = seed;
        if (childIndex == LOOKAHEAD_CHILD) {
            fate = Fate.LOOKAHEAD;
        }
        depth = parent == null ? 0 : parent.depth + 1;
        resources = new NodeResources(parent == null ? null : parent.resources);
    }

    /**
     * Its place in the order in which the search asked for nodes; the root is 0. Where paths grow independently, as in DVTS,
     * timing decides about that order, and about nothing else.
     */
    public int id() {
        return id;
    }

    /** Null for the root, which stands for the prompt. */
    public @Nullable SearchNode parent() {
        return parent;
    }

    /** Its place among its siblings, from 0; {@link #LOOKAHEAD_CHILD} for a lookahead step. */
    public int childIndex() {
        return childIndex;
    }

    /** Steps on the path to this one, itself included. */
    public int depth() {
        return depth;
    }

    /** Of the random stream that its tokens were drawn from. */
    public long seed() {
        return seed;
    }

    /** Of this step alone; empty until the policy has written it. */
    public String text() {
        return step == null ? "" : step.text();
    }

    /**
     * The tokens of {@link #pathText}, where {@link SearchListener#likeliestTokens} had them kept; empty otherwise.
     */
    public List<DrawnToken> drawnTokens() {
        List<DrawnToken> tokens = new ArrayList<>();
        for (SearchNode node : attempt()) {
            if (node.drawn != null) {
                tokens.addAll(node.drawn.all());
            }
        }
        return List.copyOf(tokens);
    }

    /** Of all steps from the root, or the last question, to this one. */
    public String pathText() {
        StringBuilder text = new StringBuilder();
        attempt().forEach(node -> text.append(node.text()));
        if (stops != null) {
            text.setLength(Math.max(0, text.length() - stops.before()));
        }
        return text.toString();
    }

    /** The text that ended the path, which is not part of it; null if none did. */
    public @Nullable String stopText() {
        return stops == null ? null : stops.found();
    }

    /** Sampled for this step. */
    public int tokens() {
        return step == null ? 0 : step.tokens();
    }

    /** Sampled from the root, or the last question, to here. */
    public int pathTokens() {
        return pathTokens;
    }

    /** Sum of its tokens' log-probabilities, in nats. */
    public double logProb() {
        return step == null ? 0 : step.logProb();
    }

    /** Mean entropy of the distributions its tokens were drawn from, in nats. */
    public double meanEntropy() {
        return step == null ? Double.NaN : step.meanEntropy();
    }

    /** How sure the policy was of the path's tokens; null where the search does not have it kept. */
    @Nullable
    TokenConfidence confidence() {
        return step == null ? null : step.confidence();
    }

    /** Why the policy stopped writing; null until it has, and for the root. */
    public @Nullable StopReason stopReason() {
        return step == null || parent == null ? null : step.stopReason();
    }

    /** The PRM's score of this step; {@link Double#NaN} if it has none. */
    public double score() {
        return score;
    }

    /** The PRM's scores of the steps from the root, or the last question, to this one; steps without a score are left out. */
    public List<Double> pathScores() {
        List<Double> scores = new ArrayList<>();
        for (SearchNode node : attempt()) {
            if (!Double.isNaN(node.score)) {
                scores.add(node.score);
            }
        }
        return scores;
    }

    /** Whether a verifier has proved that nothing right can follow: the path ends here, and does not vote. */
    public boolean isRefuted() {
        return refuted;
    }

    public Fate fate() {
        return fate;
    }

    /** When the policy had written it, in milliseconds since the run began; -1 if it never did. */
    public long proposedMillis() {
        return proposedMillis;
    }

    /** When the PRM had judged it, in milliseconds since the run began; -1 if it never did. */
    public long scoredMillis() {
        return scoredMillis;
    }

    /** When its fate was decided, in milliseconds since the run began; -1 if it never was. */
    public long decidedMillis() {
        return decidedMillis;
    }

    /** From below the root to this node. */
    public List<SearchNode> path() {
        Deque<SearchNode> path = new ArrayDeque<>();
        for (SearchNode node = this; node.parent != null; node = node.parent) {
            path.addFirst(node);
        }
        return List.copyOf(path);
    }

    /** The end of the path that is one text: what follows the last question on it. */
    List<SearchNode> attempt() {
        Deque<SearchNode> attempt = new ArrayDeque<>();
        for (SearchNode node = this; node.parent != null && !node.question; node = node.parent) {
            attempt.addFirst(node);
        }
        return List.copyOf(attempt);
    }

    @Override
    public String toString() {
        return "node " + id + " " + fate + " '" + text().strip() + "'";
    }

    /** What decides about the node: the path's scores, and those of what was judged behind it. */
    List<Double> decidingScores() {
        SearchNode end = rolloutEnd == null ? this : rolloutEnd;
        List<Double> scores = end.pathScores();
        if (!Double.isNaN(end.trailingScore)) {
            scores.add(end.trailingScore);
        }
        return scores;
    }

    /** Whether its path is a finished completion, though the policy would go on. */
    boolean isSettled() {
        return settled;
    }

    void settle() {
        settled = true;
    }

    void putAsQuestion() {
        question = true;
    }

    /** @param room tokens that may be sampled after this step */
    void written(Step step, int room, long millis) {
        this.step = step.with(NodeResources.CLOSED);
        this.room = room;
        pathTokens = question || parent == null ? step.tokens() : step.tokens() + parent.pathTokens;
        proposedMillis = millis;
        resources.hold(step.prefix());
    }

    /** The step, with the prefix behind it if that is still open. */
    Step step() {
        return Objects.requireNonNull(step, "the policy has not written this step yet")
                .with(resources.prefix());
    }

    /** @param tokens what receives them as they are drawn; null if nothing does */
    void drawn(@Nullable DrawnTokens tokens) {
        drawn = tokens;
    }

    /** @param texts that are looked for while it is written; null if there are none */
    void stops(@Nullable StopTexts texts) {
        stops = texts;
    }

    int room() {
        return room;
    }

    void judgedBy(Judgement judgement, long millis) {
        score = judgement.score();
        refuted = judgement.isRefuted();
        scoredMillis = millis;
        resources.hold(judgement);
    }

    void trailingScore(double score) {
        trailingScore = score;
    }

    void rolloutEnd(SearchNode end) {
        rolloutEnd = end;
    }

    void decide(Fate fate, long millis) {
        this.fate = fate;
        decidedMillis = millis;
    }

    /** What its place holds of the policy and the PRM. */
    NodeResources resources() {
        return resources;
    }

    /** No more children will be asked for. */
    void retire() {
        resources.retire();
    }
}

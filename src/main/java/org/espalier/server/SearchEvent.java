package org.espalier.server;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.espalier.code.TestRun;
import org.espalier.model.DrawnToken;
import org.espalier.model.Excerpt;
import org.espalier.model.Warning;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchNode;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a search, as a stream tells it. What a step is, is told once, when it has been proposed.
 *
 * @param event what: proposed, scored, kept, pruned, completed or abandoned; or ran, of a completion whose program was run
 * @param node its place in the tree
 * @param parent 0 is the prompt
 * @param millis since the search began
 * @param step what was proposed; null otherwise
 * @param score of the step; null unless the event is that there is one
 * @param run what the program did; null unless the event is that it was run
 */
record SearchEvent(
        String event,
        int node,
        int parent,
        int depth,
        long millis,

        @JsonUnwrapped @Nullable Proposal step,

        @Nullable Double score,

        @JsonUnwrapped @Nullable ProgramOutcome run) {
    private static final int LONGEST = 200;

    /**
     * A step that the policy has written.
     *
     * @param child its place among its siblings, from 0; {@link SearchNode#LOOKAHEAD_CHILD} for a lookahead step
     * @param logProb sum of its tokens' log-probabilities, in nats
     * @param meanEntropy of the distributions that its tokens were drawn from, in nats; null if there are none
     * @param stopReason why it ends
     * @param seed of its random stream, in hexadecimal
     */
    record Proposal(
            int child,
            String text,
            int tokens,
            double logProb,
            @Nullable Double meanEntropy,
            @Nullable String stopReason,
            String seed) {
        static Proposal of(SearchNode node) {
            return new Proposal(
                    node.childIndex(),
                    node.text(),
                    node.tokens(),
                    node.logProb(),
                    finite(node.meanEntropy()),
                    node.stopReason() == null ? null : node.stopReason().name().toLowerCase(Locale.ROOT),
                    Long.toHexString(node.seed()));
        }
    }

    /**
     * What a program did.
     *
     * @param slot which of the drawn ones it is, from 0
     * @param repairs how often the policy had mended it
     * @param passed given tests that it passes, of so many
     * @param failure what is wrong with it, or why the first test fails, in a line; null if nothing is
     */
    record ProgramOutcome(
            int slot,
            int repairs,
            int passed,
            int tests,
            @Nullable String failure) {
        static ProgramOutcome of(int slot, int repairs, TestRun run) {
            TestRun.Check failed = run.firstFailure().orElse(null);
            String failure = run.failure() != null ? run.failure() : failed == null ? null : failed.why();
            return new ProgramOutcome(
                    slot,
                    repairs,
                    run.passed(),
                    run.checks().size(),
                    failure == null
                            ? null
                            : Excerpt.of(failure.strip().lines().findFirst().orElse(""), LONGEST));
        }
    }

    /** A program was run, so long after the search began. */
    static SearchEvent ran(SearchNode end, long millis, ProgramOutcome outcome) {
        SearchNode parent = end.parent();
        return new SearchEvent(
                "ran", end.id(), parent == null ? 0 : parent.id(), end.depth(), millis, null, null, outcome);
    }

    /**
     * Copies what happens, on the policy's thread.
     *
     * @param drafts what gathers the texts of steps that are being written; null if nobody reads along
     * @param likeliestTokens that the nodes are to keep for each place of their texts; negative to keep no tokens
     */
    static SearchListener listener(
            Consumer<Warning> warnings,
            Consumer<SearchEvent> inbox,
            BiConsumer<String, List<DrawnToken>> texts,
            @Nullable Drafts drafts,
            int likeliestTokens) {
        return new SearchListener() {
            @Override
            public void warned(Warning warning) {
                warnings.accept(warning);
            }

            @Override
            public boolean readsAlong() {
                return drafts != null;
            }

            @Override
            public void writing(SearchNode node, String text) {
                if (drafts != null) {
                    drafts.write(node, text);
                }
            }

            @Override
            public void settled(String text) {
                texts.accept(text, List.of());
            }

            @Override
            public void settled(String text, List<DrawnToken> tokens) {
                texts.accept(text, tokens);
            }

            @Override
            public int likeliestTokens() {
                return likeliestTokens;
            }

            @Override
            public void proposed(SearchNode node) {
                if (drafts != null) {
                    drafts.complete(node);
                }
                inbox.accept(of("proposed", node, node.proposedMillis(), Proposal.of(node), null));
            }

            @Override
            public void scored(SearchNode node) {
                inbox.accept(of("scored", node, node.scoredMillis(), null, finite(node.score())));
            }

            @Override
            public void kept(SearchNode node) {
                inbox.accept(decided("kept", node));
            }

            @Override
            public void pruned(SearchNode node) {
                inbox.accept(decided("pruned", node));
            }

            @Override
            public void completed(SearchNode node) {
                inbox.accept(decided("completed", node));
            }

            @Override
            public void abandoned(SearchNode node) {
                inbox.accept(decided("abandoned", node));
            }
        };
    }

    private static SearchEvent decided(String event, SearchNode node) {
        return of(event, node, node.decidedMillis(), null, null);
    }

    private static SearchEvent of(
            String event, SearchNode node, long millis, @Nullable Proposal step, @Nullable Double score) {
        SearchNode parent = node.parent();
        return new SearchEvent(
                event, node.id(), parent == null ? 0 : parent.id(), node.depth(), millis, step, score, null);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}

package org.espalier.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.model.Problem;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.KeptPrompts;
import org.espalier.reward.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * Conversations whose cells are kept for their next turn, as long as no search needs the room. Safe from any thread but the
 * engine's.
 *
 * @param prompts in whose cells they are; used on the engine's thread
 */
record Conversations(Engine engine, Lane lane, KeptPrompts prompts) {
    /** Pieces of conversations: two for each turn. */
    private static final int MOST_KEPT = 32;

    /**
     * Returns where conversations with a policy are kept; null if they cannot be: a recurrent state cannot go back to where one
     * went on.
     *
     * @param cells that they take at most
     */
    static @Nullable Conversations of(Engine engine, Lane lane, int cells) {
        return lane.sharesPrefixes() ? new Conversations(engine, lane, new KeptPrompts(lane, cells, MOST_KEPT)) : null;
    }

    /**
     * Computes a conversation up to where its next turn begins, and keeps it. Returns at once.
     *
     * @param reply to the problem
     */
    void keep(SolvePrompt prompt, Problem problem, String reply) {
        prompt.replied(problem, reply).ifPresent(replied -> {
            int begun = tokens(replied.pieces().subList(0, replied.prompt())).length;
            int[] tokens = tokens(replied.pieces());
            // The last token is left to whoever has the reply written again.
            engine.execute(() -> {
                CompletableFuture<?> unused = prompts.keep(tokens, begun - 1);
            });
        });
    }

    private int[] tokens(List<Fragment> pieces) {
        return Tokens.fromBeginning(pieces, lane.tokenizer(), lane.maxLength());
    }

    /** Gives up what is being computed for {@link #keep}. */
    void makeWay() {
        if (prompts.makeWay()) {
            engine.interrupt();
        }
    }

    /** Cells that are in use. Waits for the step in progress. */
    int cells() {
        return CompletableFuture.supplyAsync(prompts::cells, engine).join();
    }
}

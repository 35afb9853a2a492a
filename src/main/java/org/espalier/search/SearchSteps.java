package org.espalier.search;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a {@link SearchStrategy} grows the tree of one search with. To be called on the policy's thread alone. Equal seeds
 * and equal questions give equal steps: a child's random stream goes by its path and its index.
 */
public interface SearchSteps {
    /** The prompt, at which all paths begin. */
    SearchNode root();

    /** The settings, with the aggregation and the selection that are usual for the PRM where none was named. */
    SearchConfig config();

    /**
     * Samples one step, and has it judged if the method has steps judged.
     *
     * @param parent is not {@linkplain #retire retired}, and {@link #mayGrow} holds
     * @param childIndex from 0; another one for each child of a parent
     */
    CompletableFuture<SearchNode> propose(SearchNode parent, int childIndex);

    /**
     * Samples step by step until the path ends, and has each step judged.
     *
     * @param parent as for {@link #propose}
     * @param childIndex as for {@link #propose}
     * @return the last step
     */
    CompletableFuture<SearchNode> complete(SearchNode parent, int childIndex);

    /**
     * Puts a question to the policy about what it has written: the question follows as the user's turn, and what is asked for
     * from its node is the reply. The text of the path begins anew there.
     *
     * @param about the end of a path that the policy ended, not {@linkplain #retire retired}
     * @param childIndex as for {@link #propose}
     * @return empty if the context has no room for it, the path ended otherwise, or the search is to stop
     */
    Optional<SearchNode> ask(SearchNode about, int childIndex, String question);

    /** The score that decides about a step: its path's, aggregated; negative infinity if there is none. */
    double value(SearchNode node);

    /** Whether the path can go on from this step: it has not ended, and nothing stops the search. */
    boolean mayGrow(SearchNode node);

    /** Whether a limit, a cancel or a failure forbids to ask for more. To be asked only if there is more to do. */
    boolean isStopped();

    /** Marks a step from which the path goes on. */
    void keep(SearchNode node);

    /** Cuts a path off, and lets go of what its last step holds. */
    void prune(SearchNode node);

    /** Lets go of what a step holds, when all its children have been asked for. What is not retired is held to the end. */
    void retire(SearchNode node);

    /** Waits for several steps. */
    static CompletableFuture<List<SearchNode>> all(List<CompletableFuture<SearchNode>> steps) {
        return SearchContext.all(steps);
    }
}

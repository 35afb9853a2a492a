package org.espalier.search;

import java.util.List;
import org.espalier.model.DrawnToken;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Warning;

/**
 * Watches a search. Called on the policy's thread, which waits: be quick, and copy what another thread is to see. An
 * exception fails the search.
 */
public interface SearchListener {
    /** Watches nothing. */
    SearchListener NONE = new SearchListener() {};

    /** The problem is one that the models may not be up to; before the first step. */
    default void warned(Warning warning) {}

    /** The only path that there will be goes on with this text; its step is proposed when it is complete. */
    default void settled(String text) {}

    /** The same where {@link #likeliestTokens} has its tokens kept. */
    default void settled(String text, List<DrawnToken> tokens) {
        settled(text);
    }

    /**
     * How many of the likeliest tokens are to be kept for each place of the text, with the token that was drawn there: 0 to
     * {@value DrawnTokens#MOST_LIKELIEST}, and {@link SearchNode#drawnTokens} has them; negative to keep none, which costs
     * nothing. Asked before each step.
     */
    default int likeliestTokens() {
        return -1;
    }

    /**
     * Whether {@link #writing} is to be called. Asked before each step; it costs a call and a short text for each of its
     * tokens.
     */
    default boolean readsAlong() {
        return false;
    }

    /**
     * A step that will be proposed goes on with this text, whole characters at a time. The node has its place in the tree, and
     * neither text nor score yet. Not called for lookahead steps, nor for a text that {@link #settled} tells.
     */
    default void writing(SearchNode node, String text) {}

    /** The policy wrote a step; or a lookahead step, whose fate says so. */
    default void proposed(SearchNode node) {}

    /** The PRM judged the step, or lookahead step. */
    default void scored(SearchNode node) {}

    /** The path goes on from here. */
    default void kept(SearchNode node) {}

    /** The path was cut off. */
    default void pruned(SearchNode node) {}

    /** The path is a completion that votes. */
    default void completed(SearchNode node) {}

    /** The path ended without being finished. */
    default void abandoned(SearchNode node) {}
}

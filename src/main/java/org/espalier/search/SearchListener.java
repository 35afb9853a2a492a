package org.espalier.search;

/**
 * Watches a search. Called on the policy's thread, which waits: be quick, and copy what another thread is to see. An
 * exception fails the search.
 */
public interface SearchListener {
    /** Watches nothing. */
    SearchListener NONE = new SearchListener() {};

    /** The only path that there will be goes on with this text; its step is proposed when it is complete. */
    default void settled(String text) {}

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

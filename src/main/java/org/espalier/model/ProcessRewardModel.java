package org.espalier.model;

import java.util.concurrent.CompletableFuture;

/**
 * The model that judges steps (PRM). It keeps a tree of its own beside the policy's, so that a new step costs its own
 * tokens only; a step is judged once and its score does not change afterwards.
 *
 * <p>Same thread as the {@link Policy} it works with.
 */
public interface ProcessRewardModel {
    /** The question that a score answers. */
    enum Scope {
        /** Is the step right, given those before it? An earlier error is not remembered. */
        STEP,
        /** Is everything right so far? */
        PATH,
        /** How good is the whole solution? The steps before its last have no score. */
        SOLUTION
    }

    /** What this model's scores say. */
    default Scope scope() {
        return Scope.PATH;
    }

    /** Returns whether scores are probabilities. Others say which path is better, and neither multiply nor add up. */
    default boolean givesProbabilities() {
        return true;
    }

    /**
     * Returns whether scores say how likely it is that what they judge is right. Others only say which of two is better; they
     * may be probabilities of something else.
     */
    default boolean isBelief() {
        return true;
    }

    /** Returns whether scores are made of {@link Step#confidence()}, which a search then has kept. */
    default boolean readsConfidence() {
        return false;
    }

    /** Returns what it means where it scores nothing at all, as a clause. */
    default String silence() {
        return "the PRM scored no step";
    }

    /**
     * This model as search-and-learn feeds it, for runs that are compared with that code; itself if that is no other
     * way. It shares all that this one holds.
     */
    default ProcessRewardModel searchAndLearn() {
        return this;
    }

    /**
     * Returns whether an empty step behind a delimiter that ends a path has a score of its own, where searches ask for
     * one.
     */
    default boolean readsEmptyEnds() {
        return true;
    }

    /**
     * The judgement of a problem before any step.
     *
     * @param meter of the run: pays for, and can end, everything that is scored from here
     * @throws EspalierException if the problem does not fit into the context
     */
    Judgement open(Problem problem, Meter meter);

    /** Returns whether a judgement can say that a path is refuted. A search then waits for it before it goes on. */
    default boolean refutes() {
        return false;
    }

    /** Returns whether a finished path that is not refuted is right beyond doubt. */
    default boolean provesAnswers() {
        return false;
    }

    /**
     * Judges one more step.
     *
     * @param before the judgement of the path that the step continues; it stays open
     * @param step what is judged; its text may be empty where a search's semantics ask for it
     * @return the judgement of the path with the step; it belongs to the caller. Its score is {@link Double#NaN} if the path
     *     is too long to be judged. A run that ends while this is in flight
     *     completes it exceptionally with {@link java.util.concurrent.CancellationException}
     */
    CompletableFuture<Judgement> score(Judgement before, Step step);

    /** A judged path: the last step's score, and what the PRM keeps in order to judge the next one. */
    interface Judgement extends AutoCloseable {
        /**
         * How much speaks for what {@link #scope()} says: a probability in 0..1, unless {@link #givesProbabilities()}
         * says otherwise; {@link Double#NaN} before the first step and if not known.
         */
        double score();

        /** Returns whether something proves that nothing right can follow: the path is not gone on from, and does not vote. */
        default boolean isRefuted() {
            return false;
        }

        @Override
        void close();
    }
}

package org.espalier.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.espalier.model.ProcessRewardModel.Scope;

/**
 * Judges what the policy has written by something else than a reward model: Java code, a program of the user's, the exact
 * checker of a puzzle. It refutes or scores steps, and steers the methods that have steps judged; the others do not ask it.
 *
 * <p>Where there are several, the cheap ones are asked first, and a PRM or a dear one is not asked about what is refuted
 * already. What is refuted is not gone on from, and does not vote.
 *
 * <p>Called on a thread of its own, one call at a time: it may take a while, and the search then waits for it. What it throws
 * fails the search, and no other one.
 */
@FunctionalInterface
public interface Verifier {
    /** What a call takes. */
    enum Cost {
        /** Microseconds, as a predicate does. */
        INSTANT,
        /** Milliseconds: less than a PRM takes for a step. */
        QUICK,
        /** As much as a PRM takes for a step, or more: programs are run, or a model is asked. */
        SLOW
    }

    /**
     * Scores a candidate by its last step.
     *
     * @return how likely it is right, 0 (refuted) to 1. Where a PRM judges as well, its score is multiplied with this
     */
    double score(Candidate candidate);

    /**
     * Scores several candidates, which may be of different problems. To be overridden where that is cheaper together. What it
     * throws is of all of them; those of several problems are then asked about anew, each problem's alone.
     *
     * @param candidates that were waiting when the last call had ended; at least one
     * @return a score for each, in their order
     */
    default List<Double> scores(List<Candidate> candidates) {
        return candidates.stream().map(this::score).toList();
    }

    /**
     * What a score speaks of: the step alone, all of the path so far, or the whole answer. One that speaks of whole answers is
     * asked about what states an answer or has come to its end, and about nothing else.
     */
    default Scope scope() {
        return Scope.PATH;
    }

    /** Returns whether a score is 0 (refuted) or 1 (nothing speaks against it), and nothing between. */
    default boolean refutesOnly() {
        return false;
    }

    /** Returns whether a reply that has stated its answer, or has ended, and is not refuted, is right beyond doubt. */
    default boolean provesAnswers() {
        return false;
    }

    /** What a call takes. */
    default Cost cost() {
        return Cost.QUICK;
    }

    /** Makes a verifier that refutes what does not hold, and has nothing against the rest. */
    static Verifier of(Predicate<Candidate> holds) {
        return new PredicateVerifier(holds);
    }

    /** Makes a verifier that refutes answers: what states none yet passes. */
    static Verifier ofAnswers(Predicate<Answer> holds) {
        return of(candidate ->
                candidate.answer().filter(Answer::stated).map(holds::test).orElse(true));
    }

    /**
     * What the policy has written up to a step.
     *
     * @param steps from the first to the one that is judged, each with the delimiter that ends it
     * @param ended whether the policy has ended its reply there
     * @param reader of answers
     */
    record Candidate(Problem problem, List<String> steps, boolean ended, AnswerReader reader) {
        /** The step that is judged. */
        public String step() {
            return steps.get(steps.size() - 1);
        }

        /** All steps together. */
        public String text() {
            return String.join("", steps);
        }

        /** The answer in the text so far; one that is not {@link Answer#stated()} is a guess. Empty if there is none. */
        public Optional<Answer> answer() {
            return reader.read(text());
        }
    }
}

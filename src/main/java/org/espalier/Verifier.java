package org.espalier;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Problem;

/**
 * Judges steps with Java code: refutes or scores what the policy has written so far. It steers the methods that have steps
 * judged ({@link org.espalier.search.SearchMethod#needsPrm()}); the others do not ask it.
 *
 * <p>Called once for each step, on a thread of its own, one call at a time: it may take a while, and the search then waits
 * for it. What it throws fails the search.
 */
@FunctionalInterface
public interface Verifier {
    /**
     * Scores a candidate by its last step.
     *
     * @return how likely it is right, 0 (refuted) to 1. Where a PRM judges as well, its score is multiplied with this
     */
    double score(Candidate candidate);

    /** Makes a verifier that refutes what does not hold, and has nothing against the rest. */
    static Verifier of(Predicate<Candidate> holds) {
        return candidate -> holds.test(candidate) ? 1 : 0;
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
     * @param reader of answers
     */
    record Candidate(Problem problem, List<String> steps, AnswerReader reader) {
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

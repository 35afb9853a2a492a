package org.espalier.eval;

import java.util.List;
import org.espalier.grade.Equivalence;
import org.espalier.model.Answer;
import org.espalier.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A problem whose answer is known.
 *
 * @param id names it within its data set, and seeds its random streams
 * @param problem its text
 * @param answer the reference
 * @param level of difficulty, a number or a text as the data set has it; null if it has none
 * @param kind such as a subject; null if the data set has none
 * @param steps of a reference solution, without the sentence that states the answer; null if not known
 */
public record DatasetItem(
        String id,
        String problem,
        String answer,
        @Nullable Object level,
        @Nullable String kind,
        @Nullable List<String> steps)
        implements ProblemStream.Item {

    /** The problem as a search is given it. */
    public Problem toProblem() {
        return new Problem(id, problem);
    }

    /** Whether an answer means the same as the reference; none does not. */
    public boolean isCorrect(@Nullable Answer given) {
        return given != null && Equivalence.equivalent(given.text(), answer);
    }
}

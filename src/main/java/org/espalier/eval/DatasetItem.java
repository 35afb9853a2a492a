package org.espalier.eval;

import java.util.List;
import org.espalier.domain.Domain;
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
 * @param domain says when an answer is right
 */
public record DatasetItem(
        String id,
        String problem,
        String answer,
        @Nullable Object level,
        @Nullable String kind,
        @Nullable List<String> steps,
        Domain domain)
        implements ProblemStream.Item {
    /** A problem whose answer means the same as the reference if it is right. */
    public DatasetItem(
            String id,
            String problem,
            String answer,
            @Nullable Object level,
            @Nullable String kind,
            @Nullable List<String> steps) {
        this(id, problem, answer, level, kind, steps, Domain.MATH);
    }

    /** The same problem of another domain. */
    DatasetItem in(Domain other) {
        return new DatasetItem(id, problem, answer, level, kind, steps, other);
    }

    /** The problem as a search is given it. */
    public Problem toProblem() {
        return new Problem(id, problem);
    }

    /** Whether an answer is right; none is not. */
    public boolean isCorrect(@Nullable Answer given) {
        return given != null && domain.isRight(toProblem(), given, answer);
    }
}

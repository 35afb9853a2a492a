package org.espalier.domain;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.puzzle.PuzzleKind;
import org.jspecify.annotations.Nullable;

/** A kind of problems: how one is put, how its answer is read and judged, and what judges the way to it. */
public interface Domain {
    /** Mathematics, or whatever else has a short answer: the policy's own instruction, and the grader's rules. */
    Domain MATH = new MathDomain();

    /** As {@code --domain} names it. */
    String name();

    /** What the policy is told before the problem; null for its own instruction. */
    @Nullable
    String instruction();

    /** What ends a step of a reply. */
    String delimiter();

    /** Reads the answer of a reply: answers with equal keys are the same. */
    AnswerReader answers();

    /** What judges steps whatever the model; may be empty. */
    List<Verifier> verifiers();

    /**
     * Whether an answer is right.
     *
     * @param reference the answer that the data set has
     */
    boolean isRight(Problem problem, Answer answer, String reference);

    /** Whether a problem is certainly one of this kind, by its words alone. */
    boolean isStatedBy(Problem problem);

    /**
     * Refuses what is no problem of this kind.
     *
     * @throws UsageException in one line
     */
    void require(Problem problem);

    /** All that are judged by what they answer, by the order in which they are listed. */
    static List<Domain> all() {
        return Stream.concat(Stream.of(MATH), Arrays.stream(PuzzleKind.values()).<Domain>map(PuzzleDomain::new))
                .toList();
    }

    /** The one of which all these problems certainly are; mathematics if there is none. */
    static Domain of(Collection<Problem> problems) {
        return all().stream()
                .filter(domain -> problems.stream().allMatch(domain::isStatedBy))
                .findFirst()
                .orElse(MATH);
    }

    /** The one of this name; empty if there is none. */
    static Optional<Domain> named(String name) {
        return all().stream().filter(domain -> domain.name().equals(name)).findFirst();
    }
}

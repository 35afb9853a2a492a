package org.espalier.domain;

import java.util.List;
import org.espalier.grade.Equivalence;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Problem;
import org.espalier.model.Verifier;
import org.jspecify.annotations.Nullable;

/** Problems with a short answer, which is right if it means the same as the reference. */
record MathDomain() implements Domain {
    @Override
    public String name() {
        return "math";
    }

    @Override
    public @Nullable String instruction() {
        return null;
    }

    @Override
    public String delimiter() {
        return "\n\n";
    }

    @Override
    public AnswerReader answers() {
        return new GradeAnswerReader();
    }

    @Override
    public List<Verifier> verifiers() {
        return List.of();
    }

    @Override
    public boolean isRight(Problem problem, Answer answer, String reference) {
        return Equivalence.equivalent(answer.text(), reference);
    }

    @Override
    public boolean isStatedBy(Problem problem) {
        return false;
    }

    @Override
    public void require(Problem problem) {}
}

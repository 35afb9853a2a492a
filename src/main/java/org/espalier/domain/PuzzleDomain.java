package org.espalier.domain;

import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Problem;
import org.espalier.model.Verifier;
import org.espalier.puzzle.PuzzleKind;
import org.espalier.puzzle.PuzzleVerifier;

/** Puzzles, whose answers and whose steps are checked exactly: there may be other right answers than the reference. */
record PuzzleDomain(PuzzleKind kind) implements Domain {
    @Override
    public String name() {
        return kind.cliName();
    }

    @Override
    public String instruction() {
        return kind.instruction();
    }

    @Override
    public String delimiter() {
        return "\n";
    }

    @Override
    public AnswerReader answers() {
        return kind.answers();
    }

    @Override
    public List<Verifier> verifiers() {
        return List.of(new PuzzleVerifier(kind));
    }

    @Override
    public boolean isRight(Problem problem, Answer answer, String reference) {
        return kind.read(problem.text())
                .map(puzzle -> puzzle.isSolvedBy(answer.text()))
                .orElse(false);
    }

    @Override
    public boolean isStatedBy(Problem problem) {
        return problem.history().isEmpty() && kind.isStatedBy(problem.text());
    }

    @Override
    public void require(Problem problem) {
        kind.required(problem.text());
    }
}

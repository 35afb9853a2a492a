package org.espalier.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import org.espalier.model.Answer;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.model.Verifier.Cost;
import org.espalier.puzzle.PuzzleKind;
import org.junit.jupiter.api.Test;

class DomainTest {
    private static final Problem COUNTDOWN =
            Problem.of("Use each of the numbers 3, 5, 7 and 11 exactly once, with +, -, * and /, to make 24.");

    @Test
    void eachIsFoundByItsName() {
        assertThat(Domain.all()).extracting(Domain::name).containsExactly("math", "countdown", "sudoku", "knights");
        for (Domain domain : Domain.all()) {
            assertThat(Domain.named(domain.name())).contains(domain);
        }
        assertThat(Domain.named("code")).as("programs stand apart").isEmpty();
        assertThat(Domain.named("math")).containsSame(Domain.MATH);
    }

    @Test
    void anAnswerIsRightByTheRulesOfItsDomain() {
        Domain countdown = Domain.named("countdown").orElseThrow();
        Answer other = countdown.answers().read("Answer: (11 - 5) * (7 - 3)").orElseThrow();
        assertThat(countdown.isRight(COUNTDOWN, other, "(7 - 3) * (11 - 5)")).isTrue();
        Answer wrong = countdown.answers().read("Answer: 24").orElseThrow();
        assertThat(countdown.isRight(COUNTDOWN, wrong, "24")).isFalse();
        Answer half = Domain.MATH.answers().read("\\boxed{0.5}").orElseThrow();
        assertThat(Domain.MATH.isRight(COUNTDOWN, half, "\\frac{1}{2}")).isTrue();
    }

    @Test
    void isGuessedOnlyFromTheWordsInWhichPuzzlesAreWritten() {
        Problem grid = Problem.of(PuzzleKind.SUDOKU.generate(new Random(1), 3).text());
        Problem island =
                Problem.of(PuzzleKind.KNIGHTS.generate(new Random(1), 3).text());
        assertThat(Domain.of(List.of(COUNTDOWN)).name()).isEqualTo("countdown");
        assertThat(Domain.of(List.of(grid)).name()).isEqualTo("sudoku");
        assertThat(Domain.of(List.of(island, island)).name()).isEqualTo("knights");
        assertThat(Domain.of(List.of(COUNTDOWN, grid))).isSameAs(Domain.MATH);
        assertThat(Domain.of(List.of(Problem.of(COUNTDOWN.text() + " How many ways are there?"))))
                .isSameAs(Domain.MATH);
        assertThat(Domain.of(List.of(Problem.of("Using the numbers 3, 5 and 7, make 24 cakes equal 3 shares."))))
                .isSameAs(Domain.MATH);
    }

    @Test
    void puzzlesBringTheirCheckersAndMathematicsNone() {
        for (Domain domain : Domain.all()) {
            List<Verifier> verifiers = domain.verifiers();
            if (domain.equals(Domain.MATH)) {
                assertThat(verifiers).isEmpty();
                domain.require(Problem.of("anything"));
                continue;
            }
            assertThat(verifiers)
                    .hasSize(1)
                    .allMatch(Verifier::refutesOnly)
                    .allMatch(verifier -> verifier.cost() == Cost.INSTANT);
            assertThat(domain.instruction()).isNotBlank();
            assertThatExceptionOfType(UsageException.class)
                    .isThrownBy(() -> domain.require(Problem.of("What is 1 + 1?")));
        }
    }
}

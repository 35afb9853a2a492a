package org.espalier.puzzle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.espalier.model.Answer;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What generators draw, solvers solve; what checkers take is what brute force finds right. */
class PuzzleCheckerTest {
    private static final long SEED = 7;

    @ParameterizedTest
    @EnumSource
    void whatIsDrawnIsReadAgainAndSolvedInTheFormThatIsAskedFor(PuzzleKind kind) {
        PuzzleVerifier verifier = new PuzzleVerifier(kind);
        for (int level = kind.usualLevel() - 1; level <= kind.usualLevel() + 1; level++) {
            int drawn = level;
            for (Puzzle puzzle : PuzzleSet.of(random -> kind.generate(random, drawn), SEED, 150)) {
                assertThat(kind.read(puzzle.text())).contains(puzzle);
                Puzzle.Written solution = puzzle.solution().orElseThrow();
                assertThat(puzzle.isSolvedBy(solution.answer()))
                        .as(puzzle.text())
                        .isTrue();
                String reply = String.join("\n", solution.steps());
                Answer read = kind.answers().read(reply).orElseThrow();
                assertThat(puzzle.isSolvedBy(read.text())).as(reply).isTrue();
                Problem problem = Problem.of(puzzle.text());
                List<String> path = new ArrayList<>();
                for (int i = 0; i < solution.steps().size(); i++) {
                    boolean last = i == solution.steps().size() - 1;
                    path.add(solution.steps().get(i) + (last ? "" : "\n"));
                    assertThat(verifier.score(new Candidate(problem, path, last, kind.answers())))
                            .as("%s: %s", puzzle.text(), path)
                            .isEqualTo(1);
                }
                assertThat(verifier.score(new Candidate(problem, List.of("I do not know."), true, kind.answers())))
                        .isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedDrawsTheSamePuzzles(PuzzleKind kind) {
        List<Puzzle> many = PuzzleSet.of(random -> kind.generate(random, kind.usualLevel()), SEED, 40);
        assertThat(PuzzleSet.of(random -> kind.generate(random, kind.usualLevel()), SEED, 10))
                .isEqualTo(many.subList(0, 10));
        assertThat(PuzzleSet.of(random -> kind.generate(random, kind.usualLevel()), SEED + 1, 10))
                .doesNotContainAnyElementsOf(many.subList(0, 10));
        assertThat(many.stream().map(Puzzle::text).distinct()).hasSize(40);
    }

    /** An expression that is drawn, with its value and the numbers in it. */
    private record Drawn(String text, double value, List<Integer> numbers) {}

    private static Drawn expression(Random random, List<Integer> numbers) {
        if (numbers.size() == 1) {
            return new Drawn("" + numbers.get(0), numbers.get(0), numbers);
        }
        int split = 1 + random.nextInt(numbers.size() - 1);
        Drawn one = expression(random, numbers.subList(0, split));
        Drawn other = expression(random, numbers.subList(split, numbers.size()));
        String left = "(" + one.text + ")";
        String right = "(" + other.text + ")";
        return switch (random.nextInt(4)) {
            case 0 -> new Drawn(one.text + " + " + other.text, one.value + other.value, numbers);
            case 1 -> new Drawn(one.text + "-" + right, one.value - other.value, numbers);
            case 2 -> new Drawn(left + " × " + right, one.value * other.value, numbers);
            default -> new Drawn(left + " / " + right, one.value / other.value, numbers);
        };
    }

    @Test
    void countdownTakesWhatHasTheValueAndTheNumbers() {
        Random random = new Random(SEED);
        int right = 0;
        for (int i = 0; i < 20_000; i++) {
            List<Integer> numbers = random.ints(3, 1, 7).boxed().toList();
            boolean all = random.nextBoolean();
            List<Integer> used = new ArrayList<>(numbers);
            Collections.shuffle(used, random);
            int change = random.nextInt(8);
            if (change == 0) {
                used.set(0, 1 + random.nextInt(6));
            } else if (change == 1) {
                used.remove(0);
            } else if (change == 2) {
                used.add(used.get(0));
            }
            Drawn drawn = expression(random, used);
            int target = random.nextInt(4) > 0 && Math.abs(drawn.value) < 1000
                    ? (int) Math.round(drawn.value)
                    : random.nextInt(30);
            List<Integer> left = new ArrayList<>(numbers);
            boolean taken = used.stream().allMatch(left::remove);
            boolean expected = taken && (!all || left.isEmpty()) && Math.abs(drawn.value - target) < 1e-9;
            assertThat(new Countdown(numbers, target, all).isSolvedBy(drawn.text + (i % 3 == 0 ? " = " + target : "")))
                    .as("%s = %d of %s, all %s", drawn.text, target, numbers, all)
                    .isEqualTo(expected);
            right += expected ? 1 : 0;
        }
        assertThat(right).isBetween(4000, 16_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(3 + 5) * 3 | 3 * (5 + 3) | true",
                "1 - (2 - 3) | 1 + 3 - 2 | true",
                "8 / (4 / 2) | 2 * 8 / 4 | true",
                "1 + 2 * 3 | (1 + 2) * 3 | false",
                "1 - 2 | 2 - 1 | false",
                "-(1 - 2) | 2 - 1 | true",
            })
    void expressionsThatDifferInOrderAndBracketsVoteTogether(String one, String other, boolean same) {
        String first = Expression.parse(one).orElseThrow().key();
        assertThat(first.equals(Expression.parse(other).orElseThrow().key())).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "3 +",
                "(3 + 5",
                "3 5",
                "three",
                "3 + x",
                "()",
                "3.5 * 2",
                "12345678901234567890123",
                "1 / (2 - 2)",
                "((((",
                "3 = 3 = 3",
                "\\frac{3}{5}"
            })
    void whatIsNoAnswerSolvesNothing(String answer) {
        Countdown puzzle = new Countdown(List.of(3, 5), 3, false);
        if (!answer.startsWith("3 =")) {
            assertThat(puzzle.isSolvedBy(answer)).isFalse();
        }
        assertThat(puzzle.isSolvedBy("(".repeat(100_000))).isFalse();
        assertThat(MiniSudoku.draw(new Random(1), 2).isSolvedBy(answer)).isFalse();
        assertThat(KnightsMaker.draw(new Random(1), 3).isSolvedBy(answer)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Using the numbers 44, 19, 35, create an expression that equals 98. You can only use each number once. | 44 19 35 | 98 | false",
                "Find a way to make 341 using some or all of these numbers: 3, 7, 25, 50. Each number can only be used once. | 3 7 25 50 | 341 | false",
                "Calculate 24 using the numbers 3, 5, 7, 11. Each number may be used at most once. | 3 5 7 11 | 24 | false",
                "Make 24 using 3, 5, 7, 8. You can only use each number once. | 3 5 7 8 | 24 | false",
                "Using the numbers [44, 19, 35], create an equation that equals 98. | 44 19 35 | 98 | false",
                "make 24 from 1 2 3 4, using all the numbers | 1 2 3 4 | 24 | true",
            })
    void countdownIsReadInTheUsualWords(String problem, String numbers, int target, boolean all) {
        List<Integer> expected =
                Arrays.stream(numbers.split(" ")).map(Integer::valueOf).toList();
        assertThat(CountdownReader.puzzle(problem)).contains(new Countdown(expected, target, all));
    }

    @Test
    void whatIsNoPuzzleIsRefusedInALine() {
        for (PuzzleKind kind : PuzzleKind.values()) {
            assertThat(kind.read("Start with 12, then add 7. What is the result?"))
                    .isEmpty();
            assertThatExceptionOfType(UsageException.class)
                    .isThrownBy(() -> kind.required("What is the capital of France?"))
                    .withMessageStartingWith("this is no " + kind.cliName() + " puzzle")
                    .satisfies(refused -> assertThat(refused.getMessage()).hasLineCount(1));
        }
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> PuzzleSet.of(random -> CountdownMaker.draw(random, 2, 24), SEED, 100_000))
                .withMessageContaining("different puzzles");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CountdownMaker.draw(new Random(1), 2, 9999))
                .withMessageContaining("make 9999");
    }

    @Test
    void aReplyIsReadByWhatItStatesElseByItsSteps() {
        assertThat(countdown("11 - 7 = 4 (left: 5, 3, 4)\n5 + 4 = 9 (left: 3, 9)\n"))
                .isEmpty();
        assertThat(countdown("11 - 7 = 4 (left: 5, 4)\n5 + 4 = 9 (left: 9)")).contains("5 + (11 - 7)");
        assertThat(countdown("1 + 1 = 2 (left: 2)\nAnswer: (3 + 5) * 3")).contains("(3 + 5) * 3");
        assertThat(countdown("**Final answer:** `3 * 8`\n")).contains("`3 * 8`");
        assertThat(countdown("so \\boxed{\\left(3 + 5\\right) \\times 3}.")).contains("\\left(3 + 5\\right) \\times 3");
        assertThat(new Countdown(List.of(3, 5, 3), 24, true).isSolvedBy("\\left(3 + 5\\right) \\times 3"))
                .isTrue();
        assertThat(PuzzleKind.KNIGHTS.answers().read("Emma is a knight.\nNo.\n- Liam is a knave"))
                .map(Answer::text)
                .contains("Emma is a knight, Liam is a knave");
        assertThat(PuzzleKind.SUDOKU.answers().read("Here:\n1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1\n"))
                .map(Answer::text)
                .contains("1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1");
    }

    private static Optional<String> countdown(String reply) {
        return PuzzleKind.COUNTDOWN.answers().read(reply).map(Answer::text);
    }

    @Test
    void aWrongAnswerThatIsStatedIsRefutedBeforeTheReplyEnds() {
        PuzzleVerifier verifier = new PuzzleVerifier(PuzzleKind.COUNTDOWN);
        Problem problem = Problem.of(new Countdown(List.of(3, 5, 3), 24, true).text());
        List<String> right = List.of("Answer: (3 + 5) * 3\n");
        List<String> wrong = List.of("Answer: (3 + 5) * 4\n");
        List<String> open = List.of("Answer: (3 + 5) * ");
        assertThat(verifier.score(new Candidate(problem, right, false, PuzzleKind.COUNTDOWN.answers())))
                .isEqualTo(1);
        assertThat(verifier.score(new Candidate(problem, wrong, false, PuzzleKind.COUNTDOWN.answers())))
                .isZero();
        assertThat(verifier.score(new Candidate(problem, open, false, PuzzleKind.COUNTDOWN.answers())))
                .isEqualTo(1);
    }
}

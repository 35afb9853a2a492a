package org.espalier.puzzle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What refutes a prefix, against brute force that shares no code with it: below a refuted prefix there is no solution, and
 * below any other one there is.
 */
class PuzzlePrefixTest {
    private static final long SEED = 20261130;
    private static final double NEAR = 1e-9;

    /** A number with how it is written, found without the package's own fractions. */
    private record Number(long over, long under) {
        static Number of(long over, long under) {
            long a = Math.abs(over);
            long b = Math.abs(under);
            while (b != 0) {
                long rest = a % b;
                a = b;
                b = rest;
            }
            long divisor = under < 0 ? -a : a;
            return new Number(over / divisor, under / divisor);
        }

        double value() {
            return (double) over / under;
        }

        @Override
        public String toString() {
            return under == 1 ? "" + over : over + "/" + under;
        }
    }

    private static Number applied(Number a, char operator, Number b) {
        return switch (operator) {
            case '+' -> Number.of(a.over * b.under + b.over * a.under, a.under * b.under);
            case '-' -> Number.of(a.over * b.under - b.over * a.under, a.under * b.under);
            case '*' -> Number.of(a.over * b.over, a.under * b.under);
            default -> Number.of(a.over * b.under, a.under * b.over);
        };
    }

    /** In floating point, over all orders. */
    private static boolean reaches(double[] pool, int size, double target, boolean all) {
        for (int i = 0; i < size; i++) {
            if (Math.abs(pool[i] - target) < NEAR && (!all || size == 1)) {
                return true;
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                if (i == j) {
                    continue;
                }
                double[] rest = new double[size];
                int count = 0;
                for (int k = 0; k < size; k++) {
                    if (k != i && k != j) {
                        rest[count++] = pool[k];
                    }
                }
                double[] results = {pool[i] + pool[j], pool[i] - pool[j], pool[i] * pool[j], pool[i] / pool[j]};
                for (double result : results) {
                    rest[count] = result;
                    if (Double.isFinite(result) && reaches(rest, count + 1, target, all)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean reaches(List<Number> pool, int target, boolean all) {
        return reaches(pool.stream().mapToDouble(Number::value).toArray(), pool.size(), target, all);
    }

    @Test
    void countdownRefutesWhatCannotReachTheTargetAndNothingElse() {
        Random random = new Random(SEED);
        int refuted = 0;
        int left = 0;
        for (int i = 0; i < 1500; i++) {
            Countdown drawn = CountdownMaker.draw(random, 2 + random.nextInt(3));
            Countdown puzzle = new Countdown(drawn.numbers(), drawn.target(), random.nextBoolean());
            List<Number> pool = new ArrayList<>(
                    puzzle.numbers().stream().map(n -> Number.of(n, 1)).toList());
            List<String> lines = new ArrayList<>();
            int steps = random.nextInt(pool.size());
            for (int s = 0; s < steps; s++) {
                Number a = pool.remove(random.nextInt(pool.size()));
                Number b = pool.remove(random.nextInt(pool.size()));
                char operator = "+-*/".charAt(b.over == 0 ? random.nextInt(3) : random.nextInt(4));
                pool.add(applied(a, operator, b));
                Collections.shuffle(pool, random);
                lines.add((random.nextInt(4) == 0 ? "Let me see.\n" : "")
                        + (random.nextInt(4) == 0 ? "Step 1: " : "")
                        + "%s %s %s = %s (left: %s)"
                                .formatted(
                                        a,
                                        operator,
                                        b,
                                        applied(a, operator, b),
                                        pool.stream().map(Number::toString).collect(Collectors.joining(", "))));
            }
            boolean reachable = reaches(pool, puzzle.target(), puzzle.all());
            List<String> apart = String.join("\n", lines).lines().toList();
            assertThat(puzzle.mayFollow(apart))
                    .as("%s after %s (seed %d, %d)", puzzle, lines, SEED, i)
                    .isEqualTo(reachable);
            refuted += reachable ? 0 : 1;
            left += reachable ? 1 : 0;
        }
        assertThat(refuted).isGreaterThan(300);
        assertThat(left).isGreaterThan(300);
    }

    @Test
    void countdownRefutesStepsThatAreWrong() {
        Countdown puzzle = new Countdown(List.of(3, 5, 7, 11), 24, true);
        assertThat(puzzle.mayFollow(List.of())).isTrue();
        assertThat(puzzle.mayFollow(List.of("7 - 3 = 4 (left: 5, 11, 4)"))).isTrue();
        assertThat(puzzle.mayFollow(List.of("2. 7 − 3 = 4 (Left: 4 , 5, 11)."))).isTrue();
        assertThat(puzzle.mayFollow(List.of("11 - 7 = 4 (left: 3, 5, 4)")))
                .as("dead end")
                .isFalse();
        assertThat(puzzle.mayFollow(List.of("7 - 3 = 5 (left: 5, 11, 5)")))
                .as("sum")
                .isFalse();
        assertThat(puzzle.mayFollow(List.of("8 - 3 = 5 (left: 5, 11, 5)")))
                .as("number")
                .isFalse();
        assertThat(puzzle.mayFollow(List.of("7 - 3 = 4 (left: 5, 4)")))
                .as("list")
                .isFalse();
        assertThat(puzzle.mayFollow(List.of("7 / 0 = 4 (left: 5, 4)")))
                .as("zero")
                .isFalse();
        assertThat(puzzle.mayFollow(List.of("7 - 3 = 4"))).as("prose").isTrue();
        assertThat(puzzle.mayFollow(List.of("999999999999999999 * 999999999999999999 = 4 (left: 999999999999999999)")))
                .isFalse();
    }

    private static List<int[]> grids() {
        List<int[]> grids = new ArrayList<>();
        fill(new int[16], 0, grids);
        return grids;
    }

    private static void fill(int[] grid, int at, List<int[]> grids) {
        if (at == 16) {
            grids.add(grid.clone());
            return;
        }
        for (int number = 1; number <= 4; number++) {
            boolean free = true;
            for (int other = 0; other < at; other++) {
                boolean same = other / 4 == at / 4
                        || other % 4 == at % 4
                        || (other / 8 == at / 8 && other % 4 / 2 == at % 4 / 2);
                free &= !same || grid[other] != number;
            }
            if (free) {
                grid[at] = number;
                fill(grid, at + 1, grids);
                grid[at] = 0;
            }
        }
    }

    @Test
    void sudokuRefutesRowsThatNoGridBeginsWithAndNothingElse() {
        List<int[]> grids = grids();
        assertThat(grids).hasSize(288);
        Random random = new Random(SEED);
        int refuted = 0;
        for (int i = 0; i < 1500; i++) {
            MiniSudoku puzzle = MiniSudoku.draw(random, 1 + random.nextInt(5));
            List<int[]> solutions = grids.stream()
                    .filter(grid -> IntStream.range(0, 16)
                            .allMatch(cell -> puzzle.cells().get(cell) == 0
                                    || puzzle.cells().get(cell) == grid[cell]))
                    .toList();
            assertThat(solutions).as("solutions").hasSize(1);
            int rows = random.nextInt(5);
            int[] tried = (random.nextBoolean() ? solutions : grids)
                    .get(random.nextInt(random.nextBoolean() ? 1 : solutions.size()))
                    .clone();
            if (random.nextBoolean()) {
                tried[random.nextInt(16)] = 1 + random.nextInt(4);
            }
            List<String> lines = IntStream.range(0, rows)
                    .mapToObj(row -> "%sRow %d: %d %d %d %d"
                            .formatted(
                                    row == 0 ? "The grid:\n" : "",
                                    row + 1,
                                    tried[4 * row],
                                    tried[4 * row + 1],
                                    tried[4 * row + 2],
                                    tried[4 * row + 3]))
                    .toList();
            boolean possible = solutions.stream()
                    .anyMatch(grid -> IntStream.range(0, 4 * rows).allMatch(cell -> grid[cell] == tried[cell]));
            assertThat(puzzle.mayFollow(String.join("\n", lines).lines().toList()))
                    .as("%s after %s", puzzle, lines)
                    .isEqualTo(possible);
            refuted += possible ? 0 : 1;
        }
        assertThat(refuted).isBetween(300, 1200);
    }

    private static boolean holds(Claim claim, List<Boolean> knights, List<String> people) {
        List<Boolean> parts = claim.parts().stream()
                .map(part -> knights.get(people.indexOf(part.person())) == part.knight())
                .toList();
        return switch (claim.link()) {
            case ALONE -> parts.get(0);
            case AND -> !parts.contains(false);
            case OR -> parts.contains(true);
            case IF -> !(parts.get(0) && !parts.get(1));
            case IFF -> parts.get(0).equals(parts.get(1));
        };
    }

    private static void assign(Knights puzzle, List<Boolean> knights, List<List<Boolean>> found) {
        int count = puzzle.people().size();
        if (knights.size() == count) {
            if (IntStream.range(0, count)
                    .allMatch(i -> holds(puzzle.claims().get(i), knights, puzzle.people()) == knights.get(i))) {
                found.add(List.copyOf(knights));
            }
            return;
        }
        for (boolean knight : new boolean[] {true, false}) {
            List<Boolean> more = new ArrayList<>(knights);
            more.add(knight);
            assign(puzzle, more, found);
        }
    }

    @Test
    void knightsRefutesWhatFitsNoSolutionAndNothingElse() {
        Random random = new Random(SEED);
        int refuted = 0;
        for (int i = 0; i < 1500; i++) {
            Knights puzzle = KnightsMaker.draw(random, 2 + random.nextInt(4));
            List<List<Boolean>> solutions = new ArrayList<>();
            assign(puzzle, List.of(), solutions);
            assertThat(solutions).as("solutions").hasSize(1);
            List<String> lines = new ArrayList<>(List.of("If Ada is a knight, then so be it."));
            boolean possible = true;
            for (int person = 0; person < puzzle.people().size(); person++) {
                if (random.nextBoolean()) {
                    boolean knight = random.nextInt(3) > 0 == solutions.get(0).get(person);
                    possible &= knight == solutions.get(0).get(person);
                    lines.add(
                            "- %s is %s.".formatted(puzzle.people().get(person), knight ? "a knight" : "not a knight"));
                }
            }
            assertThat(puzzle.mayFollow(lines))
                    .as("%s after %s", puzzle.text(), lines)
                    .isEqualTo(possible);
            refuted += possible ? 0 : 1;
        }
        assertThat(refuted).isBetween(300, 1200);
    }
}

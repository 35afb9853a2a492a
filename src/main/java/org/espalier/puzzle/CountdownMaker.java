package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;

/** Draws countdown puzzles that have a solution. Stateless. */
public final class CountdownMaker {
    private static final int LEAST_TARGET = 10;
    private static final int MOST_TARGET = 100;
    private static final int MOST_VALUE = 25;
    /** Playing cards, as in the game of 24. */
    private static final int MOST_CARD = 13;

    private static final int MOST_BETWEEN = 1000;
    private static final int ATTEMPTS = 10_000;

    private CountdownMaker() {}

    /** Numbers up to {@value #MOST_VALUE}, and a target from {@value #LEAST_TARGET} to {@value #MOST_TARGET} that they make. */
    static Countdown draw(Random random, int count) {
        while (true) {
            List<Integer> numbers = numbers(random, count, MOST_VALUE);
            int target = combined(random, new ArrayList<>(numbers));
            if (target >= LEAST_TARGET && target <= MOST_TARGET) {
                return new Countdown(numbers, target, true);
            }
        }
    }

    /**
     * Numbers up to {@value #MOST_CARD} that make a target, such as 24.
     *
     * @throws UsageException if none are found
     */
    public static Puzzle draw(Random random, int count, int target) {
        PuzzleKind.COUNTDOWN.requireLevel(count);
        for (int i = 0; i < ATTEMPTS; i++) {
            Countdown puzzle = new Countdown(numbers(random, count, MOST_CARD), target, true);
            if (puzzle.mayFollow(List.of())) {
                return puzzle;
            }
        }
        throw new UsageException(Wording.of(
                "no %d numbers from 1 to %d were found that make %d: give another %s",
                count, MOST_CARD, target, Parameter.of("target")));
    }

    private static List<Integer> numbers(Random random, int count, int most) {
        return random.ints(count, 1, most + 1).boxed().toList();
    }

    /** What random steps make of numbers, without fractions; 0 if it becomes too large. */
    private static int combined(Random random, List<Integer> pool) {
        while (pool.size() > 1) {
            int one = pool.remove(random.nextInt(pool.size()));
            int other = pool.remove(random.nextInt(pool.size()));
            int result = switch (random.nextInt(4)) {
                case 0 -> one + other;
                case 1 -> Math.abs(one - other);
                case 2 -> one * other;
                default -> other != 0 && one % other == 0 ? one / other : one + other;
            };
            if (result > MOST_BETWEEN) {
                return 0;
            }
            pool.add(result);
        }
        return pool.get(0);
    }
}

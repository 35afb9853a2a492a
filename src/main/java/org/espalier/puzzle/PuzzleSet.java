package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.espalier.model.UsageException;

/** Draws puzzles of which no two are the same. Stateless. */
public final class PuzzleSet {
    private static final int ATTEMPTS = 1000;

    private PuzzleSet() {}

    /**
     * The same seed gives the same puzzles, and the first of more are those of fewer.
     *
     * @param drawn one at a time
     * @throws UsageException if there are not so many different ones
     */
    public static List<Puzzle> of(Function<Random, Puzzle> drawn, long seed, int count) {
        Random random = new Random(seed);
        Set<String> texts = new HashSet<>();
        List<Puzzle> puzzles = new ArrayList<>();
        int failed = 0;
        while (puzzles.size() < count) {
            Puzzle puzzle = drawn.apply(random);
            if (texts.add(puzzle.text())) {
                puzzles.add(puzzle);
                failed = 0;
            } else if (++failed == ATTEMPTS) {
                throw new UsageException(
                        "there are hardly more than %d different puzzles of this kind and level: ask for fewer, or another level"
                                .formatted(puzzles.size()));
            }
        }
        return puzzles;
    }
}

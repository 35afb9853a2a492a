package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.model.Answer;

/**
 * A sudoku of 4 rows, 4 columns and boxes of 2 by 2.
 *
 * @param cells row by row; 0 for an empty one
 */
record MiniSudoku(List<Integer> cells) implements Puzzle {
    private static final int SIDE = 4;
    private static final int CELLS = SIDE * SIDE;
    private static final String BETWEEN = "[\\s|,]*";

    /** Whatever heading a policy puts before a row. */
    private static final String BEFORE = "(?i)\\W*(?:(?:row|line)\\s*\\d\\s*[:.)]?)?\\W*?";

    private static final Pattern ROW = Pattern.compile(
            BEFORE + IntStream.range(0, SIDE).mapToObj(i -> "([1-4])").collect(Collectors.joining(BETWEEN)) + "\\W*");
    private static final Pattern GIVEN = Pattern.compile("[\\s|]*"
            + IntStream.range(0, SIDE).mapToObj(i -> "([1-4_.0?])").collect(Collectors.joining("[\\s|,]+"))
            + "[\\s|]*");

    MiniSudoku {
        cells = List.copyOf(cells);
    }

    /** With two more empty cells than twice the level, and one solution; with fewer where that would leave several. */
    static MiniSudoku draw(Random random, int level) {
        int[] grid = new int[CELLS];
        fill(grid, random);
        List<Integer> order = new ArrayList<>(IntStream.range(0, CELLS).boxed().toList());
        Collections.shuffle(order, random);
        int empty = 0;
        for (int cell : order) {
            int given = grid[cell];
            grid[cell] = 0;
            if (solutions(grid, 2) > 1) {
                grid[cell] = given;
            } else if (++empty == 2 * level + 2) {
                break;
            }
        }
        return new MiniSudoku(Arrays.stream(grid).boxed().toList());
    }

    /** Solves a grid in place; returns false, and leaves it as it is, if there is no solution. */
    private static boolean fill(int[] grid, Random random) {
        int cell = firstEmpty(grid);
        if (cell < 0) {
            return true;
        }
        List<Integer> numbers =
                new ArrayList<>(IntStream.rangeClosed(1, SIDE).boxed().toList());
        Collections.shuffle(numbers, random);
        for (int number : numbers) {
            if (fits(grid, cell, number)) {
                grid[cell] = number;
                if (fill(grid, random)) {
                    return true;
                }
                grid[cell] = 0;
            }
        }
        return false;
    }

    /** The first four lines in a row that are a grid with its empty cells. */
    static Optional<MiniSudoku> read(String problem) {
        List<Integer> cells = new ArrayList<>();
        for (String line : problem.lines().toList()) {
            Matcher row = GIVEN.matcher(line);
            if (!row.matches()) {
                cells.clear();
                continue;
            }
            for (int i = 1; i <= SIDE; i++) {
                String cell = row.group(i);
                cells.add(cell.matches("[1-4]") ? Integer.parseInt(cell) : 0);
            }
            if (cells.size() == CELLS) {
                return Optional.of(new MiniSudoku(cells));
            }
        }
        return Optional.empty();
    }

    @Override
    public String text() {
        return "Fill in this 4x4 sudoku, so that each row, each column and each 2x2 box has the numbers 1 to 4 once."
                + " Empty cells are _.\n\n" + written(cells);
    }

    private static String written(List<Integer> cells) {
        return IntStream.range(0, SIDE).mapToObj(row -> row(cells, row)).collect(Collectors.joining("\n"));
    }

    private static String row(List<Integer> cells, int row) {
        return cells.subList(row * SIDE, (row + 1) * SIDE).stream()
                .map(cell -> cell == 0 ? "_" : cell.toString())
                .collect(Collectors.joining(" "));
    }

    /** The numbers of all lines that are full rows. */
    private static List<Integer> rows(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                for (int i = 1; i <= SIDE; i++) {
                    numbers.add(Integer.parseInt(row.group(i)));
                }
            }
        }
        return numbers;
    }

    /** The grid that a reply has, if its full rows are four. */
    static Optional<Answer> answer(String reply) {
        List<Integer> rows = rows(reply);
        if (rows.size() != CELLS) {
            return Optional.empty();
        }
        String grid = written(rows);
        return Optional.of(new Answer(grid, grid, true));
    }

    @Override
    public boolean isSolvedBy(String answer) {
        List<Integer> rows = rows(answer);
        return rows.size() == CELLS && leads(rows).isPresent();
    }

    @Override
    public boolean mayFollow(List<String> lines) {
        List<Integer> rows = rows(String.join("\n", lines));
        return rows.size() <= CELLS && leads(rows).isPresent();
    }

    @Override
    public Optional<Written> solution() {
        return leads(List.of()).map(grid -> {
            List<Integer> solved = Arrays.stream(grid).boxed().toList();
            List<String> steps =
                    IntStream.range(0, SIDE).mapToObj(row -> row(solved, row)).toList();
            return new Written(steps, written(solved));
        });
    }

    /** A solution that begins with these numbers; empty if there is none. */
    private Optional<int[]> leads(List<Integer> first) {
        int[] grid = new int[CELLS];
        for (int cell = 0; cell < CELLS; cell++) {
            int given = cells.get(cell);
            int number = cell < first.size() ? first.get(cell) : given;
            if ((given != 0 && number != given) || (number != 0 && !fits(grid, cell, number))) {
                return Optional.empty();
            }
            grid[cell] = number;
        }
        return fill(grid, new Random(0)) ? Optional.of(grid) : Optional.empty();
    }

    /** How many there are, counted up to a number. */
    private static int solutions(int[] grid, int most) {
        int cell = firstEmpty(grid);
        if (cell < 0) {
            return 1;
        }
        int count = 0;
        for (int number = 1; number <= SIDE && count < most; number++) {
            if (fits(grid, cell, number)) {
                grid[cell] = number;
                count += solutions(grid, most - count);
                grid[cell] = 0;
            }
        }
        return count;
    }

    private static int firstEmpty(int[] grid) {
        return IntStream.range(0, CELLS)
                .filter(cell -> grid[cell] == 0)
                .findFirst()
                .orElse(-1);
    }

    /** Whether a number is in no other cell of the row, the column and the box. */
    private static boolean fits(int[] grid, int cell, int number) {
        int row = cell / SIDE;
        int column = cell % SIDE;
        for (int other = 0; other < CELLS; other++) {
            boolean sees = other / SIDE == row
                    || other % SIDE == column
                    || (other / SIDE / 2 == row / 2 && other % SIDE / 2 == column / 2);
            if (other != cell && sees && grid[other] == number) {
                return false;
            }
        }
        return true;
    }
}

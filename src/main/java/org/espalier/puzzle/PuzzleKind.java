package org.espalier.puzzle;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.espalier.model.AnswerReader;
import org.espalier.model.Nearest;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;

/** The kinds of puzzles. */
public enum PuzzleKind {
    /** Numbers that are to be combined to a target; the level is how many. */
    COUNTDOWN(
            "countdown",
            2,
            6,
            4,
            "numbers",
            "Use each of the numbers 3, 5, 7 and 11 exactly once, with +, -, * and /, to make 24.",
            """
            Combine two numbers at a time. Write each step on a line of its own, with all the numbers that are left after it, \
            such as

            7 - 3 = 4 (left: 5, 11, 4)

            Go on until one number is left, which is the target. Then write the whole expression on a last line, such as

            Answer: (7 - 3) * (11 - 5)"""),
    /** A sudoku of four rows; the level says how many cells are empty: two more than twice as many. */
    SUDOKU(
            "sudoku",
            1,
            5,
            3,
            "2 L + 2 empty cells",
            "Fill in this 4x4 sudoku ..., with its rows on lines of their own such as 1 _ 3 4",
            """
            Write the filled grid and nothing else: each row on a line of its own, with spaces between its numbers, such as

            1 2 3 4"""),
    /** Knights, who tell the truth, and knaves, who lie; the level is how many people there are. */
    KNIGHTS(
            "knights",
            2,
            8,
            3,
            "people",
            "... You meet 2 inhabitants: Emma and Liam. Emma said that Liam is a knave. Liam said that ...",
            """
            Write what each of them is on a line of its own, and nothing else, such as

            Emma is a knight.
            Liam is a knave.""");

    private final String cliName;
    private final int least;
    private final int most;
    private final int usual;
    private final String levels;
    private final String example;
    private final String instruction;

    PuzzleKind(String cliName, int least, int most, int usual, String levels, String example, String instruction) {
        this.cliName = cliName;
        this.least = least;
        this.most = most;
        this.usual = usual;
        this.levels = levels;
        this.example = example;
        this.instruction = instruction;
    }

    /** @throws UsageException if no kind has this name */
    public static PuzzleKind parse(String name) {
        List<String> names = Arrays.stream(values()).map(PuzzleKind::cliName).toList();
        return Arrays.stream(values())
                .filter(kind -> kind.cliName.equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("there are no puzzles called %s: choose %s%s"
                        .formatted(name, String.join(", ", names), Nearest.question(name, names))));
    }

    /** What the levels mean, in a line. */
    public static String levelsInWords() {
        return Arrays.stream(values())
                .map(kind -> "%s %d-%d (%s)".formatted(kind.cliName, kind.least, kind.most, kind.levels))
                .collect(Collectors.joining(", "));
    }

    /** Its name on the command line. */
    public String cliName() {
        return cliName;
    }

    /** What tells a policy in which form to write a solution. */
    public String instruction() {
        return instruction;
    }

    /** The level of puzzles unless somebody says. */
    public int usualLevel() {
        return usual;
    }

    /** @throws UsageException if there is no such level */
    public void requireLevel(int level) {
        if (level < least || level > most) {
            throw new UsageException(Wording.of(
                    "%s of %s must be %d to %d (%s), not %d",
                    Parameter.of("level"), cliName, least, most, levels, level));
        }
    }

    /**
     * Draws a puzzle that has a solution.
     *
     * @throws UsageException if there is no such level
     */
    public Puzzle generate(Random random, int level) {
        requireLevel(level);
        return switch (this) {
            case COUNTDOWN -> CountdownMaker.draw(random, level);
            case SUDOKU -> MiniSudoku.draw(random, level);
            case KNIGHTS -> KnightsMaker.draw(random, level);
        };
    }

    /** The puzzle that a problem states; empty if it states none of this kind. */
    public Optional<Puzzle> read(String problem) {
        return switch (this) {
            case COUNTDOWN -> CountdownReader.puzzle(problem).map(puzzle -> puzzle);
            case SUDOKU -> MiniSudoku.read(problem).map(puzzle -> puzzle);
            case KNIGHTS -> KnightsReader.puzzle(problem).map(puzzle -> puzzle);
        };
    }

    /** Whether a problem states a puzzle of this kind, in the very words in which Espalier writes them, and nothing else. */
    public boolean isStatedBy(String problem) {
        return read(problem)
                .filter(puzzle -> puzzle.text().equals(problem.strip()))
                .isPresent();
    }

    /** @throws UsageException if a problem states no puzzle of this kind */
    public Puzzle required(String problem) {
        return read(problem)
                .orElseThrow(() -> new UsageException(
                        "this is no %s puzzle that can be checked: state it as \"%s\"".formatted(cliName, example)));
    }

    /** Reads what a reply answers. */
    public AnswerReader answers() {
        return switch (this) {
            case COUNTDOWN -> CountdownReader::answer;
            case SUDOKU -> MiniSudoku::answer;
            case KNIGHTS -> KnightsReader::answer;
        };
    }
}

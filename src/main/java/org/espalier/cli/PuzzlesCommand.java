package org.espalier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.puzzle.CountdownMaker;
import org.espalier.puzzle.Puzzle;
import org.espalier.puzzle.PuzzleKind;
import org.espalier.puzzle.PuzzleSet;
import org.espalier.puzzle.PuzzleVerifier;
import org.espalier.verify.VerifierProtocol;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code espalier puzzles}. */
@Command(
        name = "puzzles",
        description = {
            "Draws puzzles with their solutions, as a data set for 'espalier eval': a JSON object a line.",
            "",
            "countdown combines numbers to a target, sudoku is one of 4x4 cells, knights are knights and knaves."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  espalier puzzles countdown --count 300 --seed 7 --level 4 >countdown.jsonl",
            "  espalier puzzles countdown --target 24 --count 100 --out game-of-24.jsonl",
            "  espalier eval countdown.jsonl --method greedy,best-of-n,beam -n 16 --out runs/countdown",
        })
final class PuzzlesCommand implements Callable<Integer> {
    private static final int MOST = 1_000_000;

    @Parameters(paramLabel = "KIND", description = "countdown, sudoku or knights.")
    private String kind = "";

    @Option(
            names = "--count",
            paramLabel = "K",
            defaultValue = "100",
            description = "How many, no two of them the same (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "42",
            description = "The same seed gives the same puzzles (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--level",
            paramLabel = "L",
            description =
                    "Of difficulty: countdown 2-6 (numbers, default 4), sudoku 1-5 (2 L + 2 empty cells, default 3),"
                            + " knights 2-8 (people, default 3).")
    private @Nullable Integer level;

    @Option(
            names = "--target",
            paramLabel = "T",
            description = "Of countdown: what all of them make, such as 24, with numbers from 1 to 13"
                    + " (default: 10 to 100, from 1 to 25).")
    private @Nullable Integer target;

    @Option(names = "--out", paramLabel = "FILE", description = "Where they are written (default: standard output).")
    private @Nullable Path out;

    @Advanced
    @Option(
            names = "--judge",
            description =
                    "Draws none: reads the lines that a --verifier is asked, from standard input, and answers them by"
                            + " the exact checker.")
    private boolean judge;

    @Override
    public Integer call() throws IOException {
        PuzzleKind wanted = PuzzleKind.parse(kind);
        if (judge) {
            return judge(wanted);
        }
        if (count < 1 || count > MOST) {
            throw new UsageException("--count must be 1 to %d, not %d".formatted(MOST, count));
        }
        int chosen = level == null ? wanted.usualLevel() : level;
        wanted.requireLevel(chosen);
        List<Puzzle> puzzles = PuzzleSet.of(drawing(wanted, chosen), seed, count);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < puzzles.size(); i++) {
            lines.append(line(puzzles.get(i), wanted, chosen, i + 1)).append('\n');
        }
        Path file = out;
        if (file == null) {
            System.out.print(lines);
        } else {
            write(file, lines.toString());
        }
        return ExitCode.ANSWERED;
    }

    private Function<Random, Puzzle> drawing(PuzzleKind wanted, int chosen) {
        Integer made = target;
        if (made == null) {
            return random -> wanted.generate(random, chosen);
        }
        if (wanted != PuzzleKind.COUNTDOWN) {
            throw new UsageException("--target is for countdown: leave it out");
        }
        return random -> CountdownMaker.draw(random, chosen, made);
    }

    private String line(Puzzle puzzle, PuzzleKind wanted, int chosen, int number) {
        Puzzle.Written solution = puzzle.solution().orElseThrow();
        ObjectNode line = ServerClient.MAPPER
                .createObjectNode()
                .put("id", "%s-%d-%d-%d".formatted(wanted.cliName(), chosen, seed, number))
                .put("domain", wanted.cliName())
                .put("problem", puzzle.text())
                .put("answer", solution.answer())
                .put("level", chosen);
        solution.steps().forEach(line.putArray("steps")::add);
        return ServerClient.MAPPER.writeValueAsString(line);
    }

    private static void write(Path file, String lines) {
        try {
            WholeFile.write(file, lines);
        } catch (IOException e) {
            throw new EspalierException("cannot write the puzzles to %s: %s".formatted(file, Reason.of(e)), e);
        }
    }

    /** Answers until its input ends. */
    private static int judge(PuzzleKind wanted) throws IOException {
        PuzzleVerifier verifier = new PuzzleVerifier(wanted);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(VerifierProtocol.answer(line, verifier));
            System.out.flush();
        }
        return ExitCode.ANSWERED;
    }
}

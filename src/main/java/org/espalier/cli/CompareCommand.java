package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.eval.Comparison;
import org.espalier.eval.RunFolder;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier compare}: whether two results differ. */
@Command(
        name = "compare",
        description = "Says whether one run solves more problems than another, problem by problem.",
        sortOptions = false,
        footer = {
            "",
            "Without --first and --second, everything that both runs have is compared. A result is METHOD, METHOD@N or",
            "METHOD@N/SELECTION; what is left out is the largest n, and weighted (of majority and greedy: majority).",
            "The interval is of a paired bootstrap, 95 %%; p is McNemar's, exact, and of one seed only.",
            "",
            "Examples:",
            "  espalier compare runs/prm runs/likelihood",
            "  espalier compare runs/seed-1,runs/seed-2 --first beam@64 --second dvts@64",
            "  espalier compare runs/prm --first best-of-n@16/naive --second best-of-n@16/weighted",
        })
final class CompareCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "A",
            split = ",",
            description =
                    "A folder that 'espalier eval --out' has written, or several with different seeds, joined by commas.")
    private List<Path> a = List.of();

    @Parameters(
            index = "1",
            paramLabel = "B",
            arity = "0..1",
            split = ",",
            description = "Another one (default: A, for two results of one run).")
    private List<Path> b = List.of();

    @Option(names = "--first", paramLabel = "RESULT", description = "The result of A.")
    private @Nullable String first;

    @Option(names = "--second", paramLabel = "RESULT", description = "The result of B (default: as --first).")
    private @Nullable String second;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            split = ",",
            description = "Only problems of these levels, such as 1,2,3.")
    private List<String> levels = List.of();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /** What {@code --json} prints. */
    private record Comparisons(List<Comparison> comparisons) {}

    @Override
    public Integer call() {
        if (b.isEmpty() && (first == null || second == null)) {
            throw new UsageException("there is one run and nothing to compare it with: name another run, or two"
                    + " results of this one with --first and --second");
        }
        if (first == null && second != null) {
            throw new UsageException("--second " + second + " needs --first");
        }
        RunFolder one = read(a);
        RunFolder other = b.isEmpty() ? one : read(b);
        List<Comparison> found = first == null
                ? Comparison.ofAll(one, other)
                : List.of(Comparison.of(one, first, other, second == null ? first : second));
        if (json) {
            System.out.println(PrettyJson.of(new Comparisons(found)));
        } else {
            table(one, other, found).print(Terminal.output());
        }
        return ExitCode.ANSWERED;
    }

    private RunFolder read(List<Path> folders) {
        RunFolder run = RunFolder.mean(folders.stream().map(RunFolder::read).toList());
        return levels.isEmpty() ? run : run.ofLevels(levels);
    }

    private static TextTable table(RunFolder a, RunFolder b, List<Comparison> found) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of(
                "A: " + a.name(),
                "B: " + b.name(),
                "",
                "A %",
                "B %",
                "B - A",
                "95 %",
                "only A",
                "only B",
                "p",
                "problems"));
        for (Comparison comparison : found) {
            cells.add(List.of(
                    comparison.first(),
                    comparison.second(),
                    verdict(comparison),
                    Numbers.percent(comparison.firstAccuracy()),
                    Numbers.percent(comparison.secondAccuracy()),
                    signed(comparison.difference()),
                    signed(comparison.low()) + " to " + signed(comparison.high()),
                    String.valueOf(comparison.onlyFirst()),
                    String.valueOf(comparison.onlySecond()),
                    comparison.p() == null ? "" : String.format(Locale.ROOT, "%.4f", comparison.p()),
                    String.valueOf(comparison.problems())));
        }
        return new TextTable(cells, 3);
    }

    private static String verdict(Comparison comparison) {
        if (!comparison.differenceShown()) {
            return "no difference shown";
        }
        return comparison.difference() > 0 ? "B is better" : "A is better";
    }

    private static String signed(double share) {
        return String.format(Locale.ROOT, "%+.1f", 100 * share);
    }
}

package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.model.Budget;
import org.espalier.model.Excerpt;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SolutionJudging;
import org.espalier.search.SolutionSteps;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier score}: what a PRM thinks of a solution that is there already. */
@Command(
        name = "score",
        description = "Scores the steps of a solution with a PRM.",
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  espalier score --prm arith-prm --problem \"Start with 12, then multiply by 7.\" --solution solution.txt",
        })
final class ScoreCommand implements Callable<Integer> {
    private static final double GOOD = 0.8;
    private static final double DOUBTFUL = 0.5;
    private static final int FIRST_WORDS = 60;

    @Option(names = "--problem", paramLabel = "TEXT", description = "The problem's text.")
    private @Nullable String problem;

    @Option(names = "--problem-file", paramLabel = "FILE", description = "Reads the problem from a file.")
    private @Nullable Path problemFile;

    @Option(
            names = "--solution",
            paramLabel = "FILE",
            required = true,
            description =
                    "The solution's text, divided into steps as in a search, with any line ends; - reads standard input.")
    private Path solution = Path.of("-");

    @Option(names = "--delimiter", paramLabel = "TEXT", description = "What ends a step (default: a blank line).")
    private String delimiter = SearchConfig.DEFAULT.delimiter();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    /**
     * What {@code --json} prints.
     *
     * @param stepScores null for a step that is too long for the PRM, and for those after it
     */
    private record Scored(String problem, String prm, List<String> steps, List<@Nullable Double> stepScores) {}

    @Override
    public Integer call() {
        LargerPolicy.requireUse(models.runtime(), List.of());
        if (delimiter.isEmpty()) {
            throw new UsageException("--delimiter is empty: give the text that ends a step, usually a blank line");
        }
        if (models.runtime().prm().judgesWhatItWrites()) {
            throw new UsageException(
                    "--prm %s judges steps while the policy writes them: name a PRM or likelihood:MODEL"
                            .formatted(models.runtime().prm().model()));
        }
        if ((problem == null) == (problemFile == null)) {
            throw new UsageException("give the problem with --problem or with --problem-file");
        }
        String text = problem == null ? read("the problem", problemFile) : problem;
        if (text.isBlank()) {
            throw new UsageException("the problem is empty");
        }
        List<String> steps = SolutionSteps.of(read("the solution", solution), delimiter);
        if (steps.isEmpty()) {
            throw new UsageException("the solution is empty");
        }
        Problem given = new Problem("solution", text);
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime =
                        new LocalRuntime(models.runtime(), Workload.reading(List.of(given), List.of(steps)), fetches)) {
            if (!runtime.hasJudge()) {
                throw new UsageException("there is nothing to judge with: give a PRM or likelihood:MODEL with --prm");
            }
            List<Double> scores = scores(runtime, given, steps);
            if (json) {
                List<@Nullable Double> known = new ArrayList<>();
                scores.forEach(score -> known.add(score.isNaN() ? null : score));
                System.out.println(PrettyJson.of(new Scored(text, runtime.judgeName(), steps, known)));
            } else {
                print(steps, scores);
            }
            return ExitCode.ANSWERED;
        }
    }

    private static String read(String what, @Nullable Path file) {
        if (file != null && !file.toString().equals("-")) {
            return GivenText.read(what, file);
        }
        try {
            return StandardStreams.read(what);
        } catch (IOException e) {
            throw new UsageException("cannot read %s from -: %s".formatted(what, Reason.of(e)));
        }
    }

    private List<Double> scores(LocalRuntime runtime, Problem given, List<String> steps) {
        SolutionJudging judging = new SolutionJudging(runtime.prm(), delimiter);
        Meter meter = new Meter(Budget.UNLIMITED);
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        try {
            return judging.await(given, steps, meter, runtime.policy().executor());
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private static void print(List<String> steps, List<Double> scores) {
        Terminal terminal = Terminal.output();
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("step", "text", "score"));
        for (int i = 0; i < steps.size(); i++) {
            String shown = Excerpt.within(steps.get(i).strip().replaceAll("\\s+", " "), FIRST_WORDS);
            cells.add(List.of(String.valueOf(i + 1), shown, shown(scores.get(i))));
        }
        new TextTable(cells, 2).print(terminal);
        System.out.println();
        for (int i = 0; i < steps.size(); i++) {
            terminal.println(
                    "@|" + colour(scores.get(i)) + " %s|@ @|faint [%s]|@%n",
                    steps.get(i).strip(),
                    shown(scores.get(i)));
        }
    }

    private static String shown(double score) {
        return Double.isNaN(score) ? "too long" : String.format(Locale.ROOT, "%.3f", score);
    }

    private static String colour(double score) {
        return score >= GOOD ? "green" : score >= DOUBTFUL ? "yellow" : Double.isNaN(score) ? "faint" : "red";
    }
}

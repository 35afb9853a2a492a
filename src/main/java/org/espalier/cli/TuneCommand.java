package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.eval.FrontierPlot;
import org.espalier.eval.PlanFile;
import org.espalier.eval.PlanFile.Source;
import org.espalier.eval.Tuning;
import org.espalier.eval.Tuning.Result;
import org.espalier.eval.Tuning.Tuned;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.search.Windows;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier tune}: learns a plan for auto. */
@Command(
        name = "tune",
        description = "Learns from recorded runs what auto does with which problem, and when it may stop.",
        sortOptions = false,
        footer = {
            "",
            "The runs must have gone on to the end. Use other problems than those that you judge auto by. What a live run of",
            "the plan should reproduce is the accuracy of the chosen line, within its interval.",
            "",
            "Examples:",
            "  espalier eval held-in.jsonl --method auto,best-of-n -n 64 --stop-at 1 --out runs/held-in",
            "  espalier tune runs/held-in --out plan.yaml",
            "  espalier solve --plan plan.yaml \"...\"",
            "",
            "The same for a pair of your own in one go:",
            "  espalier tune runs/pair --record held-in.jsonl --policy p.gguf --prm r.gguf --out plan.yaml",
        })
final class TuneCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = "Folders that 'espalier eval --method auto --stop-at 1 --out' has written.")
    private List<Path> runs = List.of();

    @Option(names = "--out", paramLabel = "FILE", description = "Where the plan is written (default: nowhere).")
    private @Nullable Path out;

    @Option(
            names = "--loss",
            paramLabel = "POINTS",
            defaultValue = "0.5",
            description = {
                "Percentage points of accuracy that may be lost compared with going on to the end",
                "(default: ${DEFAULT-VALUE})."
            })
    private double loss;

    @Option(
            names = "--frontier",
            paramLabel = "DIR",
            description = "Draws the frontier of accuracy against tokens into this folder: frontier.png and .svg.")
    private @Nullable Path plot;

    @ArgGroup(validate = false, heading = "%nRecording first:%n")
    private RecordingOptions recording = new RecordingOptions();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (!(loss >= 0 && loss <= 100)) {
            throw new UsageException("--loss must be 0 to 100 percentage points, not " + loss);
        }
        int recorded = recording.record(runs);
        if (recorded != ExitCode.ANSWERED) {
            return recorded;
        }
        Tuned tuned = Tuning.of(runs, loss / 100);
        if (json) {
            System.out.println(PrettyJson.of(tuned));
        } else {
            table(tuned).print(Terminal.output());
        }
        if (plot != null) {
            createFolder(plot);
            FrontierPlot.write(plot, tuned);
        }
        if (out != null) {
            new PlanFile(tuned.chosen().plan(), tuned.source()).write(out, remarks(tuned));
        }
        return ExitCode.ANSWERED;
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new EspalierException("cannot make the folder " + folder + ": " + Reason.of(e), e);
        }
    }

    private static TextTable table(Tuned tuned) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("plan", "", "windows", "stop at", "% right", "tokens"));
        for (Result result : tuned.curve()) {
            boolean chosen = result.plan().equals(tuned.chosen().plan());
            String interval = "chosen: %s-%s".formatted(Numbers.percent(tuned.low()), Numbers.percent(tuned.high()));
            cells.add(line(chosen ? interval : "", bins(result), result));
        }
        cells.add(line("to the end", bins(tuned.toTheEnd()), tuned.toTheEnd()));
        for (int i = 0; i < Tuning.CANDIDATES.size(); i++) {
            Result result = tuned.crossValidated().get(i);
            cells.add(line("cross-validated, " + Tuning.CANDIDATES.get(i), bins(result), result));
        }
        return new TextTable(cells, 3);
    }

    private static List<String> line(String name, String bins, Result result) {
        Windows windows = result.plan().windows();
        return List.of(
                name,
                bins,
                windows == null ? "" : "%d, %s".formatted(windows.least(), windows.growth()),
                String.format(Locale.ROOT, "%.3f", result.plan().stopAt()),
                Numbers.percent(result.accuracy()),
                String.format(Locale.ROOT, "%,.0f", result.tokens()));
    }

    private static String bins(Result result) {
        return String.join(
                ", ",
                result.plan().bins().stream()
                        .map(bin -> bin.method().cliName() + " up to " + bin.upTo())
                        .toList());
    }

    private static List<String> remarks(Tuned tuned) {
        Source source = tuned.source();
        return List.of(
                "A plan for auto, written by 'espalier tune' from %d problems of %s."
                        .formatted(source.problems(), String.join(", ", source.datasets())),
                "There it solves %s %% with %,.0f tokens a problem; going on to the end %s %% with %,.0f."
                        .formatted(
                                Numbers.percent(tuned.chosen().accuracy()),
                                tuned.chosen().tokens(),
                                Numbers.percent(tuned.toTheEnd().accuracy()),
                                tuned.toTheEnd().tokens()));
    }
}

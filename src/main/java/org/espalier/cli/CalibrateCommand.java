package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.espalier.catalog.DuckDbDriver;
import org.espalier.catalog.WholeFile;
import org.espalier.eval.Calibration;
import org.espalier.eval.Calibration.Judged;
import org.espalier.eval.LabelledSolution;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.ReliabilityPlot;
import org.espalier.eval.Shard;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SolutionJudging;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier calibrate}: how far a PRM's scores can be believed. */
@Command(
        name = "calibrate",
        description = "Measures how well a PRM tells right steps from wrong ones, on solutions with labelled steps.",
        sortOptions = false,
        footer = {
            "",
            "FILE holds JSON lines or Parquet: of ProcessBench (problem, steps, label), of PRMBench (modified_process,",
            "error_steps) or of 'espalier rollouts'. Steps up to the first wrong one count.",
            "",
            "A step is blamed if its score is below the threshold. F1 is ProcessBench's: of the shares of faulty",
            "solutions of which the first step blamed is the first wrong one, and of right ones without any blame.",
            "",
            "Examples:",
            "  espalier rollouts arith -n 4 --max-tokens 400 --out rollouts.jsonl",
            "  espalier calibrate rollouts.jsonl --prm arith-prm --out calibration",
        })
final class CalibrateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Labelled solutions; several files count as one.")
    private List<Path> files = List.of();

    @Option(
            names = "--threshold",
            paramLabel = "T",
            defaultValue = "0.5",
            description = "A step with a lower score is blamed, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double threshold;

    @Option(names = "--limit", paramLabel = "K", description = "Only the first K solutions.")
    private @Nullable Integer limit;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Also writes calibration.json and the reliability plot (PNG and SVG) into this folder.")
    private @Nullable Path out;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Shows no progress.")
    private boolean quiet;

    @ArgGroup(validate = false, heading = "%nSeveral machines:%n")
    private ShardOptions shards = new ShardOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @Spec
    private @Nullable CommandSpec command;

    private String judgeName = "";

    @Override
    public Integer call() {
        if (shards.printJob(command, out == null ? Path.of("calibration") : out)) {
            return ExitCode.ANSWERED;
        }
        Shard shard = shards.shard();
        if (shard != null && out == null) {
            throw new UsageException("--shard needs --out: the scores are recorded there for 'espalier merge'");
        }
        LargerPolicy.requireUse(models.runtime(), List.of());
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new UsageException("--threshold must be 0 to 1, not " + threshold);
        }
        if (limit != null && limit < 1) {
            throw new UsageException("--limit must be 1 or more, not " + limit);
        }
        if (models.runtime().prm().judgesWhatItWrites()) {
            throw new UsageException(
                    "--prm %s judges steps while the policy writes them: name a PRM or likelihood:MODEL"
                            .formatted(models.runtime().prm().model()));
        }
        List<LabelledSolution> solutions = solutions();
        List<Judged> judged = new ArrayList<>();
        boolean all = (shard == null || out == null)
                ? judge(solutions, (solution, scores) -> judged.add(new Judged(scores, solution.firstError())))
                : judgeShard(solutions, shard, out, judged);
        if (!all) {
            return ExitCode.FAILED;
        }
        Calibration calibration = Calibration.of(judged, threshold);
        if (json) {
            System.out.println(PrettyJson.of(calibration));
        } else {
            table(calibration).print(Terminal.output());
        }
        if (out != null && shard == null) {
            write(out, judgeName, calibration);
        }
        return ExitCode.ANSWERED;
    }

    private boolean judgeShard(List<LabelledSolution> solutions, Shard shard, Path folder, List<Judged> judged) {
        try (FetchProgress fetches = new FetchProgress()) {
            return new ShardJudging(files, solutions, shard, models.runtime(), threshold)
                    .complete(folder, fetches, this::judge, judged);
        }
    }

    private List<LabelledSolution> solutions() {
        try (FetchProgress fetches = new FetchProgress()) {
            return files.stream()
                    .flatMap(file -> LabelledSolution.read(
                            file, () -> DuckDbDriver.open().fetch(fetches))
                            .stream())
                    .limit(limit == null ? Long.MAX_VALUE : limit)
                    .toList();
        }
    }

    /** Returns false if it was interrupted. */
    private boolean judge(List<LabelledSolution> solutions, BiConsumer<LabelledSolution, List<Double>> each) {
        Workload work = Workload.reading(
                solutions.stream().map(LabelledSolution::toProblem).toList(),
                solutions.stream().map(LabelledSolution::steps).toList());
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(models.runtime(), work, fetches)) {
            if (!runtime.hasJudge()) {
                throw new UsageException("nothing is named that judges "
                        + runtime.models().get(0).file().name()
                        + "'s steps: give a PRM or likelihood:MODEL with --prm");
            }
            judgeName = runtime.judgeName();
            return judge(runtime, solutions, each);
        }
    }

    private boolean judge(
            LocalRuntime runtime, List<LabelledSolution> solutions, BiConsumer<LabelledSolution, List<Double>> each) {
        SolutionJudging judging = new SolutionJudging(runtime.prm(), SearchConfig.DEFAULT.delimiter());
        try (RunProgress progress = new RunProgress("solutions", solutions.size(), 0, !quiet)) {
            ProblemStream<LabelledSolution, List<Double>> stream = new ProblemStream<>(
                    solutions,
                    runtime.inFlight(),
                    runtime.policy().executor(),
                    () -> new Meter(Budget.UNLIMITED),
                    (solution, meter) -> judging.judge(
                            solution.toProblem(),
                            solution.steps(),
                            solution.labelledSteps().size(),
                            meter));
            Interruption.callOnInterrupt(() -> {
                stream.stop();
                runtime.interrupt();
            });
            return stream.forEach((solution, scores) -> {
                each.accept(solution, scores);
                progress.step();
            });
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    static TextTable table(Calibration found) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("measure", "threshold " + fraction(found.threshold())));
        lines.add(List.of("solutions judged", Numbers.whole(found.solutions())));
        if (found.unjudged() > 0) {
            lines.add(List.of("too long for the PRM", Numbers.whole(found.unjudged())));
        }
        lines.add(List.of("steps: right", Numbers.whole(found.rightSteps())));
        lines.add(List.of("steps: wrong", Numbers.whole(found.wrongSteps())));
        lines.add(List.of("right steps passed, %", Numbers.percent(found.rightPassed())));
        lines.add(List.of("wrong steps found, %", Numbers.percent(found.wrongFound())));
        lines.add(List.of("balanced accuracy, %", Numbers.percent(found.balancedAccuracy())));
        lines.add(List.of("AUROC", fraction(found.auroc())));
        lines.add(List.of("first error located, %", Numbers.percent(found.firstErrorLocated())));
        lines.add(List.of("right solutions passed, %", Numbers.percent(found.cleanPassed())));
        lines.add(List.of("F1 (ProcessBench), %", Numbers.percent(found.f1())));
        lines.add(List.of("Brier score", fraction(found.brier())));
        lines.add(List.of("calibration error", fraction(found.calibrationError())));
        return new TextTable(lines, 1);
    }

    private static String fraction(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** @param name of what judged */
    static void write(Path folder, String name, Calibration calibration) {
        try {
            Files.createDirectories(folder);
            WholeFile.write(folder.resolve("calibration.json"), PrettyJson.of(calibration) + "\n");
        } catch (IOException e) {
            throw new EspalierException("cannot write the calibration to " + folder + ": " + Reason.of(e), e);
        }
        ReliabilityPlot.write(folder, Map.of(name, calibration));
    }
}

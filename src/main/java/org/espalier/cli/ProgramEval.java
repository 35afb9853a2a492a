package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.espalier.code.CodeOptions;
import org.espalier.code.CodeSolver;
import org.espalier.code.ProgramChoice;
import org.espalier.code.ProgramRuns;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.ProgramDataset;
import org.espalier.eval.ProgramItem;
import org.espalier.eval.ProgramResults;
import org.espalier.eval.ProgramRun;
import org.espalier.model.Budget;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/** Measures how many problems of a data set the policy writes a right program for, and how well each way chooses. */
final class ProgramEval {
    private final ProgramRunOptions program;
    private final ProgramDataset dataset;
    private final List<Integer> sizes;
    private final SearchConfig config;
    private final RuntimeOptions models;
    private final Budget budget;

    ProgramEval(
            ProgramRunOptions program,
            ProgramDataset dataset,
            List<Integer> sizes,
            SearchConfig config,
            RuntimeOptions models,
            Budget budget) {
        this.program = program;
        this.dataset = dataset;
        this.sizes = sizes;
        this.config = config.toBuilder().n(Collections.max(sizes)).build();
        this.models = models(models);
        this.budget = budget;
    }

    /** The models as a run has them: told to write programs of the data sets' language. */
    static RuntimeOptions models(RuntimeOptions asked) {
        return ProgramSolving.models(asked, ProgramDataset.LANGUAGE);
    }

    /** Draws as many programs for each problem as the largest n; returns the exit code. */
    int run(Path folder, RunRecord record, Map<String, Object> environment, boolean json, boolean quiet) {
        program.describe(record);
        record.put("dataset", dataset.name());
        boolean all;
        try (ProgramRuns runs = program.open(ProgramDataset.LANGUAGE);
                ProgramRun run = new ProgramRun(folder, dataset, config.n(), record.configuration(), environment)) {
            all = run.missing().isEmpty() || complete(run, runs, quiet);
            print(run.results(), json);
        }
        if (!all && !quiet) {
            System.err.println("Stopped; the same command resumes from there");
        }
        return all ? ExitCode.ANSWERED : ExitCode.FAILED;
    }

    private boolean complete(ProgramRun run, ProgramRuns runs, boolean quiet) {
        List<ProgramItem> missing = run.missing();
        CodeOptions options = program.options(SearchMethod.MAJORITY, ProgramChoice.ALL);
        Workload work = Workload.of(
                SearchMethod.MAJORITY,
                config.n(),
                config.maxTokens(),
                missing.stream().map(item -> item.task().problem()).toList());
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(models, work, fetches);
                RunProgress progress =
                        new RunProgress(dataset.name(), dataset.items().size(), run.done(), !quiet)) {
            CodeSolver solver = new CodeSolver(runtime.solver(), runs);
            ProblemStream<ProgramItem, ProgramRun.Outcome> stream = new ProblemStream<>(
                    missing,
                    runtime.inFlight(),
                    runtime.policy().executor(),
                    () -> runtime.meter(budget),
                    (item, meter) -> ProgramRun.start(item, solver, runs, config, options, meter)
                            .whenCompleteAsync(
                                    (outcome, thrown) -> {}, runtime.policy().executor()));
            Interruption.callOnInterrupt(() -> {
                stream.stop();
                runtime.interrupt();
            });
            progress.begin("n = " + config.n());
            return run.solve(stream, progress::step);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private void print(ProgramResults results, boolean json) {
        if (json) {
            System.out.println(PrettyJson.of(results));
            return;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("chosen by", "k", "right %", "95 %"));
        for (ProgramResults.Row row : results.rows()) {
            if (row.k() == config.n() || sizes.contains(row.k())) {
                cells.add(List.of(
                        row.what().equals("pass") ? "pass@k" : row.what(),
                        String.valueOf(row.k()),
                        Numbers.percent(row.rate()),
                        Numbers.percent(row.low()) + "-" + Numbers.percent(row.high())));
            }
        }
        Terminal terminal = Terminal.output();
        new TextTable(cells, 1).print(terminal);
        terminal.println(
                "@|faint %d problems of %s, Wilson intervals; a problem took %s tokens, %s s, %s runs and %s CPU s of programs|@",
                results.problems(),
                results.dataset(),
                Numbers.whole(results.tokensPerProblem()),
                Numbers.seconds(results.secondsPerProblem()),
                Numbers.whole(results.runsPerProblem()),
                Numbers.seconds(results.programCpuSecondsPerProblem()));
    }
}

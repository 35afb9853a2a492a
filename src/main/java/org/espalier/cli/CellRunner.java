package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.espalier.catalog.FetchListener;
import org.espalier.cli.SolutionJson.EngineJson;
import org.espalier.eval.Cell;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRecord;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RecordFile;
import org.espalier.eval.RunBudget;
import org.espalier.eval.RunFolder;
import org.espalier.model.Budget;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * Runs the cells of a sweep, each with models and an engine of its own: what it loads, how its cache is laid out and how
 * many problems are in flight depends on the method and on n. Writes a line about each to {@code cells.jsonl}.
 */
final class CellRunner implements AutoCloseable {
    private final EvalRun run;
    private final ModelOptions models;
    private final SearchConfig config;
    private final @Nullable Path plan;
    private final Budget each;
    private final Budget whole;
    private final FetchListener fetches;
    private final RecordFile cells;

    /**
     * What one process did for a cell.
     *
     * @param problems that it solved
     * @param seconds of wall time that they took together, without loading the models
     * @param inFlight how many were solved at the same time
     */
    private record CellRecord(
            String method, int n, int session, int problems, double seconds, int inFlight, EngineJson engine) {}

    CellRunner(
            EvalRun run,
            Path folder,
            ModelOptions models,
            SearchConfig config,
            @Nullable Path plan,
            Budget each,
            Budget whole,
            FetchListener fetches) {
        this.run = run;
        this.plan = plan;
        this.models = models;
        this.config = config;
        this.each = each;
        this.whole = whole;
        this.fetches = fetches;
        cells = RecordFile.open(folder.resolve(RunFolder.CELLS), line -> {});
    }

    /** Solves what a cell lacks; returns false if it was interrupted. */
    boolean complete(Cell cell, RunProgress progress) {
        List<DatasetItem> missing = run.missing(cell);
        if (missing.isEmpty()) {
            return true;
        }
        SearchConfig sized = config.toBuilder().n(cell.n()).build();
        Workload work = Workload.of(cell.method(), sized, missing);
        // Time and energy are for a problem that has the machine to itself.
        boolean alone = RunBudget.isOfMachine(each) || RunBudget.isOfMachine(whole);
        try (Session session = new Session(models, alone ? work.withInFlight(1) : work, fetches)) {
            RunBudget budget = new RunBudget(whole, each, missing.size(), session::meter);
            SearchConfig search = session.planned(sized, cell.method(), plan);
            ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                    missing,
                    session.inFlight(),
                    session.policy().thread(),
                    budget::next,
                    (item, meter) -> session.solver()
                            .start(item.toProblem(), cell.method(), search, meter)
                            .whenComplete((solution, thrown) -> budget.done(meter)));
            Interruption.callOnInterrupt(() -> {
                stream.stop();
                session.interrupt();
            });
            progress.begin(cell.toString());
            long began = System.nanoTime();
            int before = run.measurements().records();
            boolean all = run.solve(stream, record -> progress.step(isRight(cell, record)));
            cells.append(new CellRecord(
                    cell.method().cliName(),
                    cell.n(),
                    run.session(),
                    run.measurements().records() - before,
                    (System.nanoTime() - began) / 1e9,
                    session.inFlight(),
                    session.describeEngine()));
            return all;
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    /** By the selection that is usual for the method. */
    private static boolean isRight(Cell cell, EvalRecord record) {
        String selection = cell.method().usualSelection().name().toLowerCase(Locale.ROOT);
        return record.answers().stream()
                .anyMatch(
                        chosen -> chosen.selection().equals(selection) && chosen.n() == record.n() && chosen.correct());
    }

    @Override
    public void close() {
        cells.close();
    }
}

package org.espalier.eval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.espalier.code.CodeListener;
import org.espalier.code.CodeOptions;
import org.espalier.code.CodeSolution;
import org.espalier.code.CodeSolver;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestRun;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;

/**
 * A run over a data set of programs in its folder, as {@link EvalRun} is one over answers: {@code run.json}, {@code
 * records.jsonl}, one writer, and what is done is not done again. One thread.
 */
public final class ProgramRun implements AutoCloseable {
    private final ProgramDataset dataset;
    private final int n;
    private final RunLock lock;
    private final RecordFile records;
    private final Map<String, ProgramRecord> done = new LinkedHashMap<>();

    /** What came of a problem, with the hidden tests. */
    public record Outcome(CodeSolution solution, List<TestRun> hidden, int runs, double cpuSeconds) {}

    /**
     * Opens a folder that is there.
     *
     * @throws org.espalier.model.UsageException if the run there is of another configuration
     */
    public ProgramRun(
            Path folder,
            ProgramDataset dataset,
            int n,
            Map<String, Object> configuration,
            Map<String, Object> environment) {
        this.dataset = dataset;
        this.n = n;
        Path file = folder.resolve(RunFolder.RECORDS);
        Set<String> ids = dataset.items().stream().map(ProgramItem::id).collect(Collectors.toSet());
        lock = RunLock.ofFolder(folder);
        try {
            RunFile.claim(folder.resolve(RunFolder.RUN), file, configuration, environment);
            records = RecordFile.open(file, line -> {
                ProgramRecord record = Json.LINES.treeToValue(line, ProgramRecord.class);
                if (ids.contains(record.id())) {
                    done.put(record.id(), record);
                }
            });
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** The problems that are left. */
    public List<ProgramItem> missing() {
        return dataset.items().stream()
                .filter(item -> !done.containsKey(item.id()))
                .toList();
    }

    /** How many problems are done. */
    public int done() {
        return done.size();
    }

    /** Starts a problem: draws programs, and runs them with the hidden tests as well. */
    public static CompletableFuture<Outcome> start(
            ProgramItem item,
            CodeSolver solver,
            ProgramRuns runs,
            SearchConfig config,
            CodeOptions options,
            Meter meter) {
        return CodeSolver.soundTask(runs, item.task())
                .thenCompose(task -> solver.start(task, config, options, meter, SearchListener.NONE, CodeListener.NONE))
                .thenCompose(solution -> hidden(item, solution, runs));
    }

    private static CompletableFuture<Outcome> hidden(ProgramItem item, CodeSolution solution, ProgramRuns runs) {
        List<CompletableFuture<TestRun>> each = solution.programs().stream()
                .map(tried -> tried.program().isBlank()
                        ? CompletableFuture.completedFuture(tried.given())
                        : runs.run(tried.program(), item.hidden()))
                .toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    List<TestRun> found =
                            each.stream().map(CompletableFuture::join).toList();
                    long distinct = found.stream().distinct().count();
                    double cpu = found.stream()
                            .distinct()
                            .mapToDouble(TestRun::cpuSeconds)
                            .sum();
                    return new Outcome(solution, found, solution.runs() + (int) distinct, solution.cpuSeconds() + cpu);
                });
    }

    /**
     * Solves what is left, and records each problem as it is done.
     *
     * @param each is told whether the usual way chose a right program
     * @return whether all are done; false if the stream was stopped
     */
    public boolean solve(ProblemStream<ProgramItem, Outcome> stream, Consumer<Boolean> each) {
        return stream.forEach((item, outcome) -> {
            if (outcome.solution().search().stoppedBy() != Limit.CANCELLED) {
                ProgramRecord record = ProgramRecord.of(
                        dataset, item, outcome.solution(), outcome.hidden(), outcome.runs(), outcome.cpuSeconds());
                records.append(record);
                done.put(item.id(), record);
                each.accept(record.chosen().stream()
                        .anyMatch(one -> one.choice().equals("all") && one.k() == n && one.correct()));
            }
        });
    }

    /** What the records say so far. */
    public ProgramResults results() {
        return ProgramResults.of(dataset.name(), n, done.values());
    }

    @Override
    public void close() {
        records.close();
        lock.close();
    }
}

package org.espalier.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRecord;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RecordFile;
import org.espalier.eval.RunFolder;
import org.espalier.eval.SweepPoint;
import org.espalier.search.Selection;
import org.espalier.search.Solution;
import org.espalier.wire.EngineReport;
import org.jspecify.annotations.Nullable;

/** Has points of a sweep solved, wherever that is, and writes a line about each to {@code cells.jsonl}. One thread. */
final class PointLog implements AutoCloseable {
    private final EvalRun run;
    private final RecordFile points;

    /** By what a point was solved: exactly one of the two is there. */
    record Solvers(@Nullable EngineReport engine, @Nullable List<String> servers) {}

    /**
     * What one process did for a point of the sweep.
     *
     * @param problems that it solved
     * @param seconds of wall time that they took together, without loading the models
     * @param inFlight how many were solved at the same time
     * @param engine that solved them; null on servers
     * @param servers what each of them did; null without
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record PointRecord(
            String method,
            int n,
            long seed,
            @JsonProperty("session") int process,
            int problems,
            double seconds,
            int inFlight,
            @Nullable EngineReport engine,
            @Nullable List<String> servers) {}

    PointLog(EvalRun run, Path folder) {
        this.run = run;
        points = RecordFile.open(folder.resolve(RunFolder.POINTS), line -> {});
    }

    /**
     * Solves what a point lacks.
     *
     * @param stream of the point's missing problems
     * @param inFlight how many of them are solved at the same time
     * @param interrupt ends what the solvers do, once the stream is stopped
     * @param solvers is asked when all is done
     * @return whether the point is complete; false if it was interrupted
     */
    boolean solve(
            SweepPoint point,
            long seed,
            ProblemStream<DatasetItem, Solution> stream,
            int inFlight,
            Runnable interrupt,
            Supplier<Solvers> solvers,
            RunProgress progress) {
        Interruption.callOnInterrupt(() -> {
            stream.stop();
            interrupt.run();
        });
        try {
            progress.begin(point.toString());
            long began = System.nanoTime();
            int before = run.measurements().records();
            boolean all = run.solve(stream, record -> progress.step(isCorrect(point, record)));
            double seconds = (System.nanoTime() - began) / 1e9;
            int problems = run.measurements().records() - before;
            Solvers by = solvers.get();
            points.append(new PointRecord(
                    point.method().cliName(),
                    point.n(),
                    seed,
                    run.process(),
                    problems,
                    seconds,
                    inFlight,
                    by.engine,
                    by.servers));
            return all;
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    /** By the selection that is usual for the method. */
    private static boolean isCorrect(SweepPoint point, EvalRecord record) {
        Selection selection = point.method().usualSelection();
        return record.answers().stream()
                .anyMatch(chosen -> chosen.selection() == selection && chosen.n() == record.n() && chosen.correct());
    }

    @Override
    public void close() {
        points.close();
    }
}

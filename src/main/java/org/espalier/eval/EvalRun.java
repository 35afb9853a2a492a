package org.espalier.eval;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.espalier.model.Limit;
import org.espalier.search.Solution;

/**
 * A sweep's folder: {@code run.json} with its configuration and {@code records.jsonl} with a line for every problem of
 * every point. Opened again, it knows what is done. While it is open, no other process can open it. One thread.
 */
public final class EvalRun implements AutoCloseable {
    private final Dataset dataset;
    private final Sweep sweep;
    private final Measurements measurements;
    private final RunLock lock;
    private final RecordFile records;
    private final boolean texts;
    private final int process;
    private int foreign;

    /**
     * Opens a folder that is there, empty or with a run of the same configuration.
     *
     * @param texts whether records hold what the completions say
     * @throws org.espalier.model.UsageException if the run there is of another configuration
     * @throws org.espalier.model.EspalierException if files cannot be read or written, or another process works on it
     */
    public EvalRun(
            Path folder,
            Dataset dataset,
            Sweep sweep,
            Map<String, Object> configuration,
            Map<String, Object> environment,
            boolean texts) {
        this.texts = texts;
        this.dataset = dataset;
        this.sweep = sweep;
        measurements = Measurements.of(sweep);
        Path file = folder.resolve(RunFolder.RECORDS);
        RecordOrigin origin = RecordOrigin.of(dataset, configuration.get("seed"));
        lock = RunLock.ofFolder(folder);
        try {
            RunFile.claim(folder.resolve(RunFolder.RUN), file, configuration, environment);
            records = RecordFile.open(file, line -> addOwn(origin, EvalRecord.read(line)));
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
        process = measurements.processes() + 1;
    }

    private void addOwn(RecordOrigin origin, EvalRecord record) {
        if (origin.isOf(record)) {
            measurements.add(record);
        } else {
            foreign++;
        }
    }

    /** Records that are in the folder and not of this run: of another problem, data set or seed. They do not count. */
    public int foreign() {
        return foreign;
    }

    /** The problems that a point still lacks with a seed. */
    public List<DatasetItem> missing(SweepPoint point, long seed) {
        return dataset.items().stream()
                .filter(item -> !measurements.has(point, item, seed))
                .toList();
    }

    /** Which process this is, from 1. */
    public int process() {
        return process;
    }

    public Measurements measurements() {
        return measurements;
    }

    /** The table as far as the records go. */
    public List<EvalRow> rows() {
        return measurements.rows(dataset.name());
    }

    /**
     * Solves what a point lacks, and records each problem as it is solved.
     *
     * @param stream of the point's missing problems
     * @param each is told of every record
     * @return whether the point is complete; false if the stream was stopped: what that cut short is not recorded
     */
    public boolean solve(ProblemStream<DatasetItem, Solution> stream, Consumer<EvalRecord> each) {
        long began = System.nanoTime();
        return stream.forEach((item, solution) -> {
            if (solution.stoppedBy() != Limit.CANCELLED) {
                each.accept(record(item, solution, began));
            }
        });
    }

    /**
     * Records what was solved elsewhere, unless that is there already.
     *
     * @param line as {@link EvalRecord#line} writes it
     * @return whether it is new
     * @throws tools.jackson.core.JacksonException if it is no record
     */
    public boolean append(String line) {
        EvalRecord record = EvalRecord.read(Json.LINES.readTree(line));
        boolean isNew = measurements.add(record);
        if (isNew) {
            records.append(record);
        }
        return isNew;
    }

    private EvalRecord record(DatasetItem item, Solution solution, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        EvalRecord record = EvalRecord.of(dataset, item, sweep, solution, process, seconds, texts);
        records.append(record);
        measurements.add(record);
        return record;
    }

    @Override
    public void close() {
        records.close();
        lock.close();
    }
}

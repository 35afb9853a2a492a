package org.espalier.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RecordFile;
import org.espalier.eval.RunBudget;
import org.espalier.eval.RunFolder;
import org.espalier.eval.SweepPoint;
import org.espalier.model.Meter;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;

/** Runs the points of a sweep on servers. Writes a line about each to {@code cells.jsonl}. */
final class FleetPoints implements Points {
    private final EvalRun run;
    private final RunSpec spec;
    private final ServerFleet fleet;
    private final RecordFile points;

    /** What one process had done for a point of the sweep: see {@link PointRunner}. */
    private record PointRecord(
            String method,
            int n,
            long seed,
            @JsonProperty("session") int process,
            int problems,
            double seconds,
            int inFlight,
            List<String> servers) {}

    FleetPoints(EvalRun run, Path folder, RunSpec spec, ServerFleet fleet) {
        this.run = run;
        this.spec = spec;
        this.fleet = fleet;
        points = RecordFile.open(folder.resolve(RunFolder.POINTS), line -> {});
    }

    @Override
    public boolean complete(SweepPoint point, long seed, RunProgress progress) {
        List<DatasetItem> missing = run.missing(point, seed);
        if (missing.isEmpty()) {
            return true;
        }
        SearchConfig search = spec.config().toBuilder().n(point.n()).seed(seed).build();
        RunBudget budget = new RunBudget(spec.whole(), spec.each(), missing.size(), Meter::new);
        ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                missing,
                fleet.inFlight(),
                fleet.executor(),
                budget::next,
                (item, meter) -> fleet.start(item.toProblem(), point.method(), search, meter)
                        .whenComplete((solution, thrown) -> {
                            budget.done(meter);
                            if (thrown != null) {
                                // The run ends with it: nobody waits for the others.
                                fleet.stop();
                            }
                        }));
        Interruption.callOnInterrupt(() -> {
            stream.stop();
            fleet.stop();
        });
        try {
            progress.begin(point.toString());
            long began = System.nanoTime();
            int before = run.measurements().records();
            boolean all = run.solve(stream, record -> progress.step(Points.isCorrect(point, record)));
            points.append(new PointRecord(
                    point.method().cliName(),
                    point.n(),
                    seed,
                    run.process(),
                    run.measurements().records() - before,
                    (System.nanoTime() - began) / 1e9,
                    fleet.inFlight(),
                    fleet.summary()));
            return all;
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    @Override
    public void close() {
        points.close();
        fleet.close();
    }
}

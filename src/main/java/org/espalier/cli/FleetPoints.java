package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RunBudget;
import org.espalier.eval.SweepPoint;
import org.espalier.model.Meter;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;

/** Runs the points of a sweep on servers. */
final class FleetPoints implements Points {
    private final EvalRun run;
    private final RunSpec spec;
    private final ServerFleet fleet;
    private final PointLog log;

    FleetPoints(EvalRun run, Path folder, RunSpec spec, ServerFleet fleet) {
        this.run = run;
        this.spec = spec;
        this.fleet = fleet;
        log = new PointLog(run, folder);
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
        return log.solve(
                point,
                seed,
                stream,
                fleet.inFlight(),
                fleet::stop,
                () -> new PointLog.Solvers(null, fleet.summary()),
                progress);
    }

    @Override
    public void close() {
        log.close();
        fleet.close();
    }
}

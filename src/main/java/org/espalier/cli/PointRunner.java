package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RunBudget;
import org.espalier.eval.SweepPoint;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;

/**
 * Runs the points of a sweep, each with models and an engine of its own: what it loads, how its cache is laid out and how
 * many problems are in flight depends on the method and on n.
 */
final class PointRunner implements Points {
    private final EvalRun run;
    private final RunSpec spec;
    private final RuntimeListener fetches;
    private final PointLog log;
    private int failed;

    PointRunner(EvalRun run, Path folder, RunSpec spec, RuntimeListener fetches) {
        this.run = run;
        this.spec = spec;
        this.fetches = fetches;
        log = new PointLog(run, folder);
    }

    @Override
    public boolean complete(SweepPoint point, long seed, RunProgress progress) {
        List<DatasetItem> missing = run.missing(point, seed);
        if (missing.isEmpty()) {
            return true;
        }
        SearchConfig sized = spec.config().toBuilder().n(point.n()).seed(seed).build();
        Workload work = Workload.of(
                point.method(),
                sized,
                missing.stream().map(DatasetItem::toProblem).toList());
        // Time and energy are for a problem that has the machine to itself.
        boolean alone = RunBudget.isOfMachine(spec.each()) || RunBudget.isOfMachine(spec.whole());
        try (LocalRuntime runtime =
                new LocalRuntime(spec.models(), alone ? work.withInFlight(1) : work, fetches, spec.task())) {
            RunBudget budget = new RunBudget(spec.whole(), spec.each(), missing.size(), runtime::meter);
            SearchConfig search = runtime.planned(sized, point.method(), spec.plan());
            ProblemStream<DatasetItem, Solution> stream = new ProblemStream<DatasetItem, Solution>(
                            missing,
                            runtime.inFlight(),
                            runtime.policy().executor(),
                            budget::next,
                            (item, meter) -> runtime.solver()
                                    .start(item.toProblem(), point.method(), search, meter)
                                    .whenComplete((solution, thrown) -> budget.done(meter)))
                    .failing((item, failure) -> {
                        failed++;
                        System.err.println("espalier: problem %s: %s"
                                .formatted(item.id(), Failure.of(failure).message()));
                    });
            return log.solve(
                    point,
                    seed,
                    stream,
                    runtime.inFlight(),
                    runtime::interrupt,
                    () -> new PointLog.Solvers(runtime.report(), null),
                    progress);
        }
    }

    @Override
    public int failed() {
        return failed;
    }

    @Override
    public void close() {
        log.close();
    }
}

package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;

/** A solver over doubles that draw by seed, on a thread of its own, and problems for it. */
final class Bench implements AutoCloseable {
    static final SearchConfig CONFIG = SearchConfig.builder().n(4).maxTokens(60).build();

    final ExecutorService thread = Executors.newSingleThreadExecutor();
    final Solver solver = new Solver(new SeededPolicy(thread), FakePrm.seeded(thread), new BoxedReader());

    static Dataset dataset(int problems) {
        List<DatasetItem> items = new ArrayList<>();
        for (int i = 0; i < problems; i++) {
            items.add(new DatasetItem("p" + i, "how much is " + i, Integer.toString(i % 3), i % 2, null, null));
        }
        return new Dataset("numbers", items, List.of());
    }

    ProblemStream<DatasetItem, Solution> stream(
            List<DatasetItem> items, int inFlight, SearchMethod method, SearchConfig config) {
        return new ProblemStream<>(
                items,
                inFlight,
                thread,
                () -> new Meter(Budget.UNLIMITED),
                (item, meter) -> solver.start(item.toProblem(), method, config, meter));
    }

    /** Solves until no more records are to be written; those that are cut short are not. */
    static void solve(EvalRun run, ProblemStream<DatasetItem, Solution> stream, int[] left) {
        run.solve(stream, record -> {
            if (--left[0] <= 0) {
                stream.stop();
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

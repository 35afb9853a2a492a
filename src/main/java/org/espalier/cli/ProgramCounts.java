package org.espalier.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.code.CodeListener;
import org.espalier.code.TestRun;
import org.espalier.search.SearchNode;

/** How many programs were drawn, run and passed so far. */
final class ProgramCounts implements CodeListener {
    private final AtomicInteger drawn = new AtomicInteger();
    private final AtomicInteger run = new AtomicInteger();
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private volatile int tests;

    @Override
    public void drawn() {
        drawn.incrementAndGet();
    }

    @Override
    public void ran(int slot, int repairs, SearchNode end, TestRun result) {
        run.incrementAndGet();
        tests = Math.max(tests, result.checks().size());
        most.accumulateAndGet(result.passed(), Math::max);
        if (result.passedAll()) {
            passed.incrementAndGet();
        }
    }

    /** For a line of progress. */
    List<String> words() {
        String programs = "%d drawn, %d run".formatted(drawn.get(), run.get());
        return tests == 0
                ? List.of(programs)
                : List.of("%s, %d passed, best %d of %d tests".formatted(programs, passed.get(), most.get(), tests));
    }
}

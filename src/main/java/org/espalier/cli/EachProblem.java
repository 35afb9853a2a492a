package org.espalier.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.espalier.eval.ProblemStream;
import org.espalier.model.Budget;
import org.espalier.runtime.LocalRuntime;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/** Solves one problem after the other, several at a time where memory allows, and tells of them in their order. One thread. */
final class EachProblem {
    private final LocalRuntime runtime;
    private final SearchMethod method;
    private final SearchConfig config;
    private final Budget budget;
    private int failed;

    /** @param budget of each problem */
    EachProblem(LocalRuntime runtime, SearchMethod method, SearchConfig config, Budget budget) {
        this.runtime = runtime;
        this.method = method;
        this.config = config;
        this.budget = budget;
    }

    /**
     * Solves all.
     *
     * @param told gets each solution as soon as those before it are there
     * @param goesOn is asked after each whether anybody still wants the rest
     * @param quiet whether nothing is said meanwhile
     * @return whether all were solved; false if it was interrupted or nobody wants more
     */
    boolean solve(
            List<ProblemLines.Entry> problems,
            BiConsumer<ProblemLines.Entry, Solution> told,
            Supplier<Boolean> goesOn,
            boolean quiet) {
        AtomicInteger done = new AtomicInteger();
        Deque<ProblemLines.Entry> waiting = new ArrayDeque<>(problems);
        Map<ProblemLines.Entry, Solution> early = new HashMap<>();
        Runnable telling = () -> {
            for (ProblemLines.Entry next = waiting.peek();
                    next != null && early.containsKey(next);
                    next = waiting.peek()) {
                waiting.remove();
                told.accept(next, Objects.requireNonNull(early.remove(next)));
            }
        };
        ProblemStream<ProblemLines.Entry, Solution> stream = new ProblemStream<ProblemLines.Entry, Solution>(
                        problems,
                        runtime.inFlight(),
                        runtime.policy().executor(),
                        () -> runtime.meter(budget),
                        (entry, meter) -> runtime.solver().start(entry.problem(), method, config, meter))
                .failing((entry, failure) -> {
                    failed++;
                    System.err.println("espalier: [%s] %s"
                            .formatted(entry.id(), Failure.of(failure).message()));
                    waiting.remove(entry);
                    telling.run();
                });
        Interruption.callOnInterrupt(() -> {
            stream.stop();
            runtime.interrupt();
        });
        @Nullable
        Heartbeat heartbeat = quiet
                ? null
                : new Heartbeat(
                        Heartbeat.MILLIS, () -> "%d of %d problems done".formatted(done.get(), problems.size()));
        try (heartbeat) {
            return stream.forEach((entry, solution) -> {
                done.getAndIncrement();
                early.put(entry, solution);
                telling.run();
                if (!goesOn.get()) {
                    stream.stop();
                }
            });
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    /** Problems that have no solution because a verifier failed on them; the others have theirs. */
    int failed() {
        return failed;
    }
}

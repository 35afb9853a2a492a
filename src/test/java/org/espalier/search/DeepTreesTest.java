package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A policy that answers at once does not grow the stack with the tree. */
class DeepTreesTest {
    /** More than twice as deep as the default stack allowed. */
    private static final int STEPS = 4000;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    private final class Immediate implements Policy {
        private final AtomicInteger steps = new AtomicInteger();

        @Override
        public Executor executor() {
            return thread;
        }

        @Override
        public Prefix open(Problem problem, Meter meter) {
            return () -> {};
        }

        @Override
        public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
            StopReason reason = steps.incrementAndGet() > STEPS ? StopReason.EOS : StopReason.DELIMITER;
            return CompletableFuture.completedFuture(new Step(() -> {}, "x\n\n", 1, reason, -1, 1));
        }

        @Override
        public Optional<Prefix> ask(Prefix prefix, String question) {
            return Optional.empty();
        }
    }

    @AfterEach
    void stop() {
        thread.shutdown();
    }

    @ParameterizedTest
    @EnumSource(names = {"BEST_OF_N", "MCTS", "SPECULATIVE_REJECTION"})
    void answersAtOnceDoNotOverflowTheStack(SearchMethod method) {
        SearchConfig config = SearchConfig.builder()
                .n(2)
                .beamWidth(2)
                .maxIterations(100_000)
                .maxTokens(100_000)
                .build();
        Solution solution = new Solver(new Immediate(), new FakePrm(thread, path -> .5), new BoxedReader())
                .solve(Problem.of("?"), method, config, new Meter(Budget.UNLIMITED));
        assertThat(solution.tree().nodes()).hasSizeGreaterThan(STEPS);
    }
}

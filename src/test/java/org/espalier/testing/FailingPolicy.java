package org.espalier.testing;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;

/** Works until one call, and fails from then on. */
public final class FailingPolicy implements Policy {
    private final Policy policy;
    private final int failsAt;
    private final RuntimeException failure;
    private final boolean throwing;
    private int calls;

    /**
     * @param failsAt the call that fails first; 0 is {@link #open}, 1 the first after it
     * @param throwing whether {@code extend} throws; otherwise its future fails
     */
    public FailingPolicy(Policy policy, int failsAt, RuntimeException failure, boolean throwing) {
        this.policy = policy;
        this.failsAt = failsAt;
        this.failure = failure;
        this.throwing = throwing;
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        if (calls++ >= failsAt) {
            throw failure;
        }
        return policy.open(problem, meter);
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        if (calls++ < failsAt) {
            return policy.extend(prefix, request);
        }
        if (throwing) {
            throw failure;
        }
        CompletableFuture<Step> step = new CompletableFuture<>();
        executor().execute(() -> step.completeExceptionally(failure));
        return step;
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        if (calls++ >= failsAt) {
            throw failure;
        }
        return policy.ask(prefix, question);
    }

    @Override
    public Executor executor() {
        return policy.executor();
    }
}

package org.espalier.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;

/** Works until one call, and fails from then on. */
public final class FailingPrm implements ProcessRewardModel {
    private final ProcessRewardModel prm;
    private final Executor thread;
    private final int failsAt;
    private final RuntimeException failure;
    private final boolean throwing;
    private int calls;

    /**
     * @param failsAt the call that fails first; 0 is {@link #open}, 1 the first {@link #score}
     * @param throwing whether {@code score} throws; otherwise its future fails
     */
    public FailingPrm(
            ProcessRewardModel prm, Executor thread, int failsAt, RuntimeException failure, boolean throwing) {
        this.prm = prm;
        this.thread = thread;
        this.failsAt = failsAt;
        this.failure = failure;
        this.throwing = throwing;
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        if (calls++ >= failsAt) {
            throw failure;
        }
        return prm.open(problem, meter);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (calls++ < failsAt) {
            return prm.score(before, step);
        }
        if (throwing) {
            throw failure;
        }
        CompletableFuture<Judgement> judgement = new CompletableFuture<>();
        thread.execute(() -> judgement.completeExceptionally(failure));
        return judgement;
    }
}

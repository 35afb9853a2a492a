package org.espalier;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.jspecify.annotations.Nullable;

/** A caller's PRM whose futures complete on the policy's thread, wherever it completes them. */
record ConfinedPrm(ProcessRewardModel prm, Executor home) implements ProcessRewardModel {
    @Override
    public Scope scope() {
        return prm.scope();
    }

    @Override
    public boolean givesProbabilities() {
        return prm.givesProbabilities();
    }

    @Override
    public boolean readsEmptyEnds() {
        return prm.readsEmptyEnds();
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return new ConfinedPrm(prm.searchAndLearn(), home);
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return prm.open(problem, meter);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        // Unlike thenApplyAsync, handleAsync leaves the other thread for failures too.
        return prm.score(before, step).handleAsync(ConfinedPrm::valueOrThrow, home);
    }

    static <T> T valueOrThrow(T value, @Nullable Throwable thrown) {
        if (thrown != null) {
            throw thrown instanceof CompletionException completion ? completion : new CompletionException(thrown);
        }
        return value;
    }
}

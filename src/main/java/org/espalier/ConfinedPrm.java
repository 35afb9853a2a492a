package org.espalier;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.ForwardingPrm;
import org.espalier.model.Futures;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;

/** A caller's PRM whose futures complete on the policy's thread, wherever it completes them. */
final class ConfinedPrm extends ForwardingPrm {
    private final Executor home;

    ConfinedPrm(ProcessRewardModel prm, Executor home) {
        super(prm);
        this.home = home;
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return new ConfinedPrm(prm.searchAndLearn(), home);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        return Futures.on(home, super.score(before, step));
    }
}

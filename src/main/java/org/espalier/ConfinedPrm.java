package org.espalier;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;

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
    public boolean refutes() {
        return prm.refutes();
    }

    @Override
    public boolean isBelief() {
        return prm.isBelief();
    }

    @Override
    public boolean readsConfidence() {
        return prm.readsConfidence();
    }

    @Override
    public String silence() {
        return prm.silence();
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
        return Futures.on(home, prm.score(before, step));
    }
}

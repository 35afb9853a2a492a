package org.espalier.model;

import java.util.concurrent.CompletableFuture;

/** A PRM that is another one but for what a subclass overrides. */
@Internal
public abstract class ForwardingPrm implements ProcessRewardModel {
    protected final ProcessRewardModel prm;

    /** @param prm answers what is not overridden */
    protected ForwardingPrm(ProcessRewardModel prm) {
        this.prm = prm;
    }

    @Override
    public Scope scope() {
        return prm.scope();
    }

    @Override
    public boolean givesProbabilities() {
        return prm.givesProbabilities();
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
    public boolean refutes() {
        return prm.refutes();
    }

    @Override
    public boolean provesAnswers() {
        return prm.provesAnswers();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return prm.open(problem, meter);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        return prm.score(before, step);
    }
}

package org.espalier.reward;

import org.espalier.model.ProcessRewardModel.Judgement;

/** A judgement that keeps nothing for the next step. */
record BareScore(double score) implements Judgement {
    @Override
    public void close() {}
}

package org.espalier.engine;

import org.espalier.model.ProcessRewardModel.Judgement;

/** A score, and the sequence from which the next one is computed. */
record EngineJudgement(Sequence sequence, double score, boolean beforeFirstStep) implements Judgement {
    @Override
    public void close() {
        sequence.close();
    }
}

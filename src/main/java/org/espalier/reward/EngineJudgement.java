package org.espalier.reward;

import org.espalier.engine.Sequence;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.prm.ReadTokens;

/**
 * A score, and the sequence from which the next one is computed.
 *
 * @param read what the sequence is the tokens of
 */
record EngineJudgement(Sequence sequence, ReadTokens read, double score, boolean beforeFirstStep) implements Judgement {
    @Override
    public void close() {
        sequence.close();
    }
}

package org.espalier.reward;

import org.espalier.model.ProcessRewardModel.Judgement;

/** The judgement of a path that is too long for the context it would be judged in: it has no score, and its steps none. */
enum NoScore implements Judgement {
    INSTANCE;

    @Override
    public double score() {
        return Double.NaN;
    }

    @Override
    public void close() {}
}

package org.espalier.reward;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.TokenConfidence;
import org.espalier.model.TokenConfidence.Measure;

/**
 * The policy's own confidence in the tokens of a path, in the place of a PRM (DeepConf, Fu et al. 2025, arXiv 2508.15260). It
 * reads nothing and costs nothing: the numbers are those that the tokens were drawn with. A policy may be sure of what is
 * wrong, so that scores compare completions and believe none.
 *
 * @param measure what is taken for confidence
 */
public record ConfidencePrm(Measure measure) implements ProcessRewardModel {
    @Override
    public boolean isBelief() {
        return false;
    }

    @Override
    public boolean readsConfidence() {
        return true;
    }

    /** An empty step has no tokens of its own. */
    @Override
    public boolean readsEmptyEnds() {
        return false;
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return new BareScore(Double.NaN);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        TokenConfidence kept = step.confidence();
        return CompletableFuture.completedFuture(new BareScore(kept == null ? Double.NaN : kept.of(measure)));
    }
}

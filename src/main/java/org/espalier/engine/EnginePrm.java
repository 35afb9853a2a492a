package org.espalier.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.prm.PrmFormat;
import org.espalier.prompt.Fragment;

/**
 * A PRM of family A in a lane of its own. Its sequences mirror the policy's tree in the PRM's own format and vocabulary;
 * the two exchange text.
 */
public final class EnginePrm implements ProcessRewardModel {
    private final Lane lane;
    private final PrmFormat format;
    private final int watched;

    /**
     * @param runner of the lane; it is told which tokens to watch
     * @throws org.espalier.model.EspalierException if the model lacks the profile's verdict tokens
     */
    public EnginePrm(Lane lane, ModelRunner runner, PrmFormat format) {
        this.lane = lane;
        this.format = format;
        List<Integer> verdicts = format.profile().verdictTokens(lane.tokenizer());
        runner.watch(verdicts);
        watched = verdicts.size();
    }

    @Override
    public Scope scope() {
        return format.profile().scope();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(format.opening(problem), lane.tokenizer());
        return new EngineJudgement(lane.open(tokens, meter, Role.PRM), Double.NaN, true);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof EngineJudgement parent)) {
            return CompletableFuture.completedFuture(Unjudged.INSTANCE);
        }
        int[] tokens = Fragment.encode(format.step(step.text(), parent.beforeFirstStep()), lane.tokenizer());
        if (!lane.fits(parent.sequence(), tokens.length)) {
            return CompletableFuture.completedFuture(Unjudged.INSTANCE);
        }
        Scoring scoring = Scoring.ofWatched(watched);
        Sequence sequence = lane.score(parent.sequence(), tokens, scoring, parent.sequence().meter);
        return scoring.result.handle((logProbs, failure) -> {
            if (failure != null) {
                sequence.close();
                throw Failures.unwrapped(failure);
            }
            return new EngineJudgement(sequence, format.profile().score(logProbs), false);
        });
    }
}

package org.espalier.reward;

import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.ReadTokens;

/**
 * A PRM of family A or B in a lane of its own. Its sequences mirror the policy's tree in the PRM's own format and
 * vocabulary; the two exchange text.
 */
public final class EnginePrm implements ProcessRewardModel {
    private final Lane lane;
    private final PrmFormat format;
    private final ScoreReader reader;

    /**
     * @param runner of the lane; it is told what to read
     * @throws org.espalier.model.EspalierException if the model lacks the profile's marks or verdict tokens, or the head
     *     that it reads
     */
    public EnginePrm(Lane lane, ModelRunner runner, PrmFormat format) {
        this(lane, format, ScoreReader.of(format.profile(), lane, runner));
    }

    private EnginePrm(Lane lane, PrmFormat format, ScoreReader reader) {
        this.lane = lane;
        this.format = format;
        this.reader = reader;
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return new EnginePrm(lane, format.searchAndLearn(), reader);
    }

    @Override
    public boolean readsEmptyEnds() {
        return format.readsEmptyEnds();
    }

    @Override
    public Scope scope() {
        return format.profile().scope();
    }

    @Override
    public boolean givesProbabilities() {
        return format.profile().givesProbabilities();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        ReadTokens read = format.opening(problem, lane.tokenizer());
        return new EngineJudgement(lane.open(read.added(), meter, Role.PRM), read, Double.NaN, true);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof EngineJudgement parent)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        ReadTokens read = format.step(parent.read(), step, parent.beforeFirstStep(), lane.tokenizer());
        if (!reader.canRead(parent.sequence(), read)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        Scoring scoring = reader.ask();
        Sequence sequence = reader.start(parent.sequence(), read, scoring);
        return scoring.result().handle((values, failure) -> {
            if (failure != null) {
                sequence.close();
                throw Futures.unwrapped(failure);
            }
            return new EngineJudgement(sequence, read, format.profile().score(values), false);
        });
    }
}

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
import org.espalier.model.StopReason;
import org.espalier.prm.PrmFormat;
import org.espalier.prm.ReadTokens;

/**
 * A reward model that scores whole solutions, in a lane of its own: steps only add to the text, and the step that ends
 * it has the solution's score. All solutions of a problem share the cells of what comes before them.
 */
public final class OutcomeModel implements ProcessRewardModel {
    /** A problem as it was read. */
    private record Opened(Sequence sequence, ReadTokens read) {}

    private final Lane lane;
    private final PrmFormat format;
    private final ScoreReader reader;

    /**
     * @param runner of the lane; it is told what to read
     * @throws org.espalier.model.EspalierException if the model lacks the profile's marks or the head that it reads
     */
    public OutcomeModel(Lane lane, ModelRunner runner, PrmFormat format) {
        this.lane = lane;
        this.format = format;
        reader = ScoreReader.of(format.profile(), lane, runner);
    }

    /** Returns what a profile describes: one of these, or a model of steps. */
    public static ProcessRewardModel orPrm(Lane lane, ModelRunner runner, PrmFormat format) {
        return format.profile().scope() == Scope.SOLUTION
                ? new OutcomeModel(lane, runner, format)
                : new EnginePrm(lane, runner, format);
    }

    @Override
    public Scope scope() {
        return Scope.SOLUTION;
    }

    @Override
    public boolean givesProbabilities() {
        return format.profile().givesProbabilities();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        ReadTokens read = format.opening(problem, lane.tokenizer());
        Sequence sequence = lane.open(read.added(), meter, Role.PRM);
        return new Unfinished<>(new Opened(sequence, read), sequence::close);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Unfinished<?> earlier)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        return step.stopReason() == StopReason.DELIMITER
                ? CompletableFuture.completedFuture(earlier.with(step.text()))
                : score((Opened) earlier.problem(), earlier.text() + step.text());
    }

    private CompletableFuture<Judgement> score(Opened opened, String solution) {
        ReadTokens read = format.step(opened.read, solution, true, lane.tokenizer());
        if (!reader.canRead(opened.sequence, read)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        Scoring scoring = reader.ask();
        Sequence sequence = reader.start(opened.sequence, read, scoring);
        return scoring.result().handle((values, failure) -> {
            sequence.close();
            if (failure != null) {
                throw Futures.unwrapped(failure);
            }
            return new BareScore(format.profile().score(values));
        });
    }
}

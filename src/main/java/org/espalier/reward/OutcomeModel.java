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
        return new Written(new Opened(lane.open(read.added(), meter, Role.PRM), read), "");
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Written earlier)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        String text = earlier.text + step.text();
        return step.stopReason() == StopReason.DELIMITER
                ? CompletableFuture.completedFuture(new Written(earlier.opened, text))
                : score(earlier.opened, text);
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
            return new Scored(format.profile().score(values));
        });
    }

    /** A problem, which is open as long as a solution goes on. */
    private static final class Opened {
        private final Sequence sequence;
        private final ReadTokens read;
        private int solutions;

        Opened(Sequence sequence, ReadTokens read) {
            this.sequence = sequence;
            this.read = read;
        }
    }

    /** A solution that goes on, or has not begun. */
    private static final class Written implements Judgement {
        private final Opened opened;
        private final String text;
        private boolean closed;

        Written(Opened opened, String text) {
            this.opened = opened;
            this.text = text;
            opened.solutions++;
        }

        @Override
        public double score() {
            return Double.NaN;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                opened.solutions--;
                if (opened.solutions == 0) {
                    opened.sequence.close();
                }
            }
        }
    }

    /** A solution that has ended. */
    private record Scored(double score) implements Judgement {
        @Override
        public void close() {}
    }
}

package org.espalier.reward;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.model.EspalierException;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Parameter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.Tokenizer;
import org.espalier.model.Wording;
import org.espalier.prm.VerdictTokens;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;

/**
 * The policy judging its own steps: on a fork of the node its turn is ended, it is asked whether the step is right, and
 * the probability of "Yes" against "No" is the score. No second model and no second tree: what a question costs is its
 * own tokens.
 */
public final class SelfJudge implements ProcessRewardModel {
    private static final String QUESTION =
            "Check the last step of this solution. Is it correct? Answer with one word: Yes or No.";

    private final Lane lane;
    private final int[] question;

    /**
     * @param lane the policy's
     * @param runner of the lane; it is told which tokens to watch
     * @throws EspalierException if the policy cannot answer with one token
     */
    public SelfJudge(Lane lane, ModelRunner runner, SolvePrompt prompt) {
        this.lane = lane;
        question = Fragment.encode(prompt.followUp(QUESTION), lane.tokenizer());
        runner.watch(List.of(singleToken("Yes"), singleToken("No")));
    }

    private int singleToken(String text) {
        Tokenizer tokenizer = lane.tokenizer();
        int[] tokens = tokenizer.encode(text, false);
        if (tokens.length != 1) {
            throw new EspalierException(Wording.of(
                    "this policy cannot judge itself: \"%s\" is not one token of its vocabulary; give a PRM with %s",
                    text, Parameter.of("prm")));
        }
        return tokens[0];
    }

    /** It is asked about the last step. */
    @Override
    public Scope scope() {
        return Scope.STEP;
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return new SelfJudgement(meter, Double.NaN);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Meter meter = ((SelfJudgement) before).meter();
        if (!(step.prefix() instanceof Sequence judged) || !lane.fits(judged, question.length)) {
            return CompletableFuture.completedFuture(new SelfJudgement(meter, Double.NaN));
        }
        Scoring scoring = Scoring.ofWatched(2);
        Sequence asked = lane.score(judged, question, scoring, meter);
        return scoring.result().handle((logProbs, failure) -> {
            asked.close();
            if (failure != null) {
                throw Futures.unwrapped(failure);
            }
            return new SelfJudgement(meter, VerdictTokens.probability(logProbs));
        });
    }

    /** Nothing is kept between steps: the policy's own prefix is the context of the next question. */
    private record SelfJudgement(Meter meter, double score) implements Judgement {
        @Override
        public void close() {}
    }
}

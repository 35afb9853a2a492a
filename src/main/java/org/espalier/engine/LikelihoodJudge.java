package org.espalier.engine;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;

/**
 * Another policy, usually a larger one, judging steps by how likely it finds them: a step's score is the product over its
 * tokens of p(token) / max p. It is not trained for that and only reads, so it costs prefill alone. The two models
 * exchange text.
 */
public final class LikelihoodJudge implements ProcessRewardModel {
    private final Lane lane;
    private final SolvePrompt prompt;
    /** What an empty step stands for: that the solution ends here. */
    private final int endOfTurn;

    /** @param prompt in this model's template, with the instruction that this model knows */
    public LikelihoodJudge(Lane lane, SolvePrompt prompt) {
        this.lane = lane;
        this.prompt = prompt;
        endOfTurn = Fragment.encode(prompt.followUp(""), lane.tokenizer())[0];
    }

    /** A language model does not remember an earlier error. */
    @Override
    public Scope scope() {
        return Scope.STEP;
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(prompt.render(problem), lane.tokenizer());
        int last = tokens.length - 1;
        return new Read(lane.open(Arrays.copyOf(tokens, last), meter, Role.PRM), tokens[last], Double.NaN);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Read read)) {
            return CompletableFuture.completedFuture(Unjudged.INSTANCE);
        }
        int[] targets = lane.tokenizer().encode(step.text(), false);
        if (targets.length == 0) {
            targets = new int[] {endOfTurn};
        }
        if (!lane.fits(read.sequence, targets.length)) {
            return CompletableFuture.completedFuture(Unjudged.INSTANCE);
        }
        // The token that the first target follows is computed with each sibling: its logits are wanted each time.
        int[] tokens = Tokens.concat(new int[] {read.lastToken}, Arrays.copyOf(targets, targets.length - 1));
        Scoring scoring = Scoring.ofTargets(targets);
        int lastToken = targets[targets.length - 1];
        Sequence sequence = lane.score(read.sequence, tokens, scoring, read.sequence.meter);
        return scoring.result.handle((logProbs, failure) -> {
            if (failure != null) {
                sequence.close();
                throw Failures.unwrapped(failure);
            }
            return new Read(sequence, lastToken, score(logProbs));
        });
    }

    private static double score(float[] logProbs) {
        double logRatio = 0;
        for (int i = 0; i < logProbs.length; i += 2) {
            logRatio += logProbs[i] - logProbs[i + 1];
        }
        return Math.exp(logRatio);
    }

    /** A path of which all but the last token is in the sequence: the next step's first token is drawn after it. */
    private record Read(Sequence sequence, int lastToken, double score) implements Judgement {
        @Override
        public void close() {
            sequence.close();
        }
    }
}

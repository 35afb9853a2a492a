package org.espalier.reward;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;

/**
 * Another policy, usually a larger one, judging steps by how likely it finds them: a step's score is made of p(token) /
 * max p of each of its tokens. It is not trained for that and only reads, so it costs prefill alone. The two models
 * exchange text.
 */
public final class LikelihoodJudge implements ProcessRewardModel {
    /** The ways to make a step's score of the ratios of its tokens. */
    public enum Form {
        /**
         * Their geometric mean: the likelihood normalised by length, as is usual for text in which many ways to say a
         * thing are likely. A product over a real step's dozens of tokens is nearly zero, whatever the step says.
         */
        MEAN,
        /**
         * Their product: one unlikely token decides. For models that know one way to say a thing, so that all tokens of
         * a right step are the likeliest ones.
         */
        PRODUCT
    }

    private final Lane lane;
    private final SolvePrompt prompt;
    private final Form form;
    /** What an empty step stands for: that the solution ends here. */
    private final int endOfTurn;

    /** @param prompt in this model's template, with the instruction that this model knows */
    public LikelihoodJudge(Lane lane, SolvePrompt prompt, Form form) {
        this.lane = lane;
        this.prompt = prompt;
        this.form = form;
        endOfTurn = Fragment.encode(prompt.followUp(""), lane.tokenizer())[0];
    }

    /** A language model does not remember an earlier error. */
    @Override
    public Scope scope() {
        return Scope.STEP;
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(prompt.render(problem), lane.tokenizer(), lane.maxLength());
        int last = tokens.length - 1;
        return new Read(lane.open(Arrays.copyOf(tokens, last), meter, Role.PRM), tokens[last], Double.NaN);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Read read)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        int[] targets = lane.tokenizer().encode(step.text(), false);
        if (targets.length == 0) {
            targets = new int[] {endOfTurn};
        }
        if (!lane.fits(read.sequence, targets.length)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        // The token that the first target follows is computed with each sibling: its logits are wanted each time.
        int[] tokens = Tokens.concat(new int[] {read.lastToken}, Arrays.copyOf(targets, targets.length - 1));
        Scoring scoring = Scoring.ofTargets(targets);
        int lastToken = targets[targets.length - 1];
        Sequence sequence = lane.score(read.sequence, tokens, scoring, read.sequence.meter());
        return scoring.result().handle((logProbs, failure) -> {
            if (failure != null) {
                sequence.close();
                throw Futures.unwrapped(failure);
            }
            return new Read(sequence, lastToken, score(logProbs));
        });
    }

    /** @param logProbs of each token: its own, then that of the likeliest one */
    private double score(float[] logProbs) {
        double logRatio = 0;
        for (int i = 0; i < logProbs.length; i += 2) {
            logRatio += logProbs[i] - logProbs[i + 1];
        }
        return Math.exp(form == Form.MEAN ? 2 * logRatio / logProbs.length : logRatio);
    }

    /** A path of which all but the last token is in the sequence: the next step's first token is drawn after it. */
    private record Read(Sequence sequence, int lastToken, double score) implements Judgement {
        @Override
        public void close() {
            sequence.close();
        }
    }
}

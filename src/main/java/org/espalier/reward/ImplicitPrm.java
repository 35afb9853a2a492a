package org.espalier.reward;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.EspalierException;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Parameter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.Wording;
import org.espalier.prm.ImplicitFormat;

/**
 * A PRM of family D: two language models, each in a lane of its own, read the same tokens, and a step's reward is the sum of
 * what the one finds each of its tokens likelier than the other. Both read only, so a step costs its own tokens twice.
 */
public final class ImplicitPrm implements ProcessRewardModel {
    private final Lane prm;
    private final Lane reference;
    private final ImplicitFormat format;

    /**
     * @param reference of the model that the PRM was trained from
     * @throws EspalierException if the two have different vocabularies
     */
    public ImplicitPrm(Lane prm, Lane reference, ImplicitFormat format) {
        this.prm = prm;
        this.reference = reference;
        this.format = format;
        // The embedding of one may be padded; the words that both have must be the same.
        String words = "The answer is 12 + x, \u00e9 \u222b.\n\n";
        if (!Arrays.equals(
                prm.tokenizer().encode(words, true), reference.tokenizer().encode(words, true))) {
            throw new EspalierException(Wording.of(
                    "%s has another vocabulary than %s: give the model that the PRM was trained from",
                    Parameter.of("prmReference"), Parameter.of("prm")));
        }
    }

    @Override
    public Scope scope() {
        return format.profile().scope();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(format.opening(problem), prm.tokenizer(), prm.maxLength());
        int last = tokens.length - 1;
        int[] opening = Arrays.copyOf(tokens, last);
        return new Read(
                prm.open(opening, meter, Role.PRM),
                reference.open(opening, meter, Role.PRM),
                tokens[last],
                0,
                Double.NaN,
                0);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Read path)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        int[] targets = prm.tokenizer().encode(format.step(step.text(), path.steps + 1), false);
        boolean fits = prm.fits(path.own, targets.length) && reference.fits(path.other, targets.length);
        if (!fits || targets.length == 0) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        // The token that the first target follows is computed with each sibling: its logits are wanted each time.
        int[] tokens = Tokens.concat(new int[] {path.lastToken}, Arrays.copyOf(targets, targets.length - 1));
        Scoring own = Scoring.ofTargets(targets);
        Scoring other = Scoring.ofTargets(targets);
        Meter meter = path.own.meter();
        Sequence ownRead = prm.score(path.own, tokens, own, meter);
        Sequence otherRead;
        try {
            otherRead = reference.score(path.other, tokens, other, meter);
        } catch (RuntimeException | Error e) {
            ownRead.close();
            throw e;
        }
        return CompletableFuture.allOf(own.result(), other.result()).handle((v, failure) -> {
            if (failure != null) {
                ownRead.close();
                otherRead.close();
                throw Futures.unwrapped(failure);
            }
            double ratio = logRatio(own.values(), other.values());
            double score = format.profile().score(path.logRatio, ratio);
            int lastToken = targets[targets.length - 1];
            return new Read(ownRead, otherRead, lastToken, path.logRatio + ratio, score, path.steps + 1);
        });
    }

    private static double logRatio(float[] own, float[] other) {
        double sum = 0;
        for (int i = 0; i < own.length; i += 2) {
            sum += (double) own[i] - other[i];
        }
        return sum;
    }

    /** A path of which all but the last token is in both caches: the next step's first token is drawn after it. */
    private record Read(Sequence own, Sequence other, int lastToken, double logRatio, double score, int steps)
            implements Judgement {
        @Override
        public void close() {
            own.close();
            other.close();
        }
    }
}

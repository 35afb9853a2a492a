package org.espalier.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
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
import org.espalier.model.StopReason;
import org.espalier.model.Wording;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.jspecify.annotations.Nullable;

/**
 * A policy that gives whole replies marks, where nothing can be checked: it is asked for a digit from 1 to 5, and the score is
 * made of the expected one, from the probabilities of the five digits (G-Eval, Liu et al. 2023, arXiv 2303.16634, which
 * samples them; here they are read off the logits, in one prefill). A reply that is answered with no digit has no score.
 *
 * <p>The policy judges its own replies where they are, on a fork, for the tokens of the question alone. Another model reads
 * them as text, in a conversation of its own.
 */
public final class MarkJudge implements ProcessRewardModel {
    /** The best mark; the worst is 1. */
    static final int BEST = 5;

    /** What has less probability than this together was not answered. */
    static final double LEAST = 0.01;

    private static final String QUESTION = """
            How good is this reply? Judge whether it does what was asked, whether it is correct, and whether it is clear. \
            Answer with one digit: 1 (useless), 2 (poor), 3 (fair), 4 (good) or 5 (excellent).""";

    /** @param read by another model; null where the policy judges its own replies */
    private record Opened(@Nullable Sequence read, Meter meter) {}

    private final Lane lane;
    private final SolvePrompt prompt;
    private final boolean forks;
    private final int[] question;

    /**
     * @param lane of the model that judges
     * @param runner of the lane; it is told which tokens to watch
     * @param prompt in this model's template
     * @param forks whether the replies are the lane's own
     * @throws EspalierException if the model cannot answer with one token
     */
    public MarkJudge(Lane lane, ModelRunner runner, SolvePrompt prompt, boolean forks) {
        this.lane = lane;
        this.prompt = prompt;
        this.forks = forks;
        question = Fragment.encode(prompt.followUp(QUESTION), lane.tokenizer());
        List<Integer> digits = new ArrayList<>();
        for (int mark = 1; mark <= BEST; mark++) {
            int[] tokens = lane.tokenizer().encode(String.valueOf(mark), false);
            if (tokens.length != 1) {
                throw new EspalierException(Wording.of(
                        "this model cannot give marks: \"%s\" is not one token of its vocabulary; name another judge with"
                                + " %s",
                        mark, Parameter.of("prm")));
            }
            digits.add(tokens[0]);
        }
        runner.watch(digits);
    }

    /**
     * The score of a reply: 0 for an expected mark of 1, 1 for one of 5.
     *
     * @param logProbs of the digits from 1
     * @return {@link Double#NaN} if no digit is likely
     */
    static double score(float[] logProbs) {
        double all = 0;
        double sum = 0;
        for (int i = 0; i < BEST; i++) {
            double probability = Math.exp(logProbs[i]);
            all += probability;
            sum += probability * i;
        }
        return all < LEAST ? Double.NaN : sum / all / (BEST - 1);
    }

    @Override
    public Scope scope() {
        return Scope.SOLUTION;
    }

    /** A mark of 4 does not say that a reply is right in three of four cases. */
    @Override
    public boolean isBelief() {
        return false;
    }

    @Override
    public String silence() {
        return "the judge answers with no digit from 1 to 5, so that there are no marks";
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        Sequence read = forks
                ? null
                : lane.open(
                        Tokens.fromBeginning(prompt.render(problem), lane.tokenizer(), lane.maxLength()),
                        meter,
                        Role.PRM);
        return new Unfinished<>(new Opened(read, meter), () -> {
            if (read != null) {
                read.close();
            }
        });
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Unfinished<?> earlier)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        if (step.stopReason() == StopReason.DELIMITER) {
            return CompletableFuture.completedFuture(earlier.with(step.text()));
        }
        Opened problem = (Opened) earlier.problem();
        Sequence read = problem.read;
        if (read != null) {
            int[] reply = lane.tokenizer().encode(earlier.text() + step.text(), false);
            return ask(read, Tokens.concat(reply, question), problem.meter);
        }
        return step.prefix() instanceof Sequence written
                ? ask(written, question, problem.meter)
                : CompletableFuture.completedFuture(NoScore.INSTANCE);
    }

    private CompletableFuture<Judgement> ask(Sequence behind, int[] tokens, Meter meter) {
        if (!lane.fits(behind, tokens.length)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        Scoring scoring = Scoring.ofWatched(BEST);
        Sequence asked = lane.score(behind, tokens, scoring, meter);
        return scoring.result().handle((logProbs, failure) -> {
            asked.close();
            if (failure != null) {
                throw Futures.unwrapped(failure);
            }
            return new BareScore(score(logProbs));
        });
    }
}

package org.espalier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.AnswerReader;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.jspecify.annotations.Nullable;

/** A verifier as a PRM, alone or beside one. */
final class VerifierPrm implements ProcessRewardModel {
    private final Verifier verifier;
    private final @Nullable ProcessRewardModel model;
    private final AnswerReader reader;
    private final Executor verifying;
    private final Executor home;

    /**
     * @param model whose scores are multiplied with the verifier's; null for none
     * @param verifying runs the verifier
     * @param home the policy's thread
     */
    VerifierPrm(
            Verifier verifier,
            @Nullable ProcessRewardModel model,
            AnswerReader reader,
            Executor verifying,
            Executor home) {
        this.verifier = verifier;
        this.model = model;
        this.reader = reader;
        this.verifying = verifying;
        this.home = home;
    }

    /** @param inner of the PRM; null for none */
    private record Verdict(
            Problem problem,
            List<String> steps,
            double score,
            @Nullable Judgement inner) implements Judgement {
        @Override
        public void close() {
            if (inner != null) {
                inner.close();
            }
        }
    }

    @Override
    public Scope scope() {
        return model == null ? Scope.PATH : model.scope();
    }

    @Override
    public boolean givesProbabilities() {
        return model == null || model.givesProbabilities();
    }

    @Override
    public boolean readsEmptyEnds() {
        return model != null && model.readsEmptyEnds();
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return model == null ? this : new VerifierPrm(verifier, model.searchAndLearn(), reader, verifying, home);
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return new Verdict(problem, List.of(), Double.NaN, model == null ? null : model.open(problem, meter));
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Verdict path = (Verdict) before;
        List<String> steps = new ArrayList<>(path.steps);
        steps.add(step.text());
        List<String> extended = List.copyOf(steps);
        CompletableFuture<Double> verified = CompletableFuture.supplyAsync(
                () -> checked(verifier.score(new Verifier.Candidate(path.problem, extended, reader))), verifying);
        Judgement inner = path.inner;
        if (model == null || inner == null) {
            return verified.handleAsync(ConfinedPrm::valueOrThrow, home)
                    .thenApply(score -> new Verdict(path.problem, extended, score, null));
        }
        CompletableFuture<Judgement> judged = model.score(inner, step);
        return CompletableFuture.allOf(verified, judged)
                .handleAsync(
                        (both, thrown) -> {
                            if (thrown != null && !judged.isCompletedExceptionally()) {
                                judged.join().close();
                            }
                            Judgement judgement =
                                    ConfinedPrm.valueOrThrow(judged, thrown).join();
                            double score = combined(judgement.score(), verified.join());
                            return (Judgement) new Verdict(path.problem, extended, score, judgement);
                        },
                        home);
    }

    /** Scores that are no probabilities are as logarithms: refuted is worse than all others. */
    private double combined(double score, double verified) {
        return givesProbabilities() ? score * verified : score + Math.log(verified);
    }

    private static double checked(double score) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("a verifier's score must be in 0..1, not " + score);
        }
        return score;
    }
}

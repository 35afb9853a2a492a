package org.espalier.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Closer;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Verifier;
import org.espalier.model.Verifier.Candidate;
import org.espalier.model.Verifier.Cost;
import org.jspecify.annotations.Nullable;

/**
 * Verifiers as a PRM, alone or with one. They are asked in the order of their costs until one refutes; the PRM, and with it those
 * that are as dear, only about what is left. The score is the product of all; what is refuted once is refuted for good, and
 * nobody is asked about what follows it.
 */
public final class VerifierPrm implements ProcessRewardModel, AutoCloseable {
    private final List<VerifierQueue> cheap;
    private final List<VerifierQueue> dear;
    private final @Nullable ProcessRewardModel model;
    private final AnswerReader reader;
    private final Executor home;
    private final boolean searchAndLearn;

    /**
     * Starts a thread for each verifier.
     *
     * @param verifiers at least one; they belong to the caller, who closes them after this
     * @param model whose scores are multiplied with the verifiers'; null for none
     * @param reader of answers, for verifiers
     * @param home the policy's thread
     */
    public VerifierPrm(
            List<Verifier> verifiers, @Nullable ProcessRewardModel model, AnswerReader reader, Executor home) {
        List<VerifierQueue> queues = verifiers.stream()
                .sorted(Comparator.comparing(Verifier::cost))
                .map(VerifierQueue::new)
                .toList();
        cheap = queues.stream().filter(queue -> !isDear(queue)).toList();
        dear = queues.stream().filter(VerifierPrm::isDear).toList();
        this.model = model;
        this.reader = reader;
        this.home = home;
        searchAndLearn = false;
    }

    /** The same verifiers with a PRM as search-and-learn feeds it. */
    private VerifierPrm(VerifierPrm other, ProcessRewardModel model) {
        cheap = other.cheap;
        dear = other.dear;
        this.model = model;
        reader = other.reader;
        home = other.home;
        searchAndLearn = true;
    }

    private static boolean isDear(VerifierQueue queue) {
        return queue.verifier().cost() == Cost.SLOW;
    }

    /** @param inner of the PRM; null for none, and where nothing follows */
    private record Verdict(
            Problem problem,
            Meter meter,
            List<String> steps,
            double score,
            boolean isRefuted,
            @Nullable Judgement inner)
            implements Judgement {
        Verdict refuted(List<String> extended, double worst) {
            return new Verdict(problem, meter, extended, worst, true, null);
        }

        Verdict then(List<String> extended, double next, @Nullable Judgement of) {
            return new Verdict(problem, meter, extended, next, false, of);
        }

        @Override
        public void close() {
            if (inner != null) {
                inner.close();
            }
        }
    }

    private List<VerifierQueue> queues() {
        List<VerifierQueue> all = new ArrayList<>(cheap);
        all.addAll(dear);
        return all;
    }

    /** The PRM's; without one, the verifiers', and of different ones the path. */
    @Override
    public Scope scope() {
        if (model != null) {
            return model.scope();
        }
        List<Scope> scopes = queues().stream()
                .map(queue -> queue.verifier().scope())
                .distinct()
                .toList();
        return scopes.size() == 1 ? scopes.get(0) : Scope.PATH;
    }

    @Override
    public boolean givesProbabilities() {
        return model == null || model.givesProbabilities();
    }

    @Override
    public boolean isBelief() {
        return model == null || model.isBelief();
    }

    @Override
    public boolean readsConfidence() {
        return model != null && model.readsConfidence();
    }

    @Override
    public String silence() {
        return model == null ? ProcessRewardModel.super.silence() : model.silence();
    }

    @Override
    public boolean refutes() {
        return true;
    }

    @Override
    public boolean provesAnswers() {
        return queues().stream().anyMatch(queue -> queue.verifier().provesAnswers());
    }

    @Override
    public boolean readsEmptyEnds() {
        return searchAndLearn && model != null && model.readsEmptyEnds();
    }

    @Override
    public ProcessRewardModel searchAndLearn() {
        return model == null ? this : new VerifierPrm(this, model.searchAndLearn());
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        Judgement inner = model == null ? null : model.open(problem, meter);
        return new Verdict(problem, meter, List.of(), Double.NaN, false, inner);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Verdict path = (Verdict) before;
        List<String> steps = new ArrayList<>(path.steps);
        steps.add(step.text());
        List<String> extended = List.copyOf(steps);
        if (path.isRefuted) {
            return CompletableFuture.completedFuture(path.refuted(extended, worst()));
        }
        boolean ended = step.stopReason() == StopReason.EOS;
        Candidate candidate = new Candidate(path.problem, extended, ended, reader);
        List<VerifierQueue> first = asked(cheap, candidate);
        List<VerifierQueue> then = asked(dear, candidate);
        // What is asked at once is computed together.
        CompletableFuture<Double> verified = first.isEmpty()
                ? CompletableFuture.completedFuture(1.0)
                : Futures.on(home, product(first, candidate, path.meter, 1));
        return verified.thenCompose(score -> score == 0
                ? CompletableFuture.completedFuture(path.refuted(extended, worst()))
                : judged(path, step, candidate, then, first.isEmpty() && then.isEmpty() ? Double.NaN : score));
    }

    /** @param verified by those that were asked already; {@link Double#NaN} if nobody is asked but the PRM */
    private CompletableFuture<Judgement> judged(
            Verdict path, Step step, Candidate candidate, List<VerifierQueue> dear, double verified) {
        List<String> extended = candidate.steps();
        boolean known = !Double.isNaN(verified);
        CompletableFuture<Double> others = product(dear, candidate, path.meter, known ? verified : 1);
        Judgement inner = path.inner;
        // Verifiers are asked about the end of a reply, whether there is text in the last step or not; a PRM is not.
        boolean blankEnd = candidate.ended() && step.text().isBlank();
        boolean read = !blankEnd || readsEmptyEnds() || scope() == Scope.SOLUTION;
        if (model == null || inner == null || !read) {
            return Futures.on(home, others)
                    .thenApply(score -> score == 0
                            ? path.refuted(extended, worst())
                            : path.then(extended, known ? score : Double.NaN, null));
        }
        CompletableFuture<Judgement> scored = model.score(inner, step);
        return CompletableFuture.allOf(others, scored)
                .handleAsync(
                        (both, thrown) -> {
                            if (thrown != null && !scored.isCompletedExceptionally()) {
                                scored.join().close();
                            }
                            if (thrown != null) {
                                throw Futures.completing(thrown);
                            }
                            Judgement judgement = scored.join();
                            double score = others.join();
                            if (score == 0) {
                                judgement.close();
                                return path.refuted(extended, worst());
                            }
                            return path.then(extended, combined(judgement.score(), score), judgement);
                        },
                        home);
    }

    /** Those that speak of this. */
    private List<VerifierQueue> asked(List<VerifierQueue> queues, Candidate candidate) {
        if (queues.isEmpty()) {
            return queues;
        }
        boolean blank = candidate.step().isBlank() && !candidate.ended();
        boolean whole = candidate.ended()
                || (queues.stream().anyMatch(queue -> queue.verifier().scope() == Scope.SOLUTION)
                        && candidate.answer().filter(Answer::stated).isPresent());
        return queues.stream()
                .filter(queue -> queue.verifier().scope() == Scope.SOLUTION ? whole : !blank)
                .toList();
    }

    /** One after the other, until one refutes. */
    private static CompletableFuture<Double> product(
            List<VerifierQueue> queues, Candidate candidate, Meter meter, double before) {
        return queues.isEmpty() || before == 0
                ? CompletableFuture.completedFuture(before)
                : queues.get(0)
                        .ask(candidate, meter)
                        .thenCompose(
                                score -> product(queues.subList(1, queues.size()), candidate, meter, before * score));
    }

    private double worst() {
        return givesProbabilities() ? 0 : Double.NEGATIVE_INFINITY;
    }

    /** Scores that are no probabilities are as logarithms. */
    private double combined(double score, double verified) {
        return givesProbabilities() ? score * verified : score + Math.log(verified);
    }

    /** Ends the verifiers' threads. */
    @Override
    public void close() {
        Closer closer = new Closer();
        queues().forEach(closer::add);
        closer.close();
    }
}

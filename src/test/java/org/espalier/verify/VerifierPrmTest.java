package org.espalier.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Verifier;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.FakePrm;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerifierPrmTest {
    private static final Problem PROBLEM = Problem.of("1 + 1?");

    private final ExecutorService home = Executors.newSingleThreadExecutor();
    private final Meter meter = new Meter(Budget.UNLIMITED);
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void end() {
        home.shutdown();
    }

    /** One that notes when it is asked. */
    private Verifier noting(String name, Verifier.Cost cost, Scope scope, ToDoubleFunction<Verifier.Candidate> score) {
        return new Verifier() {
            @Override
            public double score(Candidate candidate) {
                calls.add(name + ":" + candidate.text());
                return score.applyAsDouble(candidate);
            }

            @Override
            public Scope scope() {
                return scope;
            }

            @Override
            public Cost cost() {
                return cost;
            }
        };
    }

    private Judgement scored(ProcessRewardModel prm, Judgement before, String text, StopReason reason) {
        Step step = new Step(() -> {}, text, 1, reason, 0, 0);
        return CompletableFuture.completedFuture(step)
                .thenComposeAsync(asked -> prm.score(before, asked), home)
                .join();
    }

    private VerifierPrm prm(List<Verifier> verifiers, @Nullable ProcessRewardModel model) {
        return new VerifierPrm(verifiers, model, new BoxedReader(), home);
    }

    @Test
    void answersAreProvedIfOneOfTheVerifiersKnowsThem() {
        Verifier guess = candidate -> 0.9;
        Verifier knows = new Verifier() {
            @Override
            public double score(Candidate candidate) {
                return 1;
            }

            @Override
            public boolean provesAnswers() {
                return true;
            }
        };
        assertThat(prm(List.of(guess), null).provesAnswers()).isFalse();
        assertThat(prm(List.of(guess, knows), new FakePrm(home, path -> 0.5)).provesAnswers())
                .isTrue();
    }

    @Test
    void theCheapOnesComeFirstAndNobodyIsAskedAboutWhatIsRefuted() {
        FakePrm model = new FakePrm(home, path -> 0.5);
        List<Verifier> verifiers = List.of(
                noting("slow", Verifier.Cost.SLOW, Scope.PATH, candidate -> 0.5),
                noting("quick", Verifier.Cost.QUICK, Scope.PATH, candidate -> 1),
                noting(
                        "instant",
                        Verifier.Cost.INSTANT,
                        Scope.PATH,
                        candidate -> candidate.text().contains("wrong") ? 0 : 1));
        try (VerifierPrm prm = prm(verifiers, model)) {
            Judgement begin = prm.open(PROBLEM, meter);
            Judgement right = scored(prm, begin, "right\n\n", StopReason.DELIMITER);
            assertThat(right.score()).isEqualTo(0.25);
            assertThat(right.isRefuted()).isFalse();
            assertThat(calls).containsExactly("instant:right\n\n", "quick:right\n\n", "slow:right\n\n");
            calls.clear();
            Judgement wrong = scored(prm, begin, "wrong\n\n", StopReason.DELIMITER);
            assertThat(wrong.score()).isZero();
            assertThat(wrong.isRefuted()).isTrue();
            assertThat(scored(prm, wrong, "more\n\n", StopReason.DELIMITER).isRefuted())
                    .isTrue();
            assertThat(calls).containsExactly("instant:wrong\n\n");
            assertThat(model.calls()).containsExactly("right\n\n");
            List.of(begin, right, wrong).forEach(Judgement::close);
        }
        assertThat(model.open()).isEmpty();
    }

    @Test
    void oneThatIsDearRefutesBesideThePrm() {
        FakePrm model = new FakePrm(home, path -> 0.5);
        try (VerifierPrm prm = prm(List.of(noting("slow", Verifier.Cost.SLOW, Scope.PATH, candidate -> 0)), model)) {
            Judgement begin = prm.open(PROBLEM, meter);
            assertThat(scored(prm, begin, "a\n\n", StopReason.DELIMITER).isRefuted())
                    .isTrue();
            begin.close();
        }
        assertThat(model.open()).isEmpty();
    }

    @Test
    void wholeAnswersAreJudgedWhereOneIsStatedOrTheReplyEnds() {
        Verifier whole = noting("whole", Verifier.Cost.QUICK, Scope.SOLUTION, candidate -> 0.5);
        try (VerifierPrm prm = prm(List.of(whole), null)) {
            assertThat(prm.scope()).isEqualTo(Scope.SOLUTION);
            Judgement begin = prm.open(PROBLEM, meter);
            Judgement first = scored(prm, begin, "a\n\n", StopReason.DELIMITER);
            assertThat(first.score()).isNaN();
            Judgement stated = scored(prm, first, "\\boxed{2}\n\n", StopReason.DELIMITER);
            assertThat(stated.score()).isEqualTo(0.5);
            assertThat(scored(prm, first, "so\n\n", StopReason.DELIMITER).score())
                    .isNaN();
            assertThat(scored(prm, first, "", StopReason.EOS).score()).isEqualTo(0.5);
            assertThat(calls).containsExactly("whole:a\n\n\\boxed{2}\n\n", "whole:a\n\n");
        }
    }

    @Test
    void thePrmIsNotAskedAboutABlankEnd() {
        FakePrm model = new FakePrm(home, path -> 0.5);
        Verifier ends = noting("ends", Verifier.Cost.QUICK, Scope.PATH, candidate -> candidate.ended() ? 0 : 1);
        try (VerifierPrm prm = prm(List.of(ends), model)) {
            Judgement begin = prm.open(PROBLEM, meter);
            Judgement first = scored(prm, begin, "a\n\n", StopReason.DELIMITER);
            assertThat(scored(prm, first, "", StopReason.EOS).isRefuted()).isTrue();
            assertThat(model.calls()).containsExactly("a\n\n");
        }
    }

    @Test
    void whatWaitsIsAskedAboutTogetherAndAFailureStaysWithItsProblem() {
        CountDownLatch held = new CountDownLatch(1);
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        Verifier batching = new Verifier() {
            @Override
            public double score(Candidate candidate) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<Double> scores(List<Candidate> candidates) {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    throw new CancellationException();
                }
                sizes.add(candidates.size());
                if (candidates.stream().anyMatch(candidate -> candidate.text().equals("crash"))) {
                    throw new IllegalStateException("crashed");
                }
                return candidates.stream().map(candidate -> 0.5).toList();
            }
        };
        Problem other = Problem.of("2 + 2?");
        try (VerifierQueue queue = new VerifierQueue(batching)) {
            List<CompletableFuture<Double>> asked = new ArrayList<>();
            asked.add(queue.ask(candidate(PROBLEM, "first"), meter));
            // The first is being asked about, alone.
            while (queue.waiting() > 0) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 3; i++) {
                asked.add(queue.ask(candidate(PROBLEM, "a" + i), meter));
            }
            CompletableFuture<Double> crashed = queue.ask(candidate(other, "crash"), meter);
            held.countDown();
            asked.forEach(score -> assertThat(score.join()).isEqualTo(0.5));
            assertThatThrownBy(crashed::join).hasRootCauseMessage("crashed");
            assertThat(sizes).containsExactly(1, 4, 3, 1);
        }
    }

    private static Verifier.Candidate candidate(Problem problem, String text) {
        return new Verifier.Candidate(problem, List.of(text), false, new BoxedReader());
    }

    @Test
    void aRunThatEndsWaitsForNoVerifier() {
        CountDownLatch never = new CountDownLatch(1);
        Verifier hanging = candidate -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new CancellationException();
            }
            return 1;
        };
        try (VerifierQueue queue = new VerifierQueue(hanging)) {
            CompletableFuture<Double> score = queue.ask(candidate(PROBLEM, "a"), meter);
            CompletableFuture<Double> behind = queue.ask(candidate(PROBLEM, "b"), meter);
            meter.cancel();
            assertThatThrownBy(score::join).hasRootCauseInstanceOf(CancellationException.class);
            assertThatThrownBy(behind::join).hasRootCauseInstanceOf(CancellationException.class);
        }
    }

    @Test
    void whatIsNoScoreFails() {
        try (VerifierPrm prm = prm(List.of(candidate -> 2), null)) {
            Judgement begin = prm.open(PROBLEM, meter);
            assertThatThrownBy(() -> scored(prm, begin, "a", StopReason.EOS))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("a verifier's score must be in 0..1, not 2.0");
        }
    }
}

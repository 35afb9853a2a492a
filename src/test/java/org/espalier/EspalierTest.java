package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.espalier.model.Answer;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.SearchSteps;
import org.espalier.search.Solution;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The facade with a policy and a PRM of the caller's own: no model, no native library. */
@Timeout(120)
class EspalierTest {
    private static final Problem PROBLEM = Problem.of("1 + 1?");

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ScriptedPolicy policy = new ScriptedPolicy(thread)
            .on("", "wrong |", "right |")
            .on("wrong |", "\\boxed{1}", "\\boxed{1}")
            .on("right |", "\\boxed{2}", "\\boxed{2}");
    private final EspalierOptions greedy =
            EspalierOptions.defaults().withPolicy(policy).withMethod(SearchMethod.GREEDY);
    private final EspalierOptions beam = EspalierOptions.defaults()
            .withPolicy(policy)
            .withMethod(SearchMethod.BEAM)
            .withSearch(SearchConfig.builder().n(2).beamWidth(2).build());

    @AfterEach
    void end() {
        thread.shutdown();
    }

    private static String answer(Solution solution) {
        return String.valueOf(solution.answer());
    }

    @Test
    void aProblemIsSolvedInThreeLines() {
        try (Espalier espalier = Espalier.open(greedy)) {
            assertThat(espalier.solve("1 + 1?").answer()).hasToString("1");
        }
    }

    @Test
    void aPredicateSteersABeamSearch() {
        Verifier fair = Verifier.of(candidate -> true);
        Verifier sharp = Verifier.of(candidate -> !candidate.text().contains("wrong"));
        try (Espalier espalier = Espalier.open(beam.withVerifier(fair))) {
            assertThat(answer(espalier.solve(PROBLEM))).isEqualTo("1");
        }
        assertThat(policy.open()).isEmpty();
        try (Espalier espalier = Espalier.open(beam.withVerifier(sharp))) {
            Solution solution = espalier.solve(PROBLEM);
            assertThat(answer(solution)).isEqualTo("2");
            assertThat(solution.votes()).hasSize(1);
            assertThat(scores(solution)).contains("wrong |=0.0", "right |=1.0");
        }
    }

    private static List<String> scores(Solution solution) {
        return solution.tree().nodes().stream()
                .map(node -> ScriptedPolicy.fold(node.text()) + "=" + node.score())
                .toList();
    }

    @Test
    void aVerifierSeesProblemStepsAndAnswer() {
        List<Verifier.Candidate> seen = new ArrayList<>();
        Verifier noting = candidate -> {
            seen.add(candidate);
            return 1;
        };
        try (Espalier espalier = Espalier.open(beam.withVerifier(noting))) {
            espalier.solve(PROBLEM);
        }
        Verifier.Candidate first = seen.get(0);
        assertThat(first.problem()).isEqualTo(PROBLEM);
        assertThat(first.step()).isEqualTo("wrong \n\n");
        assertThat(first.answer()).isEmpty();
        Verifier.Candidate last = seen.get(seen.size() - 1);
        assertThat(last.steps()).containsExactly("wrong \n\n", "\\boxed{1}");
        assertThat(last.answer()).map(Answer::text).contains("1");
    }

    @Test
    void itsScoreIsMultipliedWithThePrms() {
        FakePrm prm = FakePrm.scripted(
                thread, "wrong |", 0.9, "right |", 0.5, "right |\\boxed{2}", 0.5, "wrong |\\boxed{1}", 0.9);
        Verifier answers = Verifier.of(candidate -> !candidate.text().contains("wrong"));
        try (Espalier espalier = Espalier.open(beam.withPrm(prm).withVerifier(answers))) {
            Solution solution = espalier.solve(PROBLEM);
            assertThat(answer(solution)).isEqualTo("2");
            assertThat(scores(solution)).contains("wrong |=0.0", "right |=0.5");
        }
        assertThat(prm.open()).isEmpty();
    }

    @Test
    void aSolutionThatIsThereIsJudgedStepByStep() {
        FakePrm prm = new FakePrm(thread, path -> path.contains("wrong") ? 0.25 : 0.5);
        Verifier brief = candidate -> candidate.steps().size() < 3 ? 1 : 0;
        try (Espalier espalier = Espalier.open(beam.withPrm(prm).withVerifier(brief))) {
            assertThat(espalier.stepScores(PROBLEM, "right\n\nwrong\n\nend")).containsExactly(0.5, 0.25, 0.0);
            assertThat(espalier.stepScores(PROBLEM, " ")).isEmpty();
            assertThat(prm.open()).isEmpty();
            espalier.close();
            assertThatThrownBy(() -> espalier.stepScores(PROBLEM, "right")).isInstanceOf(IllegalStateException.class);
        }
        try (Espalier espalier = Espalier.open(greedy)) {
            assertThatThrownBy(() -> espalier.stepScores(PROBLEM, "right")).isInstanceOf(UsageException.class);
        }
    }

    @Test
    void aVerifierThatFailsFailsItsSearchAlone() {
        AtomicInteger calls = new AtomicInteger();
        Verifier failing = candidate -> {
            if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("no opinion");
            }
            return 1;
        };
        FakePrm prm = FakePrm.seeded(thread);
        try (Espalier espalier = Espalier.open(beam.withPrm(prm).withVerifier(failing))) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no opinion");
            assertThat(policy.open()).isEmpty();
            assertThat(prm.open()).isEmpty();
            assertThat(espalier.solve(PROBLEM).answer()).isNotNull();
        }
        try (Espalier espalier = Espalier.open(beam.withVerifier(candidate -> 1.5))) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM)).hasMessage("a verifier's score must be in 0..1, not 1.5");
        }
    }

    @Test
    void aPrmMayAnswerOnAnyThread() {
        ProcessRewardModel elsewhere = new ProcessRewardModel() {
            private Judgement of(double score) {
                return new Judgement() {
                    @Override
                    public double score() {
                        return score;
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public Judgement open(Problem problem, Meter meter) {
                return of(Double.NaN);
            }

            @Override
            public CompletableFuture<Judgement> score(Judgement before, Step step) {
                return CompletableFuture.supplyAsync(() -> of(step.text().contains("wrong") ? 0.1 : 0.9));
            }
        };
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        SearchListener noting = new SearchListener() {
            @Override
            public void scored(SearchNode node) {
                threads.add(Thread.currentThread());
            }

            @Override
            public void pruned(SearchNode node) {
                threads.add(Thread.currentThread());
            }
        };
        try (Espalier espalier = Espalier.open(beam.withPrm(elsewhere))) {
            assertThat(answer(espalier.solve(PROBLEM, noting))).isEqualTo("2");
        }
        assertThat(threads).hasSize(1);
    }

    /** Keeps the best of two steps until the path ends. */
    private static CompletableFuture<List<SearchNode>> climb(SearchSteps search, SearchNode from) {
        CompletableFuture<List<SearchNode>> steps =
                SearchSteps.all(List.of(search.propose(from, 0), search.propose(from, 1)));
        search.retire(from);
        return steps.thenCompose(both -> {
            boolean first = search.value(both.get(0)) >= search.value(both.get(1));
            SearchNode best = both.get(first ? 0 : 1);
            search.prune(both.get(first ? 1 : 0));
            if (!search.mayGrow(best)) {
                return CompletableFuture.completedFuture(List.of(best));
            }
            search.keep(best);
            return climb(search, best);
        });
    }

    @Test
    void anAlgorithmOfTheCallersOwnGrowsTheTree() {
        FakePrm prm = FakePrm.scripted(thread, "wrong |", 0.1, "right |", 0.9, "right |\\boxed{2}", 0.8);
        EspalierOptions options =
                beam.withPrm(prm).withStrategy(SearchMethod.BEAM, search -> climb(search, search.root()));
        try (Espalier espalier = Espalier.open(options)) {
            Solution solution = espalier.solve(PROBLEM);
            assertThat(answer(solution)).isEqualTo("2");
            assertThat(solution.completions()).hasSize(1);
            assertThat(solution.tree().nodes())
                    .extracting(SearchNode::fate)
                    .containsExactly(Fate.PROPOSED, Fate.PRUNED, Fate.KEPT, Fate.COMPLETED, Fate.PRUNED);
        }
        assertThat(policy.open()).isEmpty();
        assertThat(prm.open()).isEmpty();
    }

    @Test
    void anAlgorithmThatFailsLeavesNothingInFlight() {
        EspalierOptions options = beam.withPrm(FakePrm.seeded(thread)).withStrategy(SearchMethod.BEAM, search -> {
            search.propose(search.root(), 0);
            throw new IllegalStateException("lost");
        });
        try (Espalier espalier = Espalier.open(options)) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM)).hasMessage("lost");
            assertThat(policy.opened()).isEqualTo(2);
            assertThat(policy.open()).isEmpty();
        }
        try (Espalier espalier = Espalier.open(options.withStrategy(SearchMethod.BEAM, search -> null))) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM)).hasMessage("the strategy returned no future");
        }
    }

    @Test
    void anAnswerReaderOfTheCallersOwnSaysWhatVotes() {
        EspalierOptions options =
                greedy.withAnswerReader(text -> Optional.of(new Answer("read", String.valueOf(text.length()), true)));
        try (Espalier espalier = Espalier.open(options)) {
            assertThat(answer(espalier.solve(PROBLEM))).isEqualTo("read");
        }
    }

    @Test
    void whatCannotWorkIsRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> Espalier.open(beam))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("method beam needs a process reward model");
        assertThatThrownBy(() -> Espalier.open(
                        beam.withSearch(SearchConfig.builder().n(2).beamWidth(4).build())))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("try n 4 or beamWidth 2");
        assertThatThrownBy(() -> greedy.withInFlight(0)).hasMessage("inFlight must be 1 or more, not 0");
        assertThat(policy.opened()).isZero();
    }

    /** Ten problems, of which the source gives no more than may run. */
    @Test
    void aBatchTakesNoMoreProblemsThanMayRun() {
        CountDownLatch held = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(held));
        AtomicInteger taken = new AtomicInteger();
        Iterable<Problem> source = () -> IntStream.range(0, 10)
                .mapToObj(i -> {
                    taken.incrementAndGet();
                    return new Problem("p" + i, "1 + 1?");
                })
                .iterator();
        try (Espalier espalier = Espalier.open(greedy.withInFlight(3))) {
            Iterator<SolutionFuture> batch = espalier.solveAll(source).iterator();
            List<SolutionFuture> futures = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                futures.add(batch.next());
                // Streams may read one element ahead.
                assertThat(taken.get()).isLessThanOrEqualTo(4);
            }
            SolutionFuture second = futures.get(1);
            assertThat(second.cancel(true)).isTrue();
            held.countDown();
            batch.forEachRemaining(futures::add);
            assertThat(futures)
                    .extracting(future -> future.problem().id())
                    .containsExactly("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9");
            assertThat(second).isCancelled();
            futures.remove(second);
            futures.forEach(future -> assertThat(answer(future.join())).isEqualTo("1"));
        }
        assertThat(policy.open()).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFutureThatIsStoppedGivesWhatThereIs() {
        CountDownLatch held = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(held));
        try (Espalier espalier = Espalier.open(greedy)) {
            SolutionFuture future = espalier.submit(PROBLEM);
            future.stop();
            held.countDown();
            assertThat(future.join().stoppedBy()).isEqualTo(Limit.CANCELLED);
        }
    }

    @Test
    void whatDependsOnAFutureMaySolveInItsTurn() throws Exception {
        try (Espalier espalier = Espalier.open(greedy.withInFlight(1))) {
            CompletableFuture<Solution> second = espalier.submit(PROBLEM).thenApply(first -> espalier.solve("2 + 2?"));
            assertThat(answer(second.get(1, TimeUnit.MINUTES))).isEqualTo("1");
        }
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsForAPlaceStartsNothing() {
        CountDownLatch held = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(held));
        try (Espalier espalier = Espalier.open(greedy.withInFlight(1))) {
            SolutionFuture first = espalier.submit(PROBLEM);
            Thread.currentThread().interrupt();
            Throwable thrown = catchThrowable(() -> espalier.submit(PROBLEM));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown).isInstanceOf(CancellationException.class);
            held.countDown();
            assertThat(first.join().answer()).isNotNull();
        }
    }

    @Test
    void aListenerThatThrowsFailsItsSearchAlone() {
        IllegalStateException refusal = new IllegalStateException("I do not want to hear it");
        SearchListener throwing = new SearchListener() {
            @Override
            public void proposed(SearchNode node) {
                throw refusal;
            }
        };
        try (Espalier espalier = Espalier.open(greedy)) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM, throwing)).isSameAs(refusal);
            SolutionFuture future = espalier.submit(PROBLEM, throwing);
            assertThatThrownBy(future::join).hasCause(refusal);
            assertThat(answer(espalier.solve(PROBLEM))).isEqualTo("1");
        }
    }

    @Test
    void closingTwiceIsFineAndUsingItAfterwardsIsNot() {
        Espalier espalier = Espalier.open(greedy);
        espalier.close();
        espalier.close();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> espalier.solve(PROBLEM))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this Espalier is closed: open another one");
        }
    }

    @Test
    void closingEndsWhatRuns() {
        CountDownLatch held = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(held));
        Espalier espalier = Espalier.open(greedy);
        SolutionFuture future = espalier.submit(PROBLEM);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(espalier::close);
        held.countDown();
        closing.join();
        assertThat(Objects.requireNonNull(future.join()).usage()).isNotNull();
        assertThat(policy.open()).isEmpty();
    }
}

package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.espalier.harness.OtherProcess;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The facade with the bundled pair. */
@Timeout(600)
class EspalierIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    private static EspalierOptions small(SearchMethod method) {
        return EspalierOptions.defaults()
                .withMethod(method)
                .withSearch(
                        SearchConfig.builder().n(4).beamWidth(2).maxTokens(256).build())
                .withThreads(1);
    }

    @Test
    void threeLines() {
        try (Espalier espalier = Espalier.open(EspalierOptions.defaults())) {
            assertThat(espalier.solve(PROBLEM).answer()).hasToString("79");
        }
    }

    /** A verifier that goes by the text alone decides which steps go on, in place of the PRM. */
    @Test
    void aVerifierOfTheCallersOwnSteersABeamSearch() {
        Verifier parity = candidate -> candidate.step().length() % 2 == 0 ? 1 : 0.5;
        EspalierOptions options = small(SearchMethod.BEAM).withoutPrm().withVerifier(parity);
        try (Espalier espalier = Espalier.open(options)) {
            Solution solution = espalier.solve(PROBLEM);
            List<SearchNode> judged = solution.tree().nodes().stream()
                    .filter(node -> node.scoredMillis() >= 0 && node.depth() > 0)
                    .toList();
            assertThat(judged)
                    .isNotEmpty()
                    .allSatisfy(node ->
                            assertThat(node.score()).isEqualTo(node.text().length() % 2 == 0 ? 1 : 0.5));
            for (SearchNode pruned : judged) {
                if (pruned.fate() == Fate.PRUNED && pruned.score() == 1) {
                    assertThat(judged.stream()
                                    .filter(node -> node.depth() == pruned.depth() && node.fate() == Fate.KEPT))
                            .as("kept where %s was not", pruned)
                            .allSatisfy(node -> assertThat(node.score()).isEqualTo(1));
                }
            }
            assertThat(solution.usage().prmTokens()).isZero();
        }
    }

    @Test
    void aVerifierRefutesAnswersThatThePrmLikes() {
        EspalierOptions options = small(SearchMethod.BEST_OF_N);
        try (Espalier espalier = Espalier.open(options)) {
            assertThat(espalier.solve(PROBLEM).votes())
                    .anyMatch(vote -> vote.key().equals("79"));
        }
        try (Espalier espalier = Espalier.open(
                options.withVerifier(Verifier.ofAnswers(answer -> !answer.key().equals("79"))))) {
            Solution solution = espalier.solve(PROBLEM);
            assertThat(solution.votes()).noneMatch(vote -> vote.key().equals("79"));
            assertThat(solution.usage().prmTokens()).isPositive();
        }
    }

    @Test
    void tenProblemsAreOneBatchAndOneOfThemIsCancelled() {
        List<Problem> problems = IntStream.range(0, 10)
                .mapToObj(
                        i -> new Problem("p" + i, "Compute " + (20 + i) + " * 4 - 17 + 9 strictly from left to right."))
                .toList();
        try (Espalier espalier = Espalier.open(small(SearchMethod.BEST_OF_N).withInFlight(3))) {
            assertThat(espalier.inFlight()).isEqualTo(3);
            List<SolutionFuture> futures = new ArrayList<>();
            for (SolutionFuture future : espalier.solveAll(problems)) {
                if (futures.size() == 4) {
                    future.cancel(true);
                }
                futures.add(future);
            }
            assertThat(futures).hasSize(10);
            assertThat(futures.remove(4)).isCancelled();
            for (SolutionFuture future : futures) {
                Solution solution = future.join();
                assertThat(solution.problem()).isEqualTo(future.problem());
                assertThat(solution.completions()).hasSize(4);
                assertThat(solution.stoppedBy()).isNull();
            }
            Problem last = problems.get(9);
            assertThat(texts(espalier.solve(last)))
                    .as("alone as in the batch")
                    .isEqualTo(texts(futures.get(8).join()));
        }
    }

    private static List<String> texts(Solution solution) {
        return solution.completions().stream()
                .map(completion -> completion.text())
                .toList();
    }

    @Test
    void twoInstancesWorkAtOnce() {
        try (Espalier one = Espalier.open(small(SearchMethod.BEAM));
                Espalier other = Espalier.open(small(SearchMethod.BEAM))) {
            SolutionFuture first = one.submit(Problem.of(PROBLEM));
            SolutionFuture second = other.submit(Problem.of(PROBLEM));
            assertThat(texts(first.join())).isEqualTo(texts(second.join()));
            one.close();
            assertThat(other.solve(PROBLEM).answer()).isNotNull();
        }
    }

    @Test
    void aListenerHearsAGreedyTextAndMayThrow() {
        StringBuilder heard = new StringBuilder();
        SearchListener hearing = new SearchListener() {
            @Override
            public void settled(String text) {
                heard.append(text);
            }
        };
        SearchListener throwing = new SearchListener() {
            @Override
            public void settled(String text) {
                throw new IllegalStateException("enough");
            }
        };
        try (Espalier espalier = Espalier.open(small(SearchMethod.GREEDY))) {
            Problem problem = Problem.of(PROBLEM);
            assertThatThrownBy(() -> espalier.solve(problem, throwing)).hasMessage("enough");
            assertThat(texts(espalier.solve(problem, hearing))).containsExactly(heard.toString());
        }
    }

    @Test
    void aBudgetEndsASearchAndTooLongAProblemFailsIt() {
        try (Espalier espalier = Espalier.open(small(SearchMethod.BEST_OF_N).withBudget(new Budget(10, null)))) {
            assertThat(espalier.solve(PROBLEM).stoppedBy()).isEqualTo(Limit.TOKENS);
            assertThatThrownBy(() -> espalier.solve("one ".repeat(20_000)))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("shorten the problem");
            assertThat(espalier.solve(PROBLEM).stoppedBy()).isEqualTo(Limit.TOKENS);
        }
    }

    @Test
    void closedTwiceAndUsedAfterClose() {
        Espalier espalier = Espalier.open(small(SearchMethod.GREEDY));
        SolutionFuture running = espalier.submit(Problem.of(PROBLEM));
        espalier.close();
        espalier.close();
        assertThat(running.join().problem().text()).isEqualTo(PROBLEM);
        assertThatThrownBy(() -> espalier.solve(PROBLEM)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNotKnownIsNamed() {
        assertThatThrownBy(() -> Espalier.open(EspalierOptions.defaults().withPolicy("no-such-model")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("neither a file nor a known model");
        assertThatThrownBy(() -> Espalier.open(EspalierOptions.defaults().withPrm("arith-prm", "no-such-profile")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no PRM profile \"no-such-profile\"");
    }

    /** llama.cpp's own data are destroyed as the process ends, and a decode that went on could crash it. */
    @Test
    void theEndOfTheJvmEndsTheSearches(@TempDir Path folder) throws Exception {
        Path stoppedBy = folder.resolve("stopped-by");
        try (OtherProcess process = OtherProcess.start(EndsWhileSearching.class, stoppedBy)) {
            assertThat(process.join()).isEqualTo(7);
        }
        assertThat(stoppedBy).hasContent("CANCELLED");
    }

    /** Ends the JVM in the middle of a long search, and writes how that ended to the file that is its argument. */
    static final class EndsWhileSearching {
        private EndsWhileSearching() {}

        public static void main(String[] args) throws InterruptedException {
            CountDownLatch stepped = new CountDownLatch(8);
            SearchListener counts = new SearchListener() {
                @Override
                public void proposed(SearchNode node) {
                    stepped.countDown();
                }
            };
            Espalier espalier = Espalier.open(small(SearchMethod.BEST_OF_N)
                    .withSearch(SearchConfig.builder().n(256).maxTokens(400).build()));
            SolutionFuture search = espalier.submit(Problem.of(PROBLEM), counts);
            Path file = Path.of(args[0]);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> write(file, search.join().stoppedBy())));
            stepped.await();
            System.exit(7);
        }

        private static void write(Path file, @Nullable Limit stoppedBy) {
            try {
                Files.writeString(file, String.valueOf(stoppedBy));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

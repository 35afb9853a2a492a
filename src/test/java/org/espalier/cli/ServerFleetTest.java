package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.ProblemStream;
import org.espalier.harness.Waiting;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.search.Ballot;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.server.ScriptedServer;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two servers without models, and a problem's search compared with the same search here. */
@Timeout(180)
class ServerFleetTest {
    private static final SearchConfig CONFIG =
            SearchConfig.builder().n(8).maxTokens(60).seed(7).build();

    private final ScriptedServer one = ScriptedServer.start();
    private final ScriptedServer other = ScriptedServer.start();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void close() {
        one.close();
        other.close();
        thread.shutdownNow();
    }

    private static SearchConfig config(SearchMethod method) {
        return method == SearchMethod.GREEDY ? CONFIG.toBuilder().n(1).build() : CONFIG;
    }

    private static List<DatasetItem> problems(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new DatasetItem("p" + i, "how much is " + i, "1", null, null, null))
                .toList();
    }

    private static ServerFleet fleet(int each, int patience, String... urls) {
        List<FleetServer> servers = new ArrayList<>();
        for (String url : urls) {
            servers.add(new FleetServer(new ServerClient(url, null), new BoxedReader(), null));
        }
        return new ServerFleet(servers, each, patience);
    }

    private ServerFleet fleet(int each) {
        return fleet(each, 60, one.url(), other.url());
    }

    private static Map<String, Solution> solve(
            ServerFleet fleet, List<DatasetItem> problems, SearchMethod method, Consumer<Integer> solved) {
        ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                problems,
                fleet.inFlight(),
                fleet.executor(),
                () -> new Meter(Budget.UNLIMITED),
                (item, meter) -> fleet.start(item.toProblem(), method, config(method), meter));
        Map<String, Solution> solutions = new LinkedHashMap<>();
        boolean all = stream.forEach((item, solution) -> {
            assertThat(solutions.put(item.id(), solution)).isNull();
            solved.accept(solutions.size());
        });
        assertThat(all).isTrue();
        return solutions;
    }

    private static List<Completion> completions(Solution solution) {
        return solution.ballots().stream().map(Ballot::completion).toList();
    }

    private void assertAsHere(Map<String, Solution> there, List<DatasetItem> problems, SearchMethod method) {
        Solver solver = new Solver(new SeededPolicy(thread), FakePrm.seeded(thread), new BoxedReader());
        assertThat(there).hasSameSizeAs(problems);
        for (DatasetItem item : problems) {
            Solution here = solver.solve(item.toProblem(), method, config(method), new Meter(Budget.UNLIMITED));
            Solution found = there.get(item.id());
            // No score is NaN, which is not equal to itself.
            assertThat(completions(found)).hasToString(completions(here).toString());
            assertThat(found.ballots())
                    .extracting(Ballot::index, Ballot::counts)
                    .isEqualTo(here.ballots().stream()
                            .map(ballot -> tuple(ballot.index(), ballot.counts()))
                            .toList());
            for (Selection selection : Selection.values()) {
                for (int k : new int[] {1, 4, 8}) {
                    assertThat(found.answerAt(k, selection)).isEqualTo(here.answerAt(k, selection));
                }
            }
            assertThat(found.agreement()).isEqualTo(here.agreement());
            assertThat(found.usage().policyTokens()).isEqualTo(here.usage().policyTokens());
            assertThat(found.usage().prmTokens()).isEqualTo(here.usage().prmTokens());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SearchMethod.class,
            names = {"GREEDY", "MAJORITY", "BEST_OF_N", "BEAM", "DVTS", "AUTO"})
    void whicheverServerSolvesAProblemItIsSolvedAsHere(SearchMethod method) {
        try (ServerFleet fleet = fleet(2)) {
            assertThat(fleet.begin()).extracting(model -> model.name()).containsExactly("scripted");
            List<DatasetItem> problems = problems(12);
            assertAsHere(solve(fleet, problems, method, count -> {}), problems, method);
            assertThat(fleet.summary()).hasSize(2).allMatch(line -> line.matches("http\\S+ solved \\d+"));
        }
    }

    /** It ends while it has problems: these are answered with what there is, and go to the other server. */
    @Test
    void aServerThatEndsGivesItsProblemsBack() {
        try (ServerFleet fleet = fleet(3)) {
            fleet.begin();
            one.hold();
            List<DatasetItem> problems = problems(30);
            CompletableFuture<Void> stop = new CompletableFuture<>();
            Map<String, Solution> found = solve(fleet, problems, SearchMethod.BEST_OF_N, count -> {
                if (count == 5) {
                    Waiting.until(
                            "problems of the server that ends",
                            () -> one.asked().size() == 3);
                    stop.completeAsync(() -> {
                        one.stop();
                        return null;
                    });
                }
            });
            stop.join();
            assertAsHere(found, problems, SearchMethod.BEST_OF_N);
            assertThat(fleet.summary())
                    .containsExactly(one.url() + " solved 0, gave 3 back", other.url() + " solved 30");
        }
    }

    @Test
    void aSlowServerGetsFewer() {
        try (ServerFleet fleet = fleet(2)) {
            fleet.begin();
            one.hold();
            List<DatasetItem> problems = problems(24);
            Map<String, Solution> found = solve(fleet, problems, SearchMethod.MAJORITY, count -> {
                if (count == 22) {
                    one.release();
                }
            });
            assertAsHere(found, problems, SearchMethod.MAJORITY);
            assertThat(one.asked()).hasSize(2);
            assertThat(other.asked()).hasSize(22);
        }
    }

    @Test
    void aServerThatIsFullIsAskedAgain() {
        // Of its 32 branches four searches have all, and two may wait.
        try (ServerFleet fleet = fleet(12, 60, one.url())) {
            fleet.begin();
            List<DatasetItem> problems = problems(24);
            assertAsHere(solve(fleet, problems, SearchMethod.BEST_OF_N, count -> {}), problems, SearchMethod.BEST_OF_N);
        }
    }

    @Test
    void aProblemWithWhichEveryServerFailsEndsTheRun() {
        List<DatasetItem> problems = new ArrayList<>(problems(4));
        problems.add(new DatasetItem("bad", "this will fail", "1", null, null, null));
        try (ServerFleet fleet = fleet(2)) {
            fleet.begin();
            assertThatThrownBy(() -> solve(fleet, problems, SearchMethod.MAJORITY, count -> {}))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("problem bad: ");
        }
    }

    @Test
    void withoutAnyServerTheRunEnds() {
        try (ServerFleet fleet = fleet(2, 1, one.url(), other.url())) {
            fleet.begin();
            one.stop();
            other.stop();
            assertThatThrownBy(() -> solve(fleet, problems(6), SearchMethod.MAJORITY, count -> {}))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("no server works any more")
                    .hasMessageContaining(one.url())
                    .hasMessageContaining(other.url())
                    .hasMessageContaining("the same command goes on from here");
        }
    }

    @Test
    void aRunIsOfTheSameModels() throws Exception {
        HttpServer stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        stranger.createContext("/v1/models", exchange -> {
            byte[] list = ("{\"data\":[{\"espalier\":{\"models\":[{\"role\":\"policy\",\"name\":\"another\","
                            + "\"sha256\":\"11\"}]}}]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
            exchange.close();
        });
        stranger.start();
        String url = "http://127.0.0.1:" + stranger.getAddress().getPort();
        try (ServerFleet fleet = fleet(1, 60, one.url(), url)) {
            assertThatThrownBy(fleet::begin)
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining(one.url() + " has scripted (SHA-256 00")
                    .hasMessageContaining(url + " has another (SHA-256 11");
        } finally {
            stranger.stop(0);
        }
    }
}

package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.cli.RemoteSolver.Told;
import org.espalier.cli.ServerClient.BusyException;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.Ballot;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.wire.DocumentException;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchOutcome;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SearchReport;
import org.espalier.wire.SearchReport.Listed;
import org.espalier.wire.SolutionDocument.Judged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One of several servers that problems are spread over. Safe for use by several threads. */
final class FleetServer {
    private static final long PROBE_NANOS = 1_000_000_000L;

    private final ServerClient client;
    private final AnswerReader reader;
    private final @Nullable String system;
    private final Set<RemoteSolver> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger solved = new AtomicInteger();
    private final AtomicInteger givenBack = new AtomicInteger();
    private long probedNanos;
    private @Nullable List<Model> expected;
    private @Nullable String trouble;

    /**
     * @param reader reads answers as the server does
     * @param system the policy's instruction; null for the server's own
     */
    FleetServer(ServerClient client, AnswerReader reader, @Nullable String system) {
        this.client = client;
        this.reader = reader;
        this.system = system;
    }

    String url() {
        return client.url();
    }

    /** Problems that it has solved. */
    int solved() {
        return solved.get();
    }

    /** Problems that it took and did not solve, which went to others. */
    int givenBack() {
        return givenBack.get();
    }

    /**
     * The models that it has, with the digests of all: a server that has just begun may not know them yet.
     *
     * @throws EspalierException if it cannot be reached, or does not say
     */
    List<Model> models() {
        List<Model> models = new ArrayList<>();
        for (JsonNode model : client.get("/v1/models").path("data").path(0).at("/espalier/models")) {
            try {
                models.add(Documents.read(model, Model.class));
            } catch (DocumentException e) {
                throw new EspalierException(
                        "%s does not say which models it has: is it an Espalier of this version?".formatted(url()), e);
            }
        }
        if (models.isEmpty()) {
            throw new EspalierException(
                    "%s does not say which models it has: is it an Espalier of this version?".formatted(url()));
        }
        return models;
    }

    /** From now on it counts as up only while it has these models. */
    synchronized void expect(List<Model> models) {
        expected = models;
    }

    /** Why it does not work; null if it does. */
    synchronized @Nullable String trouble() {
        return trouble;
    }

    /** Takes note that something went wrong with it. */
    synchronized void fail(EspalierException e) {
        trouble = String.valueOf(e.getMessage());
        probedNanos = System.nanoTime();
    }

    /** Whether it works; one that has failed is asked again now and then. */
    synchronized boolean isUp() {
        if (trouble == null) {
            return true;
        }
        if (System.nanoTime() - probedNanos < PROBE_NANOS) {
            return false;
        }
        try {
            client.get("/health");
            List<Model> models = models();
            trouble = expected == null || models.equals(expected) ? null : url() + " has other models than before";
        } catch (EspalierException e) {
            trouble = String.valueOf(e.getMessage());
        }
        probedNanos = System.nanoTime();
        return trouble == null;
    }

    /** Asks it to end what it searches for this run. */
    void stop() {
        running.forEach(RemoteSolver::stop);
    }

    /**
     * Solves a problem, and waits for it.
     *
     * @throws UsageException if the server finds a mistake in the request
     * @throws EspalierException if it does not solve it: the problem is as it was
     */
    Solution solve(Problem problem, SearchMethod method, SearchConfig config, Budget budget) {
        RemoteSolver solver = new RemoteSolver(client, RemoteOptions.USUAL_MODEL);
        ObjectNode body = RemoteSolver.request(RemoteOptions.USUAL_MODEL, problem, method, config, budget, system);
        // The greedy completion that auto begins with is none of the n.
        int most = config.n() + (method == SearchMethod.AUTO ? 1 : 0);
        body.withObject("espalier").put("choices", most);
        running.add(solver);
        try {
            Solution solution = solution(problem, method, config, solver.ask(body, budget, () -> {}));
            if (solution.stoppedBy() == Limit.CANCELLED) {
                throw new EspalierException(url() + " stopped before it had solved its problems");
            }
            solved.getAndIncrement();
            return solution;
        } catch (BusyException e) {
            throw e;
        } catch (EspalierException e) {
            givenBack.getAndIncrement();
            throw e;
        } finally {
            running.remove(solver);
        }
    }

    private Solution solution(Problem problem, SearchMethod method, SearchConfig config, Told told) {
        SearchReport report = told.report();
        SearchOutcome outcome = report.outcome();
        requireAsAsked("n", method == SearchMethod.GREEDY ? 1 : config.n(), outcome.n());
        requireAsAsked("seed", config.seed(), outcome.seed());
        requireAsAsked("maxTokens", config.maxTokens(), report.maxTokens());
        requireAsAsked(
                "completions in the answer",
                report.completions(),
                report.choices().size());
        if (told.texts().size() < report.choices().size()) {
            throw new EspalierException("%s sent fewer completions than it reports".formatted(url()));
        }
        List<@Nullable Ballot> inOrder = new ArrayList<>();
        for (int i = 0; i < report.choices().size(); i++) {
            inOrder.add(null);
        }
        for (int i = 0; i < report.choices().size(); i++) {
            Listed listed = report.choices().get(i);
            Integer slot = listed.slot();
            if (slot == null || listed.place() < 0 || listed.place() >= inOrder.size()) {
                throw new EspalierException(
                        "%s does not say which completion is which: is it an Espalier of this version?"
                                .formatted(url()));
            }
            Completion completion = completion(told.texts().get(i), listed.completion());
            inOrder.set(listed.place(), new Ballot(completion, 0, slot, completion.finished()));
        }
        SearchConfig had = config.toBuilder().selection(outcome.selection()).build();
        return Solution.reported(
                problem,
                method,
                had,
                inOrder.stream().map(Objects::requireNonNull).toList(),
                outcome.confidence(),
                outcome.warnings(),
                outcome.limit().orElse(null),
                outcome.settled(),
                outcome.usage());
    }

    private void requireAsAsked(String what, @Nullable Object asked, @Nullable Object had) {
        if (asked != null && had != null && !asked.toString().equals(had.toString())) {
            throw new UsageException("%s searched with %s %s in the place of %s: start it with other limits"
                    .formatted(url(), what, had, asked));
        }
    }

    private Completion completion(String text, Judged judged) {
        Answer answer = judged.answer() == null ? null : reader.read(text).orElse(null);
        if (judged.answer() != null && (answer == null || !answer.text().equals(judged.answer()))) {
            throw new EspalierException(
                    "%s reads answers otherwise than this program (%s there, %s here): it is of another version"
                            .formatted(url(), judged.answer(), answer));
        }
        Double score = judged.score();
        return new Completion(
                text,
                answer,
                judged.stepScores(),
                score == null ? Double.NaN : score,
                judged.finished(),
                judged.tokens(),
                judged.logProb());
    }
}

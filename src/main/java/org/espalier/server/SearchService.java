package org.espalier.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.code.CodeListener;
import org.espalier.code.CodeSolver;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.EarlyStopping;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchListener;
import org.espalier.search.Solution;
import org.espalier.search.SolutionJudging;
import org.espalier.search.Solver;
import org.espalier.server.AdmissionQueue.Ticket;
import org.espalier.server.Backend.Judge;
import org.espalier.server.ModelPool.Use;
import org.espalier.server.ModelPool.Waiting;
import org.espalier.server.ProgramService.Asked;
import org.espalier.server.SolveRequest.Search;
import org.jspecify.annotations.Nullable;

/** Runs the searches of all clients, as many at a time as fill the engine's batches together. */
final class SearchService {
    private final ModelPool models;
    private final AdmissionQueue admission;
    private final Metrics metrics;
    private final ProgramService programs;
    /** By the id that the client knows. */
    private final Map<String, ActiveSearch> running = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    /** A search that has been asked for and is not done. */
    private static final class ActiveSearch {
        private @Nullable Meter meter;
        private boolean cancelled;

        synchronized void begin(Meter of) {
            meter = of;
            if (cancelled) {
                of.cancel();
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (meter != null) {
                meter.cancel();
            }
        }
    }

    SearchService(ModelPool models, AdmissionQueue admission, Metrics metrics, ProgramService programs) {
        this.programs = programs;
        this.models = models;
        this.admission = admission;
        this.metrics = metrics;
    }

    /**
     * Waits for its turn, and for its model where that is to be loaded, and searches. The budget's time begins with the search.
     *
     * @param id by which the search can be ended early
     * @param address of the client, for {@link AdmissionQueue}
     * @param user of the client, likewise; empty for nobody in particular
     * @param model by its name here
     * @throws ApiException if the problem is too long, the model cannot be had, the queue is full, or the server is stopping
     * @throws IOException if the client went away; its search has then been cancelled
     * @throws org.espalier.model.UsageException if the models cannot search so
     * @throws org.espalier.model.EspalierException if the search fails
     */
    SearchResult run(String id, String address, String user, String model, Search search, SearchClient client)
            throws IOException {
        boolean checked = checkIfLoaded(model, search);
        Asked program = search.program() == null ? null : programs.prepare(search.problem(), search.program());
        long asked = System.nanoTime();
        Ticket ticket = enter(address, user, model, search);
        boolean handedOver = false;
        ActiveSearch entry = new ActiveSearch();
        running.put(id, entry);
        Use held = null;
        try {
            client.accepted();
            Use use = await(ticket, model, client::stillQueued);
            held = use;
            Search planned = models.isChosenFrom()
                    ? search.planned(use.settings().config().plan())
                    : search;
            if (!checked) {
                check(use.backend(), planned);
            }
            Solver solver = use.backend().solver(planned.prompt());
            long queuedMillis = (System.nanoTime() - asked) / 1_000_000;
            Meter meter = new Meter(planned.budget());
            ClientInbox inbox = new ClientInbox(client);
            entry.begin(meter);
            models.each(Backend::makeWay);
            CompletableFuture<Found> solution = start(
                            solver, planned, program, meter, inbox.search(), inbox.programs(meter))
                    .whenComplete((found, thrown) -> {
                        // Others may begin before a slow client has read its answer.
                        metrics.searched(meter);
                        use.close();
                        ticket.close();
                        inbox.end();
                    });
            handedOver = true;
            if (stopping) {
                meter.cancel();
            }
            tell(inbox, meter, use);
            Found found = Futures.join(solution);
            return new SearchResult(found.solution(), queuedMillis, meter.get(Count.CACHED_TOKENS), found.program());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        } finally {
            running.remove(id);
            if (!handedOver) {
                if (held != null) {
                    held.close();
                }
                ticket.close();
            }
        }
    }

    private record Found(Solution solution, @Nullable WrittenProgram program) {}

    private static CompletableFuture<Found> start(
            Solver solver,
            Search search,
            @Nullable Asked asked,
            Meter meter,
            SearchListener listener,
            CodeListener runs) {
        SolveRequest.Program program = search.program();
        if (program == null || asked == null) {
            return solver.start(search.problem(), search.method(), search.config(), meter, listener)
                    .thenApply(solution -> new Found(solution, null));
        }
        return new CodeSolver(solver, asked.runs())
                .start(asked.task(), search.config(), program.options(), meter, listener, runs)
                .thenApply(solution -> new Found(
                        solution.search(),
                        new WrittenProgram(
                                solution, asked.task(), asked.runs().sandbox().name())));
    }

    /** What is wrong with a search is said at once where its model is there. */
    private boolean checkIfLoaded(String model, Search search) {
        models.requirePossible(model);
        Optional<Use> loaded = models.held(model);
        if (loaded.isEmpty()) {
            return false;
        }
        try (Use use = loaded.get()) {
            check(use.backend(), search);
            return true;
        }
    }

    private static void check(Backend backend, Search search) {
        backend.solver(PromptOptions.NONE).requireSolvable(search.problem(), search.method(), search.config());
        int prompt = backend.promptTokens(search.problem(), search.prompt());
        int most = backend.contextTokens();
        if (prompt >= most) {
            throw ApiException.refused(
                    400,
                    ApiException.TOO_LONG,
                    "the prompt has " + (prompt / 2 > most ? "more than " + 2 * most : prompt)
                            + " tokens, and prompt and completion can have " + most + " together: shorten it");
        }
    }

    /** Waits for a request's turn, and then for its model where that is to be loaded. */
    private Use await(Ticket ticket, String model, Waiting waiting) throws IOException, InterruptedException {
        boolean turn = false;
        while (!turn && !stopping) {
            turn = ticket.await(SearchClient.HEARTBEAT_MILLIS);
            if (!turn) {
                waiting.stillWaiting();
            }
        }
        if (stopping) {
            throw ApiException.stopping();
        }
        return models.obtain(model, () -> {
            if (stopping) {
                throw ApiException.stopping();
            }
            waiting.stillWaiting();
        });
    }

    /** Something that a model is asked beside searches. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Backend backend);
    }

    /**
     * Asks a model something that takes no search. What has to be computed waits for its turn.
     *
     * @param model by its name here
     * @param computes whether it decodes
     * @throws ApiException if the model cannot be had, the queue is full, or the server is stopping
     */
    <T> T ask(String address, String model, boolean computes, Question<T> question) throws IOException {
        if (!computes) {
            Optional<Use> loaded = models.held(model);
            if (loaded.isPresent()) {
                try (Use use = loaded.get()) {
                    return question.ask(use.backend());
                }
            }
        }
        models.requirePossible(model);
        try (Ticket ticket = enter(address, "", model, 1);
                Use use = await(ticket, model, () -> {})) {
            return question.ask(use.backend());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        }
    }

    /** Keeps a conversation, if its model is still there and no search runs or waits. */
    void keep(String model, Problem problem, PromptOptions prompt, String reply) {
        if (isIdle()) {
            models.held(model).ifPresent(held -> {
                try (Use use = held) {
                    use.backend().keep(problem, prompt, reply);
                }
            });
        }
    }

    /**
     * Scores of solutions.
     *
     * @param steps each solution's; {@link Double#NaN} from where it is too long for the PRM
     * @param usual how a search puts the scores of a path's steps together, unless it is told
     */
    record Judged(List<List<Double>> steps, ScoreAggregation usual) {}

    /**
     * Waits for its turn, and has the PRM read solutions that are there already, side by side.
     *
     * @param model by its name here
     * @param delimiter between steps
     * @throws ApiException if nothing here judges, the queue is full, the budget is too small, or the server is stopping
     */
    Judged judge(
            String address,
            String model,
            Problem problem,
            List<List<String>> solutions,
            Budget budget,
            String delimiter)
            throws IOException {
        models.requirePossible(model);
        models.held(model).ifPresent(held -> {
            try (Use use = held) {
                judgeOf(use.backend());
            }
        });
        ActiveSearch entry = new ActiveSearch();
        String id = AnswerIds.next("judging-");
        running.put(id, entry);
        try (Ticket ticket = enter(address, "", model, solutions.size());
                Use use = await(ticket, model, () -> {})) {
            Judge judge = judgeOf(use.backend());
            Meter meter = new Meter(budget);
            entry.begin(meter);
            SolutionJudging judging = new SolutionJudging(judge.prm(), delimiter);
            // Asked for in one task, so that they share batches.
            List<CompletableFuture<List<Double>>> asked = CompletableFuture.supplyAsync(
                            () -> solutions.stream()
                                    .map(steps -> judging.judge(problem, steps, steps.size(), meter))
                                    .toList(),
                            judge.thread())
                    .join();
            List<List<Double>> scores = new ArrayList<>();
            for (CompletableFuture<List<Double>> one : asked) {
                scores.add(Futures.join(one));
            }
            metrics.searched(meter);
            return new Judged(scores, ScoreAggregation.usual(judge.prm().scope()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        } catch (CancellationException e) {
            throw stopping
                    ? ApiException.stopping()
                    : ApiException.failed(
                            "what a request may spend was spent before all was scored: send less at a time");
        } finally {
            running.remove(id);
        }
    }

    private static Judge judgeOf(Backend backend) {
        return backend.judge()
                .orElseThrow(() -> ApiException.refused(
                        400,
                        "no_judge",
                        "nothing here judges steps that are there already: its operator must serve with a PRM"));
    }

    /** Whether no search runs or waits. */
    boolean isIdle() {
        return running.isEmpty() && !stopping;
    }

    /** Ends a search early, with the best it has; returns false if none of this id runs or waits. */
    boolean stop(String id) {
        ActiveSearch search = running.get(id);
        if (search == null) {
            return false;
        }
        search.cancel();
        models.each(Backend::interrupt);
        return true;
    }

    private Ticket enter(String address, String user, String model, Search search) {
        return enter(
                address,
                user,
                model,
                EarlyStopping.atOnce(search.method(), search.config().n()));
    }

    private Ticket enter(String address, String user, String model, int width) {
        if (stopping) {
            throw ApiException.stopping();
        }
        return admission.enter(address, user, model, width);
    }

    /** Tells the client what happens until the search has ended; cancels it if the client cannot be told. */
    private void tell(ClientInbox inbox, Meter meter, Use use) throws IOException, InterruptedException {
        boolean ended = false;
        try {
            inbox.tell();
            ended = true;
        } finally {
            if (!ended) {
                metrics.cancelled();
                meter.cancel();
                use.interrupt();
            }
        }
    }

    /** Ends what runs with what it has, and accepts no more. */
    void stop() {
        stopping = true;
        running.values().forEach(ActiveSearch::cancel);
        models.each(Backend::interrupt);
    }

    boolean isStopping() {
        return stopping;
    }
}

package org.espalier.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.espalier.code.CodeListener;
import org.espalier.code.CodeSolver;
import org.espalier.code.TestRun;
import org.espalier.model.Budget;
import org.espalier.model.DrawnToken;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.Warning;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.EarlyStopping;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchNode;
import org.espalier.search.Solution;
import org.espalier.search.SolutionJudging;
import org.espalier.search.Solver;
import org.espalier.server.AdmissionQueue.Ticket;
import org.espalier.server.Backend.Judge;
import org.espalier.server.Drafts.Draft;
import org.espalier.server.ModelPool.Use;
import org.espalier.server.ProgramService.Asked;
import org.espalier.server.SolveRequest.Search;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SearchReport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Runs the searches of all clients, as many at a time as fill the engine's batches together. */
final class SearchService {
    /** Time after which a silent search writes to its client, and so notices that the client has gone. */
    private static final long HEARTBEAT_MILLIS = 500;

    private final ModelPool models;
    private final AdmissionQueue admission;
    private final Metrics metrics;
    private final ProgramService programs;
    /** By the id that the client knows. */
    private final Map<String, ActiveSearch> running = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    /**
     * What came of a search.
     *
     * @param queuedMillis that it waited for its turn
     * @param cachedTokens of its prompt that were computed already
     * @param program what was asked for; null where it was none
     */
    record Result(
            Solution solution,
            long queuedMillis,
            long cachedTokens,
            @Nullable WrittenProgram program) {
        /** @param withEndings whether the client has been told about the tree */
        Finished finished(SolveRequest request, List<Model> models, boolean withEndings) {
            List<Choice> choices = choices(request.search().choices(), request.stops());
            ObjectNode report = report(choices, models, withEndings).toJson();
            if (!solution.fields().isEmpty()) {
                report.set("fields", Json.MAPPER.valueToTree(solution.fields()));
            }
            if (program != null) {
                report.set("code", program.toJson());
            }
            report.set("ignored", Json.MAPPER.valueToTree(request.ignored()));
            List<ReplyTokens> tokens = request.tellsTokens()
                    ? choices.stream()
                            .map(choice -> ReplyTokens.of(solution, choice))
                            .toList()
                    : null;
            return new Finished(choices, solution.usage(), cachedTokens, report, tokens);
        }

        /** What the answer lists, the best first. */
        List<Choice> choices(int most, List<String> stops) {
            List<Choice> listed = Choice.of(solution, most, stops);
            return program == null ? listed : listed.stream().map(program::told).toList();
        }

        SearchReport report(List<Choice> choices, List<Model> models, boolean withEndings) {
            List<Integer> places = choices.stream()
                    .map(Choice::place)
                    .filter(place -> place >= 0)
                    .toList();
            return SearchReport.of(solution, places, models, queuedMillis, withEndings);
        }
    }

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

    /** An event or a piece of text for a client. */
    private interface ClientEvent {
        void tell(Client client) throws IOException;
    }

    /** The client of a search. Called on the request's thread. */
    interface Client {
        /** Whether {@link #event} and {@link #warned} are to be called. */
        boolean wantsEvents();

        /** Whether {@link #drafts} is to be called. */
        boolean wantsDrafts();

        /** Whether {@link #settled} is to be called. */
        boolean wantsText();

        /** How many of the likeliest tokens are to be known for each place of the text; negative if not even its tokens are. */
        int likeliestTokens();

        /** The request has been accepted, and waits for its turn. */
        void accepted() throws IOException;

        void event(SearchEvent event) throws IOException;

        /** There is something to say of the problem before it is solved. */
        void warned(Warning warning) throws IOException;

        /** Steps that are not complete go on with these texts. */
        void drafts(List<Draft> drafts) throws IOException;

        /**
         * The answer goes on with this text, whatever else happens.
         *
         * @param tokens that it is made of, where they are to be known
         */
        void settled(String text, List<DrawnToken> tokens) throws IOException;

        /**
         * It has waited for its turn for a while.
         *
         * @throws IOException if the client has gone
         */
        void stillQueued() throws IOException;

        /**
         * The search goes on, and nothing has happened for a while.
         *
         * @throws IOException if the client has gone
         */
        void stillSearching() throws IOException;
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
    Result run(String id, String address, String user, String model, Search search, Client client) throws IOException {
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
            awaitTurn(ticket, client);
            Use use = obtain(model, client::stillQueued);
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
            BlockingQueue<Optional<ClientEvent>> inbox = new LinkedBlockingQueue<>();
            entry.begin(meter);
            models.each(Backend::makeWay);
            CompletableFuture<Found> solution = start(
                            solver, planned, program, meter, listener(client, inbox), listener(client, inbox, meter))
                    .whenComplete((found, thrown) -> {
                        // Others may begin before a slow client has read its answer.
                        metrics.searched(meter);
                        use.close();
                        ticket.close();
                        inbox.add(Optional.empty());
                    });
            handedOver = true;
            if (stopping) {
                meter.cancel();
            }
            listen(inbox, client, meter, use);
            Found found = Futures.join(solution);
            return new Result(found.solution(), queuedMillis, meter.get(Count.CACHED_TOKENS), found.program());
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

    private Use obtain(String model, ModelPool.Waiting waiting) throws IOException, InterruptedException {
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
        try (Ticket ticket = enter(address, "", model, 1)) {
            awaitTurn(ticket);
            try (Use use = obtain(model, () -> {})) {
                return question.ask(use.backend());
            }
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
        try (Ticket ticket = enter(address, "", model, solutions.size())) {
            awaitTurn(ticket);
            try (Use use = obtain(model, () -> {})) {
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
            }
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

    private void awaitTurn(Ticket ticket) throws InterruptedException {
        boolean turn = false;
        while (!turn && !stopping) {
            turn = ticket.await(HEARTBEAT_MILLIS);
        }
        if (stopping) {
            throw ApiException.stopping();
        }
    }

    private void awaitTurn(Ticket ticket, Client client) throws IOException, InterruptedException {
        boolean turn = false;
        while (!turn && !stopping) {
            turn = ticket.await(HEARTBEAT_MILLIS);
            if (!turn) {
                client.stillQueued();
            }
        }
        if (stopping) {
            throw ApiException.stopping();
        }
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

    private static SearchListener listener(Client client, BlockingQueue<Optional<ClientEvent>> inbox) {
        if (!client.wantsEvents() && !client.wantsText() && client.likeliestTokens() < 0) {
            return SearchListener.NONE;
        }
        Drafts drafts = client.wantsDrafts()
                ? new Drafts(written -> inbox.add(Optional.of(to -> to.drafts(written))), System::nanoTime)
                : null;
        return SearchEvent.listener(
                warning -> inbox.add(Optional.of(to -> to.warned(warning))),
                event -> {
                    if (client.wantsEvents()) {
                        inbox.add(Optional.of(to -> to.event(event)));
                    }
                },
                (text, tokens) -> {
                    if (client.wantsText()) {
                        inbox.add(Optional.of(to -> to.settled(text, tokens)));
                    }
                },
                drafts,
                client.likeliestTokens());
    }

    private static CodeListener listener(Client client, BlockingQueue<Optional<ClientEvent>> inbox, Meter meter) {
        if (!client.wantsEvents()) {
            return CodeListener.NONE;
        }
        return new CodeListener() {
            @Override
            public void ran(int slot, int repairs, SearchNode end, TestRun run) {
                SearchEvent event = SearchEvent.ran(
                        end, meter.elapsed().toMillis(), SearchEvent.ProgramOutcome.of(slot, repairs, run));
                inbox.add(Optional.of(to -> to.event(event)));
            }
        };
    }

    /** Tells the client what happens until the search has ended; cancels it if the client cannot be told. */
    private void listen(BlockingQueue<Optional<ClientEvent>> inbox, Client client, Meter meter, Use use)
            throws IOException, InterruptedException {
        boolean ended = false;
        try {
            while (!ended) {
                Optional<ClientEvent> event = inbox.poll(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
                if (event == null) {
                    client.stillSearching();
                } else if (event.isPresent()) {
                    event.get().tell(client);
                } else {
                    ended = true;
                }
            }
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

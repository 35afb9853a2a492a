package org.espalier.server;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.espalier.code.CodeListener;
import org.espalier.code.CodeSolver;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.EarlyStopping;
import org.espalier.search.SearchListener;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.server.ActiveSearches.Active;
import org.espalier.server.AdmissionQueue.Ticket;
import org.espalier.server.ModelPool.Use;
import org.espalier.server.ProgramService.Asked;
import org.espalier.server.SolveRequest.Search;
import org.jspecify.annotations.Nullable;

/** Runs the searches of all clients, as many at a time as fill the engine's batches together. */
final class SearchService {
    private final ModelPool models;
    private final Turns turns;
    private final ActiveSearches active;
    private final Metrics metrics;
    private final ProgramService programs;

    SearchService(ModelPool models, Turns turns, ActiveSearches active, Metrics metrics, ProgramService programs) {
        this.models = models;
        this.turns = turns;
        this.active = active;
        this.metrics = metrics;
        this.programs = programs;
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
        models.requirePossible(model);
        SearchCheck check = new SearchCheck(search, client, SearchCheck.MOST_SILENT_MILLIS);
        check.ifLoaded(models.held(model));
        Asked program = search.program() == null ? null : programs.prepare(search.problem(), search.program());
        long asked = System.nanoTime();
        int width = EarlyStopping.atOnce(search.method(), search.config().n());
        Ticket ticket = turns.enter(address, user, model, width);
        boolean handedOver = false;
        Use held = null;
        try {
            Active entry = active.add(id);
            check.queued();
            Use use = turns.await(ticket, model, check::stillWaiting);
            held = use;
            check.begins(use.backend());
            Search planned = models.isChosenFrom()
                    ? search.planned(use.settings().config().plan())
                    : search;
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
            tell(inbox, meter, use);
            Found found = Futures.join(solution);
            return new SearchResult(found.solution(), queuedMillis, meter.get(Count.CACHED_TOKENS), found.program());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        } finally {
            active.remove(id);
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

    /** Keeps a conversation, if its model is still there and no search runs or waits. */
    void keep(String model, Problem problem, PromptOptions prompt, String reply) {
        if (active.isIdle()) {
            models.held(model).ifPresent(held -> {
                try (Use use = held) {
                    use.backend().keep(problem, prompt, reply);
                }
            });
        }
    }

    /** Ends a search early, with the best it has; returns false if none of this id runs or waits. */
    boolean stop(String id) {
        boolean known = active.cancel(id);
        if (known) {
            models.each(Backend::interrupt);
        }
        return known;
    }

    /** Ends what runs with what it has, and accepts no more. */
    void stop() {
        active.stop();
        models.each(Backend::interrupt);
    }
}

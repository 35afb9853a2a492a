package org.espalier.server;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.espalier.model.Meter;
import org.espalier.search.SearchListener;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.server.SolveRequest.Search;
import org.espalier.server.Turnstile.Place;

/** Runs the searches of all clients, as many at a time as fill the engine's batches together. */
final class Searches {
    /** How long it may take until a client that has gone is written to, and thereby noticed. */
    private static final long BEAT_MILLIS = 500;

    private final Backend backend;
    private final Turnstile turnstile;
    private final Metrics metrics;
    private final Set<Meter> running = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /**
     * What came of a search.
     *
     * @param queuedMillis that it waited for its turn
     */
    record Result(Solution solution, long queuedMillis) {}

    /** Who waits for a search. Called on the request's thread. */
    interface Client {
        /** Whether {@link #event} is to be called. */
        boolean hearsEvents();

        /** The request has been accepted, and waits for its turn. */
        void accepted() throws IOException;

        void event(SearchEvent event) throws IOException;

        /**
         * Nothing has happened for a while.
         *
         * @throws IOException if the client has gone
         */
        void stillWaiting() throws IOException;
    }

    Searches(Backend backend, Turnstile turnstile, Metrics metrics) {
        this.backend = backend;
        this.turnstile = turnstile;
        this.metrics = metrics;
    }

    /**
     * Waits for its turn, and searches.
     *
     * @throws ApiException if the problem is too long, the queue is full, or the server is stopping
     * @throws IOException if the client went away; its search has then been cancelled
     * @throws org.espalier.model.EspalierException if the search fails
     */
    Result run(Search search, Client client) throws IOException {
        checkLength(search);
        long asked = System.nanoTime();
        Place place = enter(search);
        boolean inside = false;
        try {
            client.accepted();
            while (!place.await(BEAT_MILLIS)) {
                client.stillWaiting();
            }
            if (stopping) {
                throw ApiException.stopping();
            }
            inside = true;
            long queuedMillis = (System.nanoTime() - asked) / 1_000_000;
            return new Result(search(search, client, place), queuedMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        } finally {
            if (!inside) {
                place.close();
            }
        }
    }

    private void checkLength(Search search) {
        int prompt = backend.promptTokens(search.problem(), search.instruction());
        int most = backend.contextTokens();
        if (prompt >= most) {
            throw ApiException.refused(
                    400,
                    "context_length_exceeded",
                    "the prompt has " + prompt + " tokens, and prompt and completion can have " + most
                            + " together: shorten it");
        }
    }

    private Place enter(Search search) {
        if (stopping) {
            throw ApiException.stopping();
        }
        return turnstile.enter(search.config().n());
    }

    /** @param place that is left when the search has ended, whether somebody still waits for it or not */
    private Solution search(Search search, Client client, Place place) throws IOException, InterruptedException {
        Solver solver = backend.solver(search.instruction());
        BlockingQueue<Optional<SearchEvent>> inbox = new LinkedBlockingQueue<>();
        SearchListener listener = client.hearsEvents()
                ? SearchEvent.listener(event -> inbox.add(Optional.of(event)))
                : SearchListener.NONE;
        Meter meter = new Meter(search.budget());
        running.add(meter);
        CompletableFuture<Solution> solution;
        try {
            solution = solver.start(search.problem(), search.method(), search.config(), meter, listener)
                    .whenComplete((found, thrown) -> {
                        // Others may begin before a slow client has read its answer.
                        running.remove(meter);
                        metrics.searched(meter);
                        place.close();
                        inbox.add(Optional.empty());
                    });
        } catch (RuntimeException e) {
            running.remove(meter);
            place.close();
            throw e;
        }
        if (stopping) {
            meter.cancel();
        }
        boolean answered = false;
        try {
            listen(inbox, client);
            answered = true;
        } finally {
            if (!answered) {
                metrics.cancelled();
                meter.cancel();
            }
        }
        return join(solution);
    }

    private static void listen(BlockingQueue<Optional<SearchEvent>> inbox, Client client)
            throws IOException, InterruptedException {
        while (true) {
            Optional<SearchEvent> event = inbox.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS);
            if (event == null) {
                client.stillWaiting();
            } else if (event.isPresent()) {
                client.event(event.get());
            } else {
                return;
            }
        }
    }

    private static Solution join(CompletableFuture<Solution> solution) {
        try {
            return solution.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Ends what runs with what it has, and accepts no more. */
    void stop() {
        stopping = true;
        running.forEach(Meter::cancel);
        backend.interrupt();
    }

    boolean isStopping() {
        return stopping;
    }
}

package org.espalier.server;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.model.Futures;
import org.espalier.model.Problem;
import org.espalier.server.ModelPool.Use;
import org.espalier.server.SolveRequest.Search;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be said against a search before its first token, so that a refusal has its own status. It is said at once where the
 * model is there. Where the model is to be loaded, the answer does not begin before that, but for one that takes long: then
 * whoever stands between is not to take the silence for the end.
 */
final class SearchCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SearchCheck.class);
    /** The longest time that an answer waits for the check. */
    static final long MOST_SILENT_MILLIS = 5000;

    private final Search search;
    private final SearchClient client;
    private final long silentUntil;
    private boolean checked;
    private boolean accepted;

    /** @param mostSilentMillis as {@link #MOST_SILENT_MILLIS} */
    SearchCheck(Search search, SearchClient client, long mostSilentMillis) {
        this.search = search;
        this.client = client;
        silentUntil = System.nanoTime() + mostSilentMillis * 1_000_000;
    }

    /** Checks it if its model is there. */
    void ifLoaded(Optional<Use> model) {
        if (model.isPresent()) {
            try (Use use = model.get()) {
                require(use.backend());
            }
        }
    }

    /** It has entered the queue. */
    void queued() throws IOException {
        if (checked) {
            accept();
        }
    }

    /** It still waits for its turn, or for its model. */
    void stillWaiting() throws IOException {
        if (accepted) {
            client.stillQueued();
        } else if (System.nanoTime() - silentUntil > 0) {
            accept();
        }
    }

    /** Its model is there. */
    void begins(Backend backend) throws IOException {
        if (!checked) {
            require(backend);
        }
        if (!accepted) {
            accept();
        }
    }

    private void accept() throws IOException {
        accepted = true;
        client.accepted();
    }

    /** @throws ApiException if the prompt is too long, or the server is stopping */
    private void require(Backend backend) {
        Problem problem = search.problem();
        int prompt = backend.promptTokens(problem, search.prompt());
        int most = backend.contextTokens();
        if (prompt >= most) {
            throw ApiException.refused(
                    400,
                    ApiException.TOO_LONG,
                    "the prompt has " + (prompt / 2 > most ? "more than " + 2 * most : prompt)
                            + " tokens, and prompt and completion can have " + most + " together: shorten it");
        }
        CompletableFuture<Void> rehearsal =
                backend.rehearse(problem, search.prompt(), search.method(), search.config());
        try {
            rehearsal.get(Math.max(0, silentUntil - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.debug("a search begins that has not been rehearsed: it will be told by itself what is wrong with it");
        } catch (ExecutionException e) {
            throw Futures.unwrapped(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        }
        checked = true;
    }
}

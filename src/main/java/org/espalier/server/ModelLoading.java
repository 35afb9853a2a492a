package org.espalier.server;

import java.io.IOException;
import java.util.function.Consumer;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads other models while no search runs, on a thread of its own; meanwhile requests are told to come back. */
final class ModelLoading {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoading.class);

    private final ModelMenu menu;
    private final Consumer<ServerSettings> loaded;
    private int searches;
    private @Nullable Step current;
    private @Nullable String failure;

    /**
     * What is being done.
     *
     * @param done bytes of a fetch; 0 if nothing is fetched
     * @param total bytes of a fetch; 0 if nothing is fetched
     */
    record Step(String policy, @Nullable String prm, String doing, long done, long total) {}

    /** @param loaded receives what holds from then on, before the next search */
    ModelLoading(ModelMenu menu, Consumer<ServerSettings> loaded) {
        this.menu = menu;
        this.loaded = loaded;
    }

    /**
     * A search is asked for.
     *
     * @throws ApiException if models are being loaded
     */
    private synchronized void enter() {
        if (current != null) {
            throw ApiException.loading("models are being loaded: try again when they are there");
        }
        searches++;
    }

    /** A search that had entered has been answered. */
    private synchronized void leave() {
        searches--;
    }

    /** Something that needs the models. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does something that needs the models, which stay until it is done.
     *
     * @param loading null if they always do
     * @throws ApiException if models are being loaded
     */
    static <T> T holding(@Nullable ModelLoading loading, Work<T> work) throws IOException {
        if (loading == null) {
            return work.run();
        }
        loading.enter();
        try {
            return work.run();
        } finally {
            loading.leave();
        }
    }

    /** What is being done; null if nothing is. */
    synchronized @Nullable Step current() {
        return current;
    }

    /** Why the last models that were asked for are not there; null if they are. */
    synchronized @Nullable String failure() {
        return failure;
    }

    /**
     * Begins to load.
     *
     * @throws ApiException if searches run, or others are being loaded
     */
    synchronized void begin(String policy, @Nullable String prm, boolean fetch) {
        if (current != null) {
            throw ApiException.refused(409, "loading_models", "models are being loaded already");
        }
        if (searches > 0) {
            throw ApiException.refused(
                    409,
                    "searches_running",
                    (searches == 1 ? "a search is" : searches + " searches are")
                            + " running or waiting: stop them, or wait, before other models are loaded");
        }
        failure = null;
        current = new Step(policy, prm, "Loading", 0, 0);
        Thread thread = new Thread(() -> load(policy, prm, fetch), "espalier-loading");
        thread.setDaemon(true);
        thread.start();
    }

    private void load(String policy, @Nullable String prm, boolean fetch) {
        String why = null;
        try {
            loaded.accept(menu.load(policy, prm, progress(policy, prm, fetch)));
        } catch (UsageException e) {
            why = e.spelled(new FieldSpelling());
        } catch (EspalierException e) {
            why = String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("models cannot be loaded", e);
            why = Refusals.INTERNAL_ERROR;
        } finally {
            end(why);
        }
    }

    private synchronized void end(@Nullable String why) {
        current = null;
        failure = why;
    }

    private ModelMenu.Progress progress(String policy, @Nullable String prm, boolean fetch) {
        return new ModelMenu.Progress() {
            @Override
            public boolean mayFetch() {
                return fetch;
            }

            @Override
            public void fetching(String name, long done, long total) {
                tell(new Step(policy, prm, "Fetching " + name, done, total));
            }

            @Override
            public void loading(String what, long done, long total) {
                tell(new Step(policy, prm, what, done, total));
            }

            @Override
            public void doing(String what) {
                tell(new Step(policy, prm, what, 0, 0));
            }
        };
    }

    private synchronized void tell(Step step) {
        current = step;
    }
}

package org.espalier.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.server.ModelSource.Entry;
import org.espalier.server.ModelSource.Loaded;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that requests may name. Those of a {@link ModelSource} are loaded, one after the other on a thread of the pool,
 * when they are wanted; where there is no room, the one that has not been used for longest is given back, as soon as nothing
 * uses it. Without a source there is one, which is always there.
 */
final class ModelPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelPool.class);

    private final @Nullable ModelSource source;
    /** In the order in which they are listed. One without a name is called as its policy. */
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    private final ExecutorService loader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "espalier-models");
        thread.setDaemon(true);
        return thread;
    });
    /** Counts uses, for which model was used last. */
    private long clock;

    private BiConsumer<String, ServerSettings> onLoad = (name, settings) -> {};

    private static final class Slot {
        private final String name;
        /** Null without a source. */
        private final @Nullable Entry entry;

        private @Nullable Loaded loaded;
        private @Nullable CompletableFuture<Loaded> loading;
        private int uses;
        private long lastUse;

        private Slot(String name, @Nullable Entry entry) {
            this.name = name;
            this.entry = entry;
        }
    }

    /** A model that stays while it is used. To be closed; a second call does nothing. */
    final class Use implements AutoCloseable {
        private final Slot slot;
        private final Loaded loaded;
        private boolean ended;

        private Use(Slot slot, Loaded loaded) {
            this.slot = slot;
            this.loaded = loaded;
        }

        Backend backend() {
            return loaded.backend();
        }

        ServerSettings settings() {
            return loaded.settings();
        }

        /** As {@link Backend#interrupt()}, also when the use has ended: then only if the model is still there. */
        void interrupt() {
            ModelPool.this.interrupt(slot, loaded);
        }

        @Override
        public void close() {
            end(this);
        }
    }

    /** Hears that a model is still awaited. */
    @FunctionalInterface
    interface Waiting {
        /** @throws IOException if nobody waits any more */
        void stillWaiting() throws IOException;
    }

    /** One model that is always there. */
    ModelPool(Backend backend, ServerSettings settings) {
        source = null;
        Slot only = new Slot("", null);
        only.loaded = new Loaded(backend, settings, () -> {});
        slots.put("", only);
    }

    /**
     * Nothing is loaded yet.
     *
     * @throws UsageException if clients would call two of them the same
     */
    ModelPool(ModelSource source) {
        this.source = source;
        for (Entry entry : source.entries()) {
            String name = ModelName.of(entry.name());
            if (slots.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
                throw new UsageException(
                        "two of the models are called %s: leave one out, or rename its file".formatted(name));
            }
            slots.put(name, new Slot(name, entry));
        }
    }

    /**
     * Loads the default model on this thread, before any request.
     *
     * @throws EspalierException as {@link ModelSource#load} does
     */
    void loadFirst() {
        Slot first = slots.values().iterator().next();
        if (first.entry != null) {
            load(first);
        }
    }

    /** @param listener hears what holds for a model of a source, before it is used */
    synchronized void onLoad(BiConsumer<String, ServerSettings> listener) {
        onLoad = listener;
        for (Slot slot : slots.values()) {
            if (slot.loaded != null && slot.entry != null) {
                listener.accept(slot.name, slot.loaded.settings());
            }
        }
    }

    /** Whether requests choose among several models. */
    boolean isChosenFrom() {
        return source != null;
    }

    /** What clients call them, the default first. */
    List<String> names() {
        return List.copyOf(files().keySet());
    }

    /** The files of each, by what clients call it. */
    Map<String, List<Model>> files() {
        Map<String, List<Model>> files = new LinkedHashMap<>();
        for (Slot slot : slots.values()) {
            List<Model> own = models(slot.name);
            files.put(shown(slot, own), own);
        }
        return files;
    }

    /** What clients call a model, by its name here. */
    String shown(String name) {
        return shown(slot(name), models(name));
    }

    private static String shown(Slot slot, List<Model> own) {
        return slot.entry != null
                ? slot.name
                : own.stream()
                        .findFirst()
                        .map(model -> ModelName.of(model.name()))
                        .orElse(ModelName.DEFAULT);
    }

    /** The one that a client means, by its name here; the default where no other is called so. */
    String meant(@Nullable String id) {
        String policy = id == null ? ModelName.DEFAULT : ModelName.policy(id);
        return slots.keySet().stream()
                .filter(policy::equalsIgnoreCase)
                .findFirst()
                .orElseGet(() -> slots.keySet().iterator().next());
    }

    private Slot slot(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException(name);
        }
        return slot;
    }

    /** The files of a model, loaded or not. */
    List<Model> models(String name) {
        Slot slot = slot(name);
        synchronized (this) {
            if (slot.loaded != null) {
                return slot.loaded.backend().models();
            }
        }
        return slot.entry == null ? List.of() : slot.entry.models();
    }

    /** What is known of a model before it is loaded; empty without a source. */
    Optional<Entry> entry(String name) {
        return Optional.ofNullable(slot(name).entry);
    }

    /** Bytes of a model's files. */
    long bytes(String name) {
        Optional<Entry> known = entry(name);
        if (known.isPresent()) {
            return known.get().bytes();
        }
        Optional<Use> loaded = held(name);
        if (loaded.isEmpty()) {
            return 0;
        }
        try (Use use = loaded.get()) {
            return use.backend().bytes();
        }
    }

    /** Tokens that a prompt and a completion have together at most; of a model that is not loaded, what its file says. */
    int contextTokens(String name) {
        Optional<Use> loaded = held(name);
        if (loaded.isEmpty()) {
            return entry(name).map(Entry::contextTokens).orElse(0);
        }
        try (Use use = loaded.get()) {
            return use.backend().contextTokens();
        }
    }

    /** In llama.cpp's words: loaded, loading or unloaded. */
    synchronized String state(String name) {
        Slot slot = slot(name);
        return slot.loaded != null ? "loaded" : slot.loading != null ? "loading" : "unloaded";
    }

    /** Holds a model, if it is there. */
    synchronized Optional<Use> held(String name) {
        Slot slot = slot(name);
        return slot.loaded == null ? Optional.empty() : Optional.of(hold(slot, slot.loaded));
    }

    private Use hold(Slot slot, Loaded loaded) {
        slot.uses++;
        slot.lastUse = ++clock;
        return new Use(slot, loaded);
    }

    private synchronized void end(Use use) {
        if (!use.ended) {
            use.ended = true;
            use.slot.uses--;
            notifyAll();
        }
    }

    private synchronized void interrupt(Slot slot, Loaded loaded) {
        // The same object as long as it is not given back.
        if (slot.loaded != null && slot.loaded.backend().equals(loaded.backend())) {
            loaded.backend().interrupt();
        }
    }

    /** Why a model cannot be there, whatever is given back for it, as a clause; empty if it can. */
    Optional<String> refusal(String name) {
        return refusal(slot(name));
    }

    /** @throws ApiException if a model cannot be there, whatever is given back for it */
    void requirePossible(String name) {
        Optional<String> refusal = refusal(name);
        if (refusal.isPresent()) {
            throw doesNotFit(name, refusal.get());
        }
    }

    private Optional<String> refusal(Slot slot) {
        return source == null || slot.entry == null ? Optional.empty() : source.refusal(slot.entry.name());
    }

    private ApiException doesNotFit(String name, String why) {
        String others = slots.values().stream()
                .filter(slot -> refusal(slot).isEmpty())
                .map(slot -> slot.name)
                .collect(Collectors.joining(", "));
        return new ApiException(
                400,
                "invalid_request_error",
                "model",
                "model_does_not_fit",
                "the model '" + name + "' does not fit into the memory of this server: " + why
                        + (others.isEmpty() ? "" : "; of its models these fit: " + others));
    }

    /**
     * Holds a model, which is loaded before if it is not there.
     *
     * @param waiting is told twice a second
     * @throws ApiException if it cannot be had
     * @throws IOException as {@code waiting} does; the model goes on being loaded
     */
    Use obtain(String name, Waiting waiting) throws IOException, InterruptedException {
        while (true) {
            CompletableFuture<Loaded> loading;
            synchronized (this) {
                Slot slot = slot(name);
                if (slot.loaded != null) {
                    return hold(slot, slot.loaded);
                }
                if (slot.loading == null) {
                    slot.loading = CompletableFuture.supplyAsync(() -> load(slot), loader);
                }
                loading = slot.loading;
            }
            await(name, loading, waiting);
        }
    }

    private void await(String name, CompletableFuture<Loaded> loading, Waiting waiting)
            throws IOException, InterruptedException {
        while (true) {
            try {
                loading.get(SearchClient.HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                waiting.stillWaiting();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                if (cause instanceof UsageException refused) {
                    throw ApiException.refused(400, "model_not_loaded", refused.spelled(new FieldSpelling()));
                }
                if (cause instanceof EspalierException failed) {
                    throw doesNotLoad(name, failed);
                }
                throw new IllegalStateException("a model cannot be loaded", e);
            }
        }
    }

    private static ApiException doesNotLoad(String name, EspalierException failed) {
        LOG.warn("the model {} cannot be loaded: {}", name, failed.getMessage());
        // Not worth asking again for, as a client does after 500.
        return new ApiException(
                400,
                "invalid_request_error",
                "model",
                "model_not_loaded",
                "the model '" + name + "' cannot be loaded: " + failed.getMessage());
    }

    /** On the pool's thread. */
    private Loaded load(Slot slot) {
        ModelSource from = Objects.requireNonNull(source);
        Entry entry = Objects.requireNonNull(slot.entry);
        try {
            while (!from.fitsBeside(entry.name()) && giveBackOldest()) {
                LOG.debug("{} needs more room", slot.name);
            }
            Loaded loaded = from.load(entry.name());
            BiConsumer<String, ServerSettings> listener;
            synchronized (this) {
                listener = onLoad;
            }
            listener.accept(slot.name, loaded.settings());
            synchronized (this) {
                slot.loaded = loaded;
                slot.loading = null;
                slot.lastUse = ++clock;
            }
            return loaded;
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                slot.loading = null;
            }
            throw e;
        }
    }

    /** Waits until nothing uses it. Returns false if none is loaded. */
    private boolean giveBackOldest() {
        Loaded oldest;
        synchronized (this) {
            Optional<Slot> found = slots.values().stream()
                    .filter(slot -> slot.loaded != null)
                    .min(Comparator.comparingInt((Slot slot) -> slot.uses > 0 ? 1 : 0)
                            .thenComparingLong(slot -> slot.lastUse));
            if (found.isEmpty()) {
                return false;
            }
            Slot slot = found.get();
            try {
                while (slot.uses > 0) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EspalierException("the server is shutting down", e);
            }
            oldest = slot.loaded;
            slot.loaded = null;
            if (oldest == null) {
                return true;
            }
            LOG.info("{} is given back", slot.name);
        }
        oldest.close().run();
        return true;
    }

    /** Does something with all models that are there, each of which stays meanwhile. */
    void each(Consumer<Backend> work) {
        List<Use> uses = new ArrayList<>();
        synchronized (this) {
            for (Slot slot : slots.values()) {
                if (slot.loaded != null) {
                    slot.uses++;
                    uses.add(new Use(slot, slot.loaded));
                }
            }
        }
        try {
            uses.forEach(use -> work.accept(use.backend()));
        } finally {
            uses.forEach(Use::close);
        }
    }

    /** Gives all of them back that came from a source. To be called when nothing uses them. */
    @Override
    public void close() {
        loader.shutdownNow();
        List<Loaded> all = new ArrayList<>();
        synchronized (this) {
            for (Slot slot : slots.values()) {
                if (slot.loaded != null) {
                    all.add(slot.loaded);
                }
                if (source != null) {
                    slot.loaded = null;
                }
            }
        }
        all.forEach(loaded -> loaded.close().run());
    }
}

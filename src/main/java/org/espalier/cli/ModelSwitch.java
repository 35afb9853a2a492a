package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelStore;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.TokenScore;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solver;
import org.espalier.server.Backend;
import org.espalier.server.ModelMenu;
import org.espalier.server.ServerSettings;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/** A runtime that can be exchanged for one with other models: a pair at a time, within the memory that the options allow. */
final class ModelSwitch implements Backend, ModelMenu, AutoCloseable {
    private final Workload work;
    private final RuntimeListener listener;
    private final ServerSettings asked;
    private final @Nullable Path plan;
    private final Task task;
    private final ReentrantLock exchange = new ReentrantLock();
    private RuntimeOptions options;
    private volatile @Nullable Loaded loaded;
    private volatile List<Model> models = List.of();
    private volatile @Nullable String failure;

    private record Loaded(LocalRuntime runtime, RuntimeBackend backend) {}

    /**
     * Loads the first models.
     *
     * @param asked for, whatever the models allow
     * @param plan that auto is to go by; null for what is known of the models
     * @param task that all requests are of
     * @throws UsageException as {@link LocalRuntime#LocalRuntime} does
     */
    ModelSwitch(
            RuntimeOptions options,
            Workload work,
            RuntimeListener listener,
            ServerSettings asked,
            @Nullable Path plan,
            Task task) {
        this.task = task;
        this.options = options;
        this.work = work;
        this.listener = listener;
        this.asked = asked;
        this.plan = plan;
        open(options, listener);
    }

    private void open(RuntimeOptions wanted, RuntimeListener heard) {
        LocalRuntime runtime = new LocalRuntime(task.fitted(wanted, ModelStore.open()), work, heard, task);
        loaded = new Loaded(runtime, new RuntimeBackend(runtime));
        options = wanted;
        failure = null;
    }

    /** What the models that are loaded allow of what was asked for. */
    ServerSettings settings() {
        return RuntimeBackend.allowed(current().runtime, asked, plan);
    }

    private Loaded current() {
        Loaded now = loaded;
        if (now == null) {
            throw new EspalierException("no models are loaded: " + failure);
        }
        return now;
    }

    @Override
    public List<Offer> offers() {
        ModelStore store = ModelStore.open();
        List<Offer> offers = new ArrayList<>();
        for (CatalogEntry entry : store.catalog().entries()) {
            offers.add(new Offer(
                    entry.name(),
                    entry.role().name().toLowerCase(Locale.ROOT).replace("base", "policy"),
                    entry.bytes(),
                    store.isPresent(entry),
                    entry.isBundled() ? "bundled" : store.isOwn(entry) ? "own" : "catalogue",
                    entry.description()));
        }
        store.found()
                .forEach(found -> offers.add(new Offer(found.name(), null, found.bytes(), true, found.tool(), null)));
        return offers;
    }

    @Override
    public ServerSettings load(String policy, @Nullable String prm, Progress progress) {
        exchange.lock();
        try {
            RuntimeOptions before = options;
            release();
            try {
                open(before.withModels(policy, before.largerPolicy(), prm), heard(progress));
            } catch (RuntimeException | Error e) {
                progress.doing("Loading the models before");
                openAgain(before, e);
                throw e;
            }
            return settings();
        } finally {
            exchange.unlock();
        }
    }

    private void openAgain(RuntimeOptions before, Throwable why) {
        try {
            open(before, listener);
        } catch (RuntimeException | Error again) {
            failure = String.valueOf(again.getMessage());
            why.addSuppressed(again);
        }
    }

    private RuntimeListener heard(Progress progress) {
        return new RuntimeListener() {
            @Override
            public boolean allows(String name, long bytes) {
                return progress.mayFetch();
            }

            @Override
            public void progress(String name, long done, long total) {
                progress.fetching(name, done, total);
            }

            @Override
            public void finished(String name) {
                progress.doing("Loading");
            }

            @Override
            public void loading(String what, long done, long total) {
                progress.loading(what, done, total);
            }

            @Override
            public void loaded(String name) {
                progress.doing("Loading");
            }

            @Override
            public void waiting(String name) {
                progress.doing("Waiting for another fetch of " + name);
            }

            @Override
            public void trustedAtFirstUse(String name, String sha256) {
                listener.trustedAtFirstUse(name, sha256);
            }

            @Override
            public void warning(Wording message) {
                listener.warning(message);
            }
        };
    }

    private void release() {
        Loaded now = loaded;
        loaded = null;
        if (now != null) {
            now.backend.close();
            now.runtime.close();
        }
    }

    /** While others are being loaded, those before. */
    @Override
    public List<Model> models() {
        Loaded now = loaded;
        if (now != null) {
            models = now.backend.models();
        }
        return models;
    }

    @Override
    public long bytes() {
        Loaded now = loaded;
        return now == null ? 0 : now.backend.bytes();
    }

    @Override
    public Solver solver(PromptOptions prompt) {
        return current().backend.solver(prompt);
    }

    @Override
    public CompletableFuture<Void> rehearse(
            Problem problem, PromptOptions prompt, SearchMethod method, SearchConfig config) {
        return current().backend.rehearse(problem, prompt, method, config);
    }

    @Override
    public Optional<Judge> judge() {
        return current().backend.judge();
    }

    @Override
    public void keep(Problem problem, PromptOptions prompt, String reply) {
        Loaded now = loaded;
        if (now != null) {
            now.backend.keep(problem, prompt, reply);
        }
    }

    @Override
    public void makeWay() {
        Loaded now = loaded;
        if (now != null) {
            now.backend.makeWay();
        }
    }

    @Override
    public List<TokenScore> tokenScores(@Nullable String text, List<Integer> ids, Meter meter) {
        return current().backend.tokenScores(text, ids, meter);
    }

    @Override
    public Vocabulary vocabulary() {
        return current().backend.vocabulary();
    }

    @Override
    public int promptTokens(Problem problem, PromptOptions prompt) {
        return current().backend.promptTokens(problem, prompt);
    }

    @Override
    public int contextTokens() {
        return current().backend.contextTokens();
    }

    @Override
    public Map<String, Long> gauges() {
        Loaded now = loaded;
        return now == null ? Map.of() : now.backend.gauges();
    }

    @Override
    public Optional<String> failure() {
        Loaded now = loaded;
        return now == null ? Optional.ofNullable(failure) : now.backend.failure();
    }

    @Override
    public void interrupt() {
        Loaded now = loaded;
        if (now != null) {
            now.backend.interrupt();
        }
    }

    /** Closes what is loaded. Models that are being loaded end with the process. */
    @Override
    public void close() {
        if (exchange.tryLock()) {
            try {
                release();
            } finally {
                exchange.unlock();
            }
        }
    }
}

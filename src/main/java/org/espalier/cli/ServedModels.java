package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.catalog.ModelStore;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.SharedMemory;
import org.espalier.runtime.SharedMemory.Files;
import org.espalier.runtime.Task;
import org.espalier.runtime.Workload;
import org.espalier.server.ModelSource;
import org.espalier.server.ServerSettings;
import org.jspecify.annotations.Nullable;

/**
 * The models that {@code serve --models} names, each with its own PRM: a runtime for each one that is loaded. A file that
 * several of them use is loaded once.
 */
final class ServedModels implements ModelSource, AutoCloseable {
    private final Workload work;
    private final RuntimeListener listener;
    private final ServerSettings asked;
    private final @Nullable Path plan;
    private final Task task;
    private final SharedMemory memory;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, RuntimeOptions> options = new LinkedHashMap<>();
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private final List<LocalRuntime> open = new ArrayList<>();

    /**
     * Looks for the files; loads none.
     *
     * @param first of the default model, with all that the user said of it
     * @param others by name or GGUF file
     * @param asked for, whatever the models allow
     * @param plan that auto is to go by with the default model; null for what is known of the models
     * @param task that all requests are of
     * @throws UsageException if a model is not known, or not here
     */
    ServedModels(
            RuntimeOptions first,
            List<String> others,
            Workload work,
            RuntimeListener listener,
            ServerSettings asked,
            @Nullable Path plan,
            Task task) {
        this.task = task;
        this.work = work;
        this.listener = listener;
        this.asked = asked;
        this.plan = plan;
        memory = new SharedMemory(first.resources());
        add(first, listener);
        for (String other : others) {
            add(first.withModels(other, null, null), onlyHere());
        }
    }

    /** A request does not wait for a download. */
    private RuntimeListener onlyHere() {
        return new RuntimeListener() {
            @Override
            public boolean allows(String name, long bytes) {
                return false;
            }

            @Override
            public void waiting(String name) {
                listener.waiting(name);
            }
        };
    }

    private void add(RuntimeOptions wanted, RuntimeListener fetches) {
        RuntimeOptions model = task.fitted(wanted, ModelStore.open());
        Files files = SharedMemory.files(model, work, fetches);
        String name = files.models().get(0).name();
        if (options.put(name, model) != null) {
            throw new UsageException("%s is given twice: leave one of them out".formatted(name));
        }
        entries.add(new Entry(name, files.models(), files.bytes(), files.contextTokens()));
        try {
            memory.require(model, work);
        } catch (EspalierException e) {
            refusals.put(name, String.valueOf(e.getMessage()));
            listener.warning(Wording.of("Requests for %s will be refused: %s", name, e.wording()));
        }
    }

    @Override
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public Optional<String> refusal(String name) {
        return Optional.ofNullable(refusals.get(name));
    }

    private RuntimeOptions optionsOf(String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    @Override
    public boolean fitsBeside(String name) {
        return memory.holdsWhole(optionsOf(name), work);
    }

    @Override
    public Loaded load(String name) {
        RuntimeOptions model = optionsOf(name);
        LocalRuntime runtime = memory.open(model, work, listener, task);
        try {
            ServerSettings settings = RuntimeBackend.allowed(runtime, asked, isFirst(name) ? plan : null);
            RuntimeBackend backend = new RuntimeBackend(runtime);
            synchronized (open) {
                open.add(runtime);
            }
            return new Loaded(backend, settings, () -> {
                backend.close();
                close(runtime);
            });
        } catch (RuntimeException | Error e) {
            runtime.close();
            throw e;
        }
    }

    private boolean isFirst(String name) {
        return entries.get(0).name().equals(name);
    }

    private void close(LocalRuntime runtime) {
        boolean wasOpen;
        synchronized (open) {
            wasOpen = open.remove(runtime);
        }
        if (wasOpen) {
            runtime.close();
        }
    }

    /** Closes what is loaded. Models that are being loaded end with the process. */
    @Override
    public void close() {
        List<LocalRuntime> all;
        synchronized (open) {
            all = List.copyOf(open);
        }
        all.forEach(this::close);
    }
}

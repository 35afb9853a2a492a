package org.espalier.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.EspalierException;
import org.espalier.wire.SearchOutcome.Model;

/** Models without files, of sizes that a memory of some size holds together or not. */
final class ScriptedModels implements ModelSource, AutoCloseable {
    private final long memory;
    private final Map<String, Long> sizes;
    private final Map<String, ScriptedBackend> backends = new LinkedHashMap<>();
    private final Map<String, CountDownLatch> gates = new HashMap<>();
    /** What was loaded and given back, as it happened. */
    final List<String> log = new CopyOnWriteArrayList<>();

    final AtomicInteger loadedTwice = new AtomicInteger();
    private final Map<String, Long> there = new LinkedHashMap<>();

    ScriptedModels(long memory, Map<String, Long> sizes) {
        this.memory = memory;
        this.sizes = sizes;
    }

    /** Is loaded no sooner than the gate is opened. */
    CountDownLatch gate(String name) {
        CountDownLatch gate = new CountDownLatch(1);
        gates.put(name, gate);
        return gate;
    }

    /** Of a model that was loaded, the latest. */
    synchronized ScriptedBackend backend(String name) {
        return backends.get(name);
    }

    @Override
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        sizes.forEach(
                (name, bytes) -> entries.add(new Entry(name, List.of(new Model("policy", name, null)), bytes, 1000)));
        return entries;
    }

    @Override
    public Optional<String> refusal(String name) {
        return sizes.get(name) > memory
                ? Optional.of("it takes " + sizes.get(name) + ", and there is " + memory)
                : Optional.empty();
    }

    @Override
    public synchronized boolean fitsBeside(String name) {
        return there.values().stream().mapToLong(bytes -> bytes).sum() + sizes.get(name) <= memory;
    }

    @Override
    public Loaded load(String name) {
        if (name.contains("broken")) {
            throw new EspalierException("its file is damaged");
        }
        CountDownLatch gate = gates.get(name);
        try {
            if (gate != null) {
                gate.await();
            }
        } catch (InterruptedException e) {
            throw new EspalierException("interrupted", e);
        }
        ScriptedBackend backend = new ScriptedBackend();
        synchronized (this) {
            if (there.put(name, sizes.get(name)) != null) {
                loadedTwice.incrementAndGet();
            }
            backends.put(name, backend);
        }
        log.add("+" + name);
        return new Loaded(backend, RequestReaderTest.SETTINGS, () -> {
            log.add("-" + name);
            backend.close();
            synchronized (this) {
                there.remove(name);
            }
        });
    }

    @Override
    public synchronized void close() {
        gates.values().forEach(CountDownLatch::countDown);
        backends.values().forEach(ScriptedBackend::release);
        backends.values().forEach(ScriptedBackend::close);
    }
}

package org.espalier.sandbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the processes that run, several times a second, and ends those that use more memory or processes than they may.
 * The kernel's own limits hold for each process alone.
 */
final class Watch {
    private static final int MILLIS = 50;

    private static final Map<SandboxedProcess, Limits> WATCHED = new ConcurrentHashMap<>();
    private static final ScheduledExecutorService THREAD = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "espalier-sandbox-watch");
        thread.setDaemon(true);
        return thread;
    });

    static {
        ScheduledFuture<?> unused = THREAD.scheduleWithFixedDelay(
                () -> WATCHED.forEach(Watch::look), MILLIS, MILLIS, TimeUnit.MILLISECONDS);
    }

    private Watch() {}

    static void begin(SandboxedProcess process, Limits limits) {
        WATCHED.put(process, limits);
    }

    static void end(SandboxedProcess process) {
        WATCHED.remove(process);
    }

    private static void look(SandboxedProcess process, Limits limits) {
        ProcessTree tree = ProcessTree.of(process.handle());
        if (tree.bytes() > limits.memoryBytes() + SandboxedProcess.OVERHEAD_BYTES) {
            process.end(SandboxedProcess.Cause.MEMORY);
        } else if (tree.processes() > limits.processes() + SandboxedProcess.OVERHEAD_PROCESSES) {
            process.end(SandboxedProcess.Cause.PROCESSES);
        }
    }
}

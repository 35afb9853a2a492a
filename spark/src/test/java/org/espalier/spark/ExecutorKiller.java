package org.espalier.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Kills the executor that ends the first task: by then it has the next one. */
public final class ExecutorKiller extends SparkListener {
    static final AtomicReference<String> KILLED = new AtomicReference<>();
    static final Set<String> REMOVED = ConcurrentHashMap.newKeySet();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        String executor = end.taskInfo().executorId();
        if (end.taskInfo().successful() && KILLED.compareAndSet(null, executor)) {
            process(executor).destroyForcibly();
        }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        REMOVED.add(removed.executorId());
    }

    private static ProcessHandle process(String executor) {
        return ProcessHandle.current()
                .children()
                .filter(child -> arguments(child).contains("--executor-id\0" + executor + "\0"))
                .findFirst()
                .orElseThrow();
    }

    private static String arguments(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

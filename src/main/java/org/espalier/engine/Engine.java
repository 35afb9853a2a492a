package org.espalier.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.espalier.model.Closer;
import org.espalier.model.EspalierException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's thread: runs tasks, and steps the lanes while there is work. A step begins only when no task is left, so
 * that all that one task asks for is in the batch.
 */
public final class Engine implements Executor, AutoCloseable {
    private final List<Lane> lanes;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private volatile long waitedNanos;
    private volatile boolean closed;

    /** Starts the thread. The lanes belong to it from here on, and are closed with it. */
    public Engine(List<Lane> lanes) {
        this.lanes = List.copyOf(lanes);
        thread = new Thread(this::loop, "espalier-engine");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Runs a task on the engine's thread; safe from any thread.
     *
     * @throws RejectedExecutionException if the engine has been closed
     */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (closed) {
                throw new RejectedExecutionException("the engine has been closed");
            }
            tasks.add(task);
        }
    }

    /**
     * Abandons the decodes in progress that nobody needs any more, so that the runs in them end now: to be called once
     * a run's meter has been cancelled. A decode that another run takes part in goes on, and so does one whose
     * abandoning would cost another run its cells; a run that has ended is then noticed before the next one. Safe from
     * any thread.
     */
    public void interrupt() {
        lanes.forEach(Lane::interrupt);
    }

    /** Returns the time since it was made; safe from any thread. */
    public long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    /** Returns the part of that time in which nobody had asked for anything; safe from any thread. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /**
     * Returns why it cannot be relied on: one of its lanes has failed for good, or its thread has ended. Empty while it
     * can. Safe from any thread.
     */
    public Optional<String> failure() {
        return thread.isAlive()
                ? health().stream()
                        .map(LaneHealth::failure)
                        .flatMap(Optional::stream)
                        .findFirst()
                : Optional.of("the engine's thread has ended");
    }

    /** Returns the health of each lane; safe from any thread. */
    public List<LaneHealth> health() {
        return lanes.stream().map(Lane::health).toList();
    }

    private void loop() {
        try {
            while (!closed) {
                try {
                    goOn();
                } catch (RuntimeException | Error unlogged) {
                    // Not even the log could be written; but others still wait for this thread.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            shutDown();
        }
    }

    private void goOn() throws InterruptedException {
        Runnable task = hasWork() ? tasks.poll() : awaitTask();
        if (task != null) {
            runTask(task);
        } else {
            step();
        }
    }

    // Written by this thread alone.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private Runnable awaitTask() throws InterruptedException {
        long began = System.nanoTime();
        Runnable task = tasks.take();
        waitedNanos += System.nanoTime() - began;
        return task;
    }

    /** Nobody waits for ever: tasks that were accepted run, and what is asked for fails. */
    private void shutDown() {
        synchronized (tasks) {
            closed = true;
        }
        EspalierException reason = new EspalierException("the engine has been closed");
        lanes.forEach(lane -> failQuietly(lane, reason));
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runTask(task);
        }
    }

    /** An Error, too, must not end the thread that others wait for. */
    private static void runTask(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log().error("a task on the engine's thread failed", e);
        }
    }

    private boolean hasWork() {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).hasWork()) {
                return true;
            }
        }
        return false;
    }

    private void step() {
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            if (lane.hasWork()) {
                try {
                    lane.step();
                } catch (RuntimeException | Error e) {
                    log().error("an engine step failed", e);
                    failQuietly(lane, e);
                }
            }
        }
    }

    private static void failQuietly(Lane lane, Throwable reason) {
        try {
            lane.fail(reason);
        } catch (RuntimeException | Error e) {
            log().error("a caller failed to take a failure", e);
        }
    }

    /**
     * Stops the thread after the step in progress and frees the contexts. What is still asked for fails.
     *
     * @throws IllegalStateException on the engine's own thread, which cannot wait for itself
     */
    @Override
    public void close() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the engine cannot be closed on its own thread");
        }
        synchronized (tasks) {
            if (!closed) {
                closed = true;
                tasks.add(() -> {});
            }
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Closer closer = new Closer();
        lanes.forEach(closer::add);
        closer.close();
    }

    /** Asked for only where something is to be said: what logs takes a part of a start to come up. */
    private static Logger log() {
        return LoggerFactory.getLogger(Engine.class);
    }
}

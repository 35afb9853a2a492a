package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.espalier.eval.DatasetItem;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.search.Solution;
import org.espalier.SolutionFuture;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/**
 * Solves a few problems with the executor's engine. A problem that fails is a result; an engine that cannot be opened fails the task,
 * which Spark then tries elsewhere.
 */
final class SolvingTask extends AbstractFunction2<TaskContext, Iterator<Posed>, Solved[]> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final EngineSpec spec;
    private final Recorder recorder;

    SolvingTask(EngineSpec spec, Recorder recorder) {
        this.spec = spec;
        this.recorder = recorder;
    }

    @Override
    public Solved[] apply(TaskContext task, Iterator<Posed> problems) {
        ExecutorEngine engine;
        try {
            engine = ExecutorEngine.acquire(spec);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskKilledException("interrupted while an engine was waited for");
        }
        try {
            Map<DatasetItem, SolutionFuture> running = new LinkedHashMap<>();
            List<Solved> solved = new ArrayList<>();
            while (problems.hasNext()) {
                DatasetItem item = problems.next().item();
                requireWanted(task, running);
                try {
                    running.put(item, engine.espalier().submit(item.toProblem()));
                } catch (EspalierException e) {
                    solved.add(failed(item, e));
                }
            }
            running.forEach((item, future) -> {
                requireWanted(task, running);
                solved.add(solved(engine, item, future));
            });
            return solved.toArray(Solved[]::new);
        } finally {
            engine.release();
        }
    }

    private static void requireWanted(TaskContext task, Map<DatasetItem, SolutionFuture> running) {
        if (task.isInterrupted()) {
            running.values().forEach(future -> future.cancel(true));
            throw new TaskKilledException("the task is no longer wanted");
        }
    }

    private Solved solved(ExecutorEngine engine, DatasetItem item, SolutionFuture future) {
        Solution solution;
        try {
            solution = future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EspalierException failure) {
                return failed(item, failure);
            }
            throw e;
        }
        if (solution.stoppedBy() == Limit.CANCELLED) {
            throw new IllegalStateException("the executor ends");
        }
        return new Solved(
                item.id(), new ArrayList<>(recorder.lines(item, solution, process(), engine.seconds())), null, host());
    }

    private static Solved failed(DatasetItem item, EspalierException failure) {
        return new Solved(item.id(), new ArrayList<>(), failure.getMessage(), host());
    }

    /** Executors of a cluster have numbers; a driver that solves itself has none. */
    private static int process() {
        String id = SparkEnv.get().executorId();
        return id.chars().allMatch(Character::isDigit) ? Integer.parseInt(id) : 0;
    }

    private static String host() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }
}

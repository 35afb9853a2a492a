package org.espalier.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A policy's thread, run by the test itself: tasks first, in their order; then one of the pending answers, whichever the
 * test wants next.
 */
public final class EventLoop implements Executor {
    /**
     * What a port answers later.
     *
     * @param about the path that it is about
     */
    public record Answer(String about, Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Answer> answers = new ArrayList<>();
    private final IntUnaryOperator next;
    private Predicate<String> held = about -> false;

    private EventLoop(IntUnaryOperator next) {
        this.next = next;
    }

    /** Answers come in the order of the questions. */
    public static EventLoop inOrder() {
        return new EventLoop(pending -> 0);
    }

    /** The last question is answered first. */
    public static EventLoop lastFirst() {
        return new EventLoop(pending -> pending - 1);
    }

    public static EventLoop shuffled(long seed) {
        Random random = new Random(seed);
        return new EventLoop(random::nextInt);
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof Answer answer) {
            answers.add(answer);
        } else {
            tasks.add(task);
        }
    }

    /** Keeps the answers about these paths back from now on. */
    public void hold(Predicate<String> about) {
        held = about;
    }

    /** Runs until only answers that are held back are left. */
    public void run() {
        while (step()) {}
    }

    /** Runs until the future is done. */
    public <T> T await(CompletableFuture<T> future) {
        while (!future.isDone()) {
            if (!step()) {
                throw new IllegalStateException("nothing left to run, and the future is not done");
            }
        }
        return future.join();
    }

    private boolean step() {
        Runnable task = tasks.poll();
        if (task == null) {
            List<Integer> ready = IntStream.range(0, answers.size())
                    .filter(i -> !held.test(answers.get(i).about))
                    .boxed()
                    .toList();
            if (ready.isEmpty()) {
                return false;
            }
            int chosen = ready.get(next.applyAsInt(ready.size()));
            task = answers.remove(chosen);
        }
        task.run();
        return true;
    }
}

package org.espalier;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.espalier.model.Problem;

/**
 * Starts searches ahead of what is asked for, so that as many run as may, while each future is handed out in its problem's
 * turn. Used by one thread.
 */
final class Batch implements Iterator<SolutionFuture> {
    private final Iterator<Problem> problems;
    private final int ahead;
    private final BooleanSupplier takePlace;
    private final Function<Problem, SolutionFuture> startWaiting;
    private final Function<Problem, SolutionFuture> startInPlace;
    private final Deque<SolutionFuture> started = new ArrayDeque<>();

    /**
     * @param ahead searches that are started and not handed out, at most
     * @param takePlace takes a place for a search if one is free
     * @param startWaiting starts a search when there is a place for it
     * @param startInPlace starts one in a place that was taken
     */
    Batch(
            Iterator<Problem> problems,
            int ahead,
            BooleanSupplier takePlace,
            Function<Problem, SolutionFuture> startWaiting,
            Function<Problem, SolutionFuture> startInPlace) {
        this.problems = problems;
        this.ahead = ahead;
        this.takePlace = takePlace;
        this.startWaiting = startWaiting;
        this.startInPlace = startInPlace;
    }

    @Override
    public boolean hasNext() {
        return !started.isEmpty() || problems.hasNext();
    }

    @Override
    public SolutionFuture next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (started.isEmpty()) {
            started.add(startWaiting.apply(problems.next()));
        }
        while (started.size() < ahead && problems.hasNext() && takePlace.getAsBoolean()) {
            started.add(startInPlace.apply(problems.next()));
        }
        return started.remove();
    }
}

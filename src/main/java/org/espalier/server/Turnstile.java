package org.espalier.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets searches in as long as their branches fill the engine's batch and no more; a bounded number of others waits, first
 * come, first served. Who has more branches than that goes alone.
 */
final class Turnstile {
    private final int branches;
    private final int queue;
    private final Deque<Place> waiting = new ArrayDeque<>();
    private int inside;
    private int branchesInside;

    /** @param branches of all who are inside; one alone may have more */
    Turnstile(int branches, int queue) {
        this.branches = branches;
        this.queue = queue;
    }

    /** A request's place: in the queue, then inside. */
    final class Place implements AutoCloseable {
        private final int width;
        private final CountDownLatch turn = new CountDownLatch(1);
        private boolean left;

        private Place(int width) {
            this.width = width;
        }

        /** Waits for the turn; returns false if it has not come in this time. */
        boolean await(long millis) throws InterruptedException {
            return turn.await(millis, TimeUnit.MILLISECONDS);
        }

        /** Makes room for the next; a second call does nothing. Safe from any thread. */
        @Override
        public void close() {
            leave(this);
        }
    }

    /**
     * Takes a place.
     *
     * @param width branches of the search
     * @throws ApiException with status 429 if the queue is full
     */
    synchronized Place enter(int width) {
        Place place = new Place(width);
        if (waiting.isEmpty() && fits(place)) {
            admit(place);
        } else if (waiting.size() < queue) {
            waiting.add(place);
        } else {
            throw ApiException.busy("the server is busy: " + inside + " searches are running and " + waiting.size()
                    + " requests are waiting; try again later");
        }
        return place;
    }

    private boolean fits(Place place) {
        return inside == 0 || branchesInside + place.width <= branches;
    }

    private void admit(Place place) {
        inside++;
        branchesInside += place.width;
        place.turn.countDown();
    }

    private synchronized void leave(Place place) {
        if (place.left) {
            return;
        }
        place.left = true;
        if (!waiting.remove(place)) {
            inside--;
            branchesInside -= place.width;
        }
        for (Place next = waiting.peek(); next != null && fits(next); next = waiting.peek()) {
            admit(waiting.remove());
        }
    }

    synchronized int inside() {
        return inside;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}

package org.espalier.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a bounded number of requests in at a time; a bounded number of others waits, first come, first served. */
final class Turnstile {
    private final int inFlight;
    private final int queue;
    private final Deque<Place> waiting = new ArrayDeque<>();
    private int inside;

    Turnstile(int inFlight, int queue) {
        this.inFlight = inFlight;
        this.queue = queue;
    }

    /** A request's place: in the queue, then inside. */
    final class Place implements AutoCloseable {
        private final CountDownLatch turn = new CountDownLatch(1);
        private boolean left;

        private Place() {}

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

    /** @throws ApiException with status 429 if the queue is full */
    synchronized Place enter() {
        Place place = new Place();
        if (inside < inFlight) {
            admit(place);
        } else if (waiting.size() < queue) {
            waiting.add(place);
        } else {
            throw ApiException.busy("the server is busy: " + inFlight + " searches are running and " + waiting.size()
                    + " requests are waiting; try again later");
        }
        return place;
    }

    private void admit(Place place) {
        inside++;
        place.turn.countDown();
    }

    private synchronized void leave(Place place) {
        if (place.left) {
            return;
        }
        place.left = true;
        if (waiting.remove(place)) {
            return;
        }
        inside--;
        Place next = waiting.poll();
        if (next != null) {
            admit(next);
        }
    }

    synchronized int inside() {
        return inside;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}

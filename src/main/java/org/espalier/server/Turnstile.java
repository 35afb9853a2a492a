package org.espalier.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets searches in as long as their branches fill the engine's batch and no more; a bounded number of others waits. The next
 * is one of whoever has the fewest branches inside, and of those the one that has waited longest: who asks for much at once
 * does not keep others waiting. Nobody overtakes the next, and who has more branches than fit goes alone.
 */
final class Turnstile {
    private final int branches;
    private final int queue;
    /** In the order in which they came. */
    private final List<Place> waiting = new ArrayList<>();
    /** Branches inside, by who has any. */
    private final Map<String, Integer> widths = new HashMap<>();

    private int inside;
    private int branchesInside;

    /** @param branches of all who are inside; one alone may have more */
    Turnstile(int branches, int queue) {
        this.branches = branches;
        this.queue = queue;
    }

    /** A request's place: in the queue, then inside. */
    final class Place implements AutoCloseable {
        private final String who;
        private final int width;
        private final CountDownLatch turn = new CountDownLatch(1);
        private boolean left;

        private Place(String who, int width) {
            this.who = who;
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
     * @param who asks
     * @param width branches of the search
     * @throws ApiException with status 429 if the queue is full
     */
    synchronized Place enter(String who, int width) {
        Place place = new Place(who, width);
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
        widths.merge(place.who, place.width, Integer::sum);
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
            widths.computeIfPresent(place.who, (who, width) -> width == place.width ? null : width - place.width);
        }
        while (!waiting.isEmpty()) {
            Place next = Collections.min(waiting, Comparator.comparingInt(one -> widths.getOrDefault(one.who, 0)));
            if (!fits(next)) {
                return;
            }
            waiting.remove(next);
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

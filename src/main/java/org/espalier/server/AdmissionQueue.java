package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Admits searches while their branches fit into the engine's batch; a bounded number of others waits. The next is of the
 * client with the fewest admitted branches, of its users the one with the fewest, and of these requests the one that has waited
 * longest: who has many requests does not hold up the others. Nothing overtakes the next, and a search that is wider than the batch runs alone.
 *
 * <p>Searches with one model run at a time. A request for another waits until those that run have ended; when its model has
 * its turn, so do the others that wait for the same model by then: models that do not fit into memory together change places
 * once for all of them.
 */
final class AdmissionQueue {
    private int branches;
    /** Of models that allow another number than the usual one. */
    private final Map<String, Integer> branchesOf = new HashMap<>();

    private final int capacity;
    /** In the order of arrival. */
    private final List<Ticket> waiting = new ArrayList<>();
    /** Admitted branches by client, and by client and user; no entry for none. */
    private final Map<String, Integer> widths = new HashMap<>();

    private int admitted;
    private int admittedBranches;
    private long arrivals;
    /** Which model searches are admitted with. */
    private String turn = "";
    /** Arrivals when its turn began: those before go with it. */
    private long turnBegan;

    /**
     * Creates an empty queue.
     *
     * @param branches of all admitted searches together; one alone may have more
     * @param capacity requests that may wait
     */
    AdmissionQueue(int branches, int capacity) {
        this.branches = branches;
        this.capacity = capacity;
    }

    /** The address by which the queue tells the client of a request from others. */
    static String address(HttpExchange exchange) {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    /** From now on so many branches may be admitted together. */
    synchronized void resize(int others) {
        branches = others;
    }

    /** From now on so many branches may be admitted together with a model. */
    synchronized void resize(String model, int others) {
        branchesOf.put(model, others);
    }

    /** A request, waiting or admitted, until it is closed. */
    final class Ticket implements AutoCloseable {
        private final String client;
        private final String user;
        private final String model;
        private final int width;
        private final long number = arrivals++;
        private final CountDownLatch admission = new CountDownLatch(1);
        private boolean left;

        private Ticket(String client, String user, String model, int width) {
            this.client = client;
            // No address has a space.
            this.user = client + " " + user;
            this.model = model;
            this.width = width;
        }

        /** Waits until it is admitted; returns false if that takes longer than this. */
        boolean await(long millis) throws InterruptedException {
            return admission.await(millis, TimeUnit.MILLISECONDS);
        }

        /** Leaves, which may admit others; a second call does nothing. Safe from any thread. */
        @Override
        public void close() {
            leave(this);
        }
    }

    /** Admits a request of nobody in particular, or lets it wait. */
    Ticket enter(String client, int width) {
        return enter(client, "", "", width);
    }

    /**
     * Admits a request or lets it wait.
     *
     * @param client that shares fairly with the others, such as an address
     * @param user of the client, who shares fairly with its others
     * @param model that it is for
     * @param width branches of the search
     * @throws ApiException with status 429 if the queue is full
     */
    synchronized Ticket enter(String client, String user, String model, int width) {
        Ticket ticket = new Ticket(client, user, model, width);
        if (waiting.isEmpty() && fits(ticket)) {
            admit(ticket);
        } else if (waiting.size() < capacity) {
            waiting.add(ticket);
        } else {
            throw ApiException.busy("the server is busy: " + admitted + " searches are running and " + waiting.size()
                    + " requests are waiting; try again later");
        }
        return ticket;
    }

    private boolean fits(Ticket ticket) {
        return admitted == 0
                || (ticket.model.equals(turn)
                        && admittedBranches + ticket.width <= branchesOf.getOrDefault(turn, branches));
    }

    private void admit(Ticket ticket) {
        if (!ticket.model.equals(turn)) {
            turn = ticket.model;
            turnBegan = arrivals;
        }
        admitted++;
        admittedBranches += ticket.width;
        widths.merge(ticket.client, ticket.width, Integer::sum);
        widths.merge(ticket.user, ticket.width, Integer::sum);
        ticket.admission.countDown();
    }

    private synchronized void leave(Ticket ticket) {
        if (ticket.left) {
            return;
        }
        ticket.left = true;
        if (!waiting.remove(ticket)) {
            admitted--;
            admittedBranches -= ticket.width;
            release(ticket.client, ticket.width);
            release(ticket.user, ticket.width);
        }
        while (!waiting.isEmpty()) {
            Ticket next = next();
            if (!fits(next)) {
                return;
            }
            waiting.remove(next);
            admit(next);
        }
    }

    private Ticket next() {
        Comparator<Ticket> fair = Comparator.comparingInt((Ticket one) -> widths.getOrDefault(one.client, 0))
                .thenComparingInt(one -> widths.getOrDefault(one.user, 0));
        Optional<Ticket> inTurn = waiting.stream()
                .filter(one -> one.model.equals(turn) && one.number < turnBegan)
                .min(fair);
        return inTurn.orElseGet(() -> Collections.min(waiting, fair));
    }

    private void release(String who, int width) {
        widths.computeIfPresent(who, (one, admittedWidth) -> admittedWidth == width ? null : admittedWidth - width);
    }

    /** Searches that are admitted and not closed. */
    synchronized int admitted() {
        return admitted;
    }

    /** Requests that wait. */
    synchronized int waiting() {
        return waiting.size();
    }
}

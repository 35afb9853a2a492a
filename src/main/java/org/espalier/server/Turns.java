package org.espalier.server;

import java.io.IOException;
import java.util.Optional;
import org.espalier.server.AdmissionQueue.Ticket;
import org.espalier.server.ModelPool.Use;
import org.espalier.server.ModelPool.Waiting;

/** Gives requests their turns: in the queue first, and then with their model, where that is to be loaded. */
final class Turns {
    private final ModelPool models;
    private final AdmissionQueue queue;
    private final ActiveSearches active;

    Turns(ModelPool models, AdmissionQueue queue, ActiveSearches active) {
        this.models = models;
        this.queue = queue;
        this.active = active;
    }

    /**
     * Enters the queue.
     *
     * @param address of the client, as {@link AdmissionQueue} has it
     * @param user of the client, likewise; empty for nobody in particular
     * @param model by its name here
     * @param width branches
     * @throws ApiException if the queue is full, or the server is stopping
     */
    Ticket enter(String address, String user, String model, int width) {
        active.requireOpen();
        return queue.enter(address, user, model, width);
    }

    /**
     * Waits for a request's turn, and then for its model where that is to be loaded.
     *
     * @param waiting is told twice a second
     * @throws ApiException if the model cannot be had, or the server is stopping
     * @throws IOException as {@code waiting} does
     */
    Use await(Ticket ticket, String model, Waiting waiting) throws IOException, InterruptedException {
        Waiting open = () -> {
            active.requireOpen();
            waiting.stillWaiting();
        };
        active.requireOpen();
        while (!ticket.await(SearchClient.HEARTBEAT_MILLIS)) {
            open.stillWaiting();
        }
        active.requireOpen();
        return models.obtain(model, open);
    }

    /** Something that a model is asked beside searches. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Backend backend);
    }

    /**
     * Asks a model something that takes no search. What has to be computed waits for its turn.
     *
     * @param model by its name here
     * @param computes whether it decodes
     * @throws ApiException if the model cannot be had, the queue is full, or the server is stopping
     */
    <T> T ask(String address, String model, boolean computes, Question<T> question) throws IOException {
        if (!computes) {
            Optional<Use> loaded = models.held(model);
            if (loaded.isPresent()) {
                try (Use use = loaded.get()) {
                    return question.ask(use.backend());
                }
            }
        }
        models.requirePossible(model);
        try (Ticket ticket = enter(address, "", model, 1);
                Use use = await(ticket, model, () -> {})) {
            return question.ask(use.backend());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.stopping();
        }
    }
}

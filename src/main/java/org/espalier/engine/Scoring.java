package org.espalier.engine;

import java.util.concurrent.CompletableFuture;

/** A request for the log-probabilities of the watched tokens after a sequence's last token. */
final class Scoring {
    /** How many tokens are watched. */
    final int watched;
    /** Their log-probabilities, in the order of {@link ModelRunner#watch}. */
    final CompletableFuture<float[]> result = new CompletableFuture<>();

    Scoring(int watched) {
        this.watched = watched;
    }
}

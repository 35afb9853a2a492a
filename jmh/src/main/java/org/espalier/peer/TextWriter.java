package org.espalier.peer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.SamplingParams;
import org.espalier.model.StopReason;
import org.jspecify.annotations.Nullable;

/** A model that writes on. */
public interface TextWriter extends TextModel {
    /**
     * What is to be written.
     *
     * @param prompt the whole text before it
     * @param seed of its random numbers
     * @param maxTokens at most so many
     * @param stop ends it; null for nothing but the end of the turn and the limit
     */
    record Request(
            String prompt,
            SamplingParams sampling,
            int seed,
            int maxTokens,
            @Nullable String stop) {}

    /**
     * What was written.
     *
     * @param text without the stop string
     * @param tokens sampled for it, those of the stop string and of the end of the turn included
     * @param decoded tokens that had to be computed for it; {@link #UNKNOWN} if the peer does not say
     */
    record Written(String text, int tokens, StopReason stopReason, int decoded) {}

    /** Continues a prompt as often as is asked, with other random numbers each time. */
    CompletableFuture<List<Written>> write(Request request, int count);
}

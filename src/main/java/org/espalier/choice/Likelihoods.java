package org.espalier.choice;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Meter;
import org.espalier.model.Problem;

/** How likely a policy finds texts behind prompts: what prompts begin with in common is computed once. */
@FunctionalInterface
public interface Likelihoods {
    /**
     * Reads the log-probabilities, in nats, of texts behind each prompt.
     *
     * @param prompts whose replies may have begun already
     * @param texts what each is followed by, one at a time
     * @return a list for each prompt; {@link Double#NaN} for a text that does not fit into the context
     */
    CompletableFuture<List<List<Double>>> of(List<Problem> prompts, List<String> texts, Meter meter);
}

package org.espalier.reward;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;

/**
 * A base model as a policy. It was never taught to end a turn, and goes on with the next question of its own: its reply ends
 * before that. The tokens of what is cut off count as sampled.
 */
public final class CompletionPolicy implements Policy {
    private final Policy policy;
    private final String next;

    /** @param next how the policy begins what is no longer part of its reply: a line end, and what the line begins with */
    public CompletionPolicy(Policy policy, String next) {
        this.policy = policy;
        this.next = next;
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        return policy.open(problem, meter);
    }

    /** The text is not told while it is written: how much of it will be cut off is known at its end. */
    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        StepRequest silent = request.withOnText(null);
        return policy.extend(prefix, silent.delimiter() == null ? silent.withDelimiter(next, true) : silent)
                .thenApply(this::cut);
    }

    private Step cut(Step step) {
        int end = end(step.text());
        return end < 0
                ? step
                : new Step(
                        step.prefix(),
                        step.text().substring(0, end),
                        step.tokens(),
                        StopReason.EOS,
                        step.logProb(),
                        step.meanEntropy());
    }

    /** Where the reply ends; -1 if it goes on. A step begins a line. */
    private int end(String text) {
        String begin = next.strip();
        return text.startsWith(begin) ? 0 : text.indexOf(next);
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        return policy.ask(prefix, question);
    }

    @Override
    public void requireDrawable(SamplingParams sampling) {
        policy.requireDrawable(sampling);
    }

    @Override
    public Executor executor() {
        return policy.executor();
    }
}

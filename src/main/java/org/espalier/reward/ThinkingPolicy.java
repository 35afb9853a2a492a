package org.espalier.reward;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.engine.Lane;
import org.espalier.engine.Sequence;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prompt.Thinking;

/**
 * A policy that thinks first. The thinking is the beginning of a path's first step: its tokens count, but its text is not
 * part of the step, so that only what follows it is judged, read and voted on.
 *
 * <p>Budget forcing (Muennighoff et al. 2025, "s1: Simple test-time scaling", arXiv 2501.19393, section 3.1): a thought that
 * reaches its limit is ended by force, and one that ends before it may be made to go on with "Wait".
 */
public final class ThinkingPolicy implements Policy {
    private static final String GO_ON = "Wait";

    private final Policy policy;
    private final Lane lane;
    private final Thinking thinking;
    private final int thinkTokens;
    private final int waits;

    /**
     * @param policy over the same lane, with a template that {@linkplain Thinking#on begins within the thinking}
     * @param lane with a vocabulary in which the thinking's end is an end mark ({@link StopTokenTokenizer}); where that mark is more
     *     than one token, a thought that has ended cannot be made to go on
     * @param thinkTokens of one thought at most, 1 or more
     * @param waits how often an end of the thinking is replaced by "Wait"
     */
    public ThinkingPolicy(Policy policy, Lane lane, Thinking thinking, int thinkTokens, int waits) {
        this.policy = policy;
        this.lane = lane;
        this.thinking = thinking;
        this.thinkTokens = thinkTokens;
        this.waits = waits;
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        return new Thought((Sequence) policy.open(problem, meter), 0, waits);
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        return prefix instanceof Thought thought
                ? think(thought, request, Spent.NOTHING)
                : policy.extend(prefix, request);
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        return policy.ask(prefix instanceof Thought thought ? thought.sequence : prefix, question);
    }

    @Override
    public void requireDrawable(SamplingParams sampling) {
        policy.requireDrawable(sampling);
    }

    @Override
    public Executor executor() {
        return policy.executor();
    }

    private CompletableFuture<Step> think(Thought from, StepRequest asked, Spent spent) {
        int room = Math.min(thinkTokens - from.tokens, asked.maxTokens() - spent.tokens);
        StepRequest request = asked.freely()
                .withMaxTokens(room)
                .withDelimiter(thinking.close(), true)
                .withOnText(null)
                .withDrawn(null);
        return policy.extend(from.sequence, request).thenCompose(step -> {
            try {
                return thought(step, from, asked, spent.plus(step));
            } catch (RuntimeException | Error e) {
                step.prefix().close();
                throw e;
            }
        });
    }

    private CompletableFuture<Step> thought(Step step, Thought from, StepRequest asked, Spent spent) {
        Sequence end = (Sequence) step.prefix();
        int tokens = from.tokens + step.tokens();
        return switch (step.stopReason()) {
            case CANCELLED, CONTEXT, REPETITION, UNSURE -> ended(end, spent, step.stopReason());
            case DELIMITER -> answer(end, asked, spent);
            case EOS ->
                from.waits > 0 && tokens < thinkTokens
                        ? goOn(end, tokens, from.waits - 1, asked, spent)
                        : conclude(end, thinking.close() + "\n\n", asked, spent);
            case LENGTH ->
                tokens < thinkTokens
                        ? ended(new Thought(end, tokens, from.waits), spent, StopReason.LENGTH)
                        : conclude(end, "\n" + thinking.close() + "\n\n", asked, spent);
        };
    }

    private CompletableFuture<Step> goOn(Sequence end, int tokens, int waits, StepRequest asked, Spent spent) {
        int[] words = lane.tokenizer().encode(GO_ON, true);
        if (!lane.fits(end, words.length + 1)) {
            return ended(end, spent, StopReason.CONTEXT);
        }
        Sequence longer = lane.append(end, words);
        end.close();
        Thought on = new Thought(longer, tokens, waits);
        return spent.tokens < asked.maxTokens()
                ? think(on, asked, spent).whenComplete((step, failure) -> longer.close())
                : ended(on, spent, StopReason.LENGTH);
    }

    private CompletableFuture<Step> conclude(Sequence end, String mark, StepRequest asked, Spent spent) {
        int[] words = lane.tokenizer().encode(mark, true);
        if (!lane.fits(end, words.length + 1)) {
            return ended(end, spent, StopReason.CONTEXT);
        }
        Sequence concluded = lane.append(end, words);
        end.close();
        return answer(concluded, asked, spent);
    }

    private CompletableFuture<Step> answer(Sequence from, StepRequest asked, Spent spent) {
        int room = asked.maxTokens() - spent.tokens;
        if (room < 1) {
            return ended(from, spent, StopReason.LENGTH);
        }
        return policy.extend(from, asked.withMaxTokens(room))
                .thenApply(step -> {
                    Spent all = spent.plus(step);
                    return all.step(step.prefix(), step.text(), step.stopReason());
                })
                .whenComplete((step, failure) -> from.close());
    }

    private static CompletableFuture<Step> ended(Prefix prefix, Spent spent, StopReason reason) {
        return CompletableFuture.completedFuture(spent.step(prefix, "", reason));
    }

    /** A place within the thinking. */
    private record Thought(Sequence sequence, int tokens, int waits) implements Prefix {
        @Override
        public void close() {
            sequence.close();
        }
    }

    /** What has been sampled for a step so far. */
    private record Spent(int tokens, double logProb, double entropy) {
        static final Spent NOTHING = new Spent(0, 0, 0);

        Spent plus(Step step) {
            return new Spent(
                    tokens + step.tokens(), logProb + step.logProb(), entropy + step.tokens() * step.meanEntropy());
        }

        Step step(Prefix prefix, String text, StopReason reason) {
            return new Step(prefix, text, tokens, reason, logProb, tokens == 0 ? 0 : entropy / tokens);
        }
    }
}

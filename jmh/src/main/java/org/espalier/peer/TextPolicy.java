package org.espalier.peer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.espalier.model.StepRequest;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.peer.TextWriter.Request;
import org.espalier.peer.TextWriter.Written;
import org.espalier.prompt.Fragment;
import org.espalier.prompt.SolvePrompt;
import org.jspecify.annotations.Nullable;

/** A policy that sends the whole path with every step. */
public final class TextPolicy implements Policy {
    private final TextWriter model;
    private final SolvePrompt prompt;
    private final Executor thread;
    private final int together;
    private final Map<Siblings, List<Ask>> waiting = new LinkedHashMap<>();

    /** @param tokens sampled so far, which tells the random numbers of one step from those of the next */
    private record TextPrefix(String text, int tokens, Meter meter) implements Prefix {
        @Override
        public void close() {}
    }

    /** What can be asked for in one request. */
    private record Siblings(
            TextPrefix from,
            SamplingParams sampling,
            int maxTokens,
            @Nullable String delimiter,
            boolean blankSteps) {}

    /**
     * A step being written.
     *
     * @param text of it so far
     * @param tokens sampled for it so far
     */
    private record Ask(TextPrefix from, StepRequest stepRequest, String text, int tokens, CompletableFuture<Step> result) {
        Request request() {
            long seed = stepRequest.seed() + 0x9E3779B97F4A7C15L * (from.tokens + tokens);
            return new Request(
                    from.text + text,
                    stepRequest.sampling(),
                    (int) (seed ^ seed >>> 32) & Integer.MAX_VALUE,
                    stepRequest.maxTokens() - tokens,
                    stepRequest.delimiter());
        }
    }

    /**
     * @param together siblings that are asked for in one request, at most; 1 for each by itself
     * @param thread the search's
     */
    public TextPolicy(TextWriter model, SolvePrompt prompt, int together, Executor thread) {
        this.model = model;
        this.prompt = prompt;
        this.together = together;
        this.thread = thread;
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        String text = prompt.render(problem).stream().map(Fragment::text).collect(Collectors.joining());
        meter.add(Count.PROMPT_TOKENS, model.tokens(text));
        return new TextPrefix(text, 0, meter);
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        TextPrefix asked = (TextPrefix) prefix;
        String text = prompt.followUp(question).stream().map(Fragment::text).collect(Collectors.joining());
        asked.meter.add(Count.PROMPT_TOKENS, model.tokens(text));
        return Optional.of(new TextPrefix(asked.text + text, asked.tokens, asked.meter));
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest stepRequest) {
        Ask ask = new Ask((TextPrefix) prefix, stepRequest, "", 0, new CompletableFuture<>());
        if (together == 1) {
            send(List.of(ask));
            return ask.result;
        }
        // Siblings are asked for one by one, but in one task.
        if (waiting.isEmpty()) {
            thread.execute(this::sendWaiting);
        }
        Siblings siblings = new Siblings(
                ask.from, stepRequest.sampling(), stepRequest.maxTokens(), stepRequest.delimiter(), stepRequest.blankSteps());
        waiting.computeIfAbsent(siblings, key -> new ArrayList<>()).add(ask);
        return ask.result;
    }

    private void sendWaiting() {
        List<List<Ask>> groups = new ArrayList<>(waiting.values());
        waiting.clear();
        for (List<Ask> group : groups) {
            for (int i = 0; i < group.size(); i += together) {
                send(group.subList(i, Math.min(group.size(), i + together)));
            }
        }
    }

    private void send(List<Ask> asks) {
        Ask first = asks.get(0);
        if (first.from.meter.exceeded().isPresent()) {
            asks.forEach(ask -> finish(ask, StopReason.CANCELLED));
            return;
        }
        CompletableFuture<?> unused = model.write(first.request(), asks.size())
                .whenCompleteAsync(
                        (written, failure) -> {
                            for (int i = 0; i < asks.size(); i++) {
                                if (failure != null) {
                                    asks.get(i).result.completeExceptionally(failure);
                                } else {
                                    accept(asks.get(i), written.get(i));
                                }
                            }
                        },
                        thread);
    }

    private void accept(Ask ask, Written written) {
        Meter meter = ask.from.meter;
        meter.add(Count.POLICY_TOKENS, written.tokens());
        if (written.decoded() != TextModel.UNKNOWN) {
            meter.add(Count.POLICY_TOKENS_DECODED, written.decoded());
        }
        StepRequest stepRequest = ask.stepRequest;
        boolean delimited = written.stopReason() == StopReason.DELIMITER;
        String text = ask.text + written.text() + (delimited ? stepRequest.delimiter() : "");
        Ask after = new Ask(ask.from, stepRequest, text, ask.tokens + written.tokens(), ask.result);
        // A peer stops at the first delimiter, whatever stands before it.
        if (!delimited || stepRequest.blankSteps() || !text.isBlank()) {
            finish(after, written.stopReason());
        } else if (after.tokens >= stepRequest.maxTokens()) {
            finish(after, StopReason.LENGTH);
        } else {
            send(List.of(after));
        }
    }

    private static void finish(Ask ask, StopReason reason) {
        TextPrefix from = ask.from;
        TextPrefix end = new TextPrefix(from.text + ask.text, from.tokens + ask.tokens, from.meter);
        ask.result.complete(new Step(end, ask.text, ask.tokens, reason, Double.NaN, Double.NaN));
    }

    @Override
    public Executor executor() {
        return thread;
    }
}

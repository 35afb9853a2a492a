package org.espalier.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.espalier.model.DrawnTokens;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.model.TokenConfidence;

/**
 * A policy without a model. A token is a word with the white space after it, of ASCII alone where texts stop it. It
 * refuses to extend a closed prefix, counts sampled tokens, and cuts a step short with {@link StopReason#CANCELLED} when the meter is exceeded.
 */
public abstract class FakePolicy implements Policy {
    /**
     * What was asked.
     *
     * @param path text before the step
     */
    public record Call(String path, StepRequest request) {}

    /** What is written if nothing cuts it short. */
    record Draft(List<String> tokens, StopReason stopReason) {
        static Draft of(String text, StopReason stopReason) {
            List<String> tokens = text.isEmpty() ? List.of("") : Arrays.asList(text.split("(?<=\\s)(?=\\S)"));
            return new Draft(tokens, stopReason);
        }

        Draft first(int count, StopReason reason) {
            return new Draft(tokens.subList(0, count), reason);
        }
    }

    /** A place in the text, and whether it is still open. */
    final class Place implements Prefix {
        private final String path;
        private final int tokens;
        private final Meter meter;
        private int extensions;

        private Place(String path, int tokens, Meter meter) {
            this.path = path;
            this.tokens = tokens;
            this.meter = meter;
            open.add(this);
            opened++;
        }

        String path() {
            return path;
        }

        /** Of the path. */
        int tokens() {
            return tokens;
        }

        boolean isOpen() {
            return open.contains(this);
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }

    private static final double LOG_PROB = -0.5;
    private static final double MEAN_ENTROPY = 0.25;

    private final Executor thread;
    /** In the order in which they were written, behind the end. */
    private final List<String> vocabulary = new CopyOnWriteArrayList<>(List.of(""));

    private final List<Call> calls = new ArrayList<>();
    private final Set<Place> open = new HashSet<>();
    private int opened;
    private int context = Integer.MAX_VALUE;
    private ToDoubleFunction<String> entropies = token -> MEAN_ENTROPY;

    FakePolicy(Executor thread) {
        this.thread = thread;
    }

    /**
     * What comes next.
     *
     * @param index how many extensions of this prefix came before, lookahead not counted
     */
    abstract Draft draft(Place place, int index, StepRequest request);

    /** In the order in which they came. */
    public List<Call> calls() {
        return calls;
    }

    /** Prefixes handed out so far. */
    public int opened() {
        return opened;
    }

    /** Texts of the prefixes that are open. */
    public Set<String> open() {
        return open.stream().map(Place::path).collect(Collectors.toSet());
    }

    @Override
    public Executor executor() {
        return thread;
    }

    @Override
    public Prefix open(Problem problem, Meter meter) {
        meter.add(Meter.Count.PROMPT_TOKENS, problem.text().split("\\s+").length);
        return new Place("", 0, meter);
    }

    @Override
    public CompletableFuture<Step> extend(Prefix prefix, StepRequest request) {
        Place place = (Place) prefix;
        if (!place.isOpen()) {
            throw new IllegalStateException("'" + place.path + "' is extended after it was closed");
        }
        calls.add(new Call(place.path, request));
        boolean sampled = request.sampling().temperature() > 0;
        Draft draft = draft(place, sampled ? place.extensions++ : 0, request);
        Draft bounded =
                draft.tokens.size() > request.maxTokens() ? draft.first(request.maxTokens(), StopReason.LENGTH) : draft;
        CompletableFuture<Step> step = new CompletableFuture<>();
        thread.execute(new EventLoop.Answer(
                place.path + String.join("", draft.tokens), () -> step.complete(write(place, bounded, request))));
        return step;
    }

    @Override
    public Optional<Prefix> ask(Prefix prefix, String question) {
        Place place = (Place) prefix;
        if (!place.isOpen()) {
            throw new IllegalStateException("'" + place.path + "' is asked about after it was closed");
        }
        int words = question.split("\\s+").length;
        if (place.tokens + words >= context) {
            return Optional.empty();
        }
        place.meter.add(Meter.Count.PROMPT_TOKENS, words);
        return Optional.of(new Place(place.path + asked(question), place.tokens + words, place.meter));
    }

    /** How a question reads in a path. */
    public static String asked(String question) {
        return "?" + question + "!";
    }

    /** A path of so many words has no room for another question. */
    public void context(int words) {
        context = words;
    }

    /** How unsure it is of tokens, in nats; it finds each as likely as the others that seem possible. */
    public void unsure(ToDoubleFunction<String> ofToken) {
        entropies = ofToken;
    }

    /** The draft up to where it is too unsure of it to go on. */
    private Draft whileSure(Draft draft, TokenConfidence confidence) {
        for (int i = 0; i < draft.tokens.size(); i++) {
            double entropy = entropies.applyAsDouble(draft.tokens.get(i));
            confidence.add((float) -entropy, (float) entropy);
            boolean ends = i == draft.tokens.size() - 1 && draft.stopReason == StopReason.EOS;
            if (confidence.isHopeless() && !ends) {
                return draft.first(i + 1, StopReason.UNSURE);
            }
        }
        return draft;
    }

    /** It was the second likeliest; the most likely one has no bytes. */
    private void tell(String token, DrawnTokens drawn) {
        int id = vocabulary.indexOf(token);
        if (id < 0) {
            id = vocabulary.size();
            vocabulary.add(token);
        }
        drawn.add(id, -1.5f, new DrawnTokens.Vocabulary() {
            @Override
            public byte[] piece(int one) {
                return vocabulary.get(one).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String name(int one) {
                return "<end>";
            }
        });
        for (int i = 0; i < Math.min(2, drawn.likeliest()); i++) {
            drawn.put(i, i == 0 ? 0 : id, -0.5f - i);
        }
    }

    private Step write(Place place, Draft draft, StepRequest request) {
        Consumer<String> reader = request.onText();
        Meter meter = place.meter;
        int size = draft.tokens.size();
        long left = meter.budget().tokens() - meter.get(Meter.Count.POLICY_TOKENS);
        Draft written = draft;
        if (meter.exceeded().isPresent()) {
            written = draft.first((int) Math.min(size / 2, Math.max(left, 0)), StopReason.CANCELLED);
        } else if (size > left) {
            written = draft.first((int) left, StopReason.CANCELLED);
        }
        if (request.confidence() != null) {
            written = whileSure(written, request.confidence());
        }
        DrawnTokens drawn = request.drawn();
        StopTexts stops = request.stops();
        StringBuilder text = new StringBuilder();
        int told = 0;
        for (int i = 0; i < written.tokens.size(); i++) {
            String token = written.tokens.get(i);
            if (drawn != null && !token.isEmpty()) {
                tell(token, drawn);
            }
            text.append(token);
            int open = text.length();
            if (stops != null && stops.add(token.getBytes(StandardCharsets.UTF_8))) {
                written = written.first(i + 1, StopReason.EOS);
                text.setLength(stops.end());
                open = text.length();
            } else if (stops != null) {
                open -= stops.held();
            }
            if (reader != null && open > told) {
                reader.accept(text.substring(told, open));
                told = open;
            }
        }
        int tokens = written.tokens.size();
        meter.add(Meter.Count.POLICY_TOKENS, tokens);
        meter.add(Meter.Count.POLICY_TOKENS_DECODED, tokens);
        meter.add(Meter.Count.DECODE_STEPS, 1);
        Place after = new Place(place.path + String.join("", written.tokens), place.tokens + tokens, meter);
        return new Step(after, text.toString(), tokens, written.stopReason, LOG_PROB * tokens, MEAN_ENTROPY);
    }
}

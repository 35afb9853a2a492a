package org.espalier.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.model.TokenConfidence;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/** A step being sampled: its text so far, and the rule that ends it. */
final class Generation {
    final StepRequest request;
    final CompletableFuture<Step> result = new CompletableFuture<>();

    /** What is changed in the logits that its tokens are drawn from; null for nothing. */
    final Opened.@Nullable Use changes;

    /** When it was asked for, among all of its lane. */
    final long asked;

    private final Tokenizer tokenizer;
    private final int maxLength;
    private final StepText text;
    private final @Nullable Repetition repetition;
    private int sampled;
    private double logProb;
    private double entropy;
    private @Nullable Throwable failure;

    /**
     * @param delimiters any of which ends the step
     * @param changes of its logits, which it uses until its end; null for none
     * @param asked smaller for what was asked for earlier
     * @param maxLength tokens that a path can have
     */
    Generation(
            StepRequest request,
            List<String> delimiters,
            Opened.@Nullable Use changes,
            long asked,
            Tokenizer tokenizer,
            int maxLength) {
        this.tokenizer = tokenizer;
        this.maxLength = maxLength;
        this.request = request;
        this.asked = asked;
        this.changes = changes;
        if (changes != null) {
            changes.enter();
            var unused = result.whenComplete((step, thrown) -> changes.leave());
        }
        text = new StepText(delimiters, request.blankSteps());
        repetition = request.cutLoops() ? new Repetition() : null;
    }

    /**
     * Takes a sampled token into the text. Its place in a sequence is the caller's to find, unless it ends the turn. A
     * token that cannot be taken ends the step with a {@linkplain #failure}.
     *
     * @param length of the path with it
     * @return why the step ends with it, or null if it goes on; {@link StopReason#EOS} only for a token without a place
     */
    @Nullable
    StopReason accept(int token, float tokenLogProb, float tokenEntropy, int length) {
        try {
            return take(token, tokenLogProb, tokenEntropy, length);
        } catch (RuntimeException | Error e) {
            return fail(e);
        }
    }

    /** Ends the step with a {@linkplain #failure}. */
    StopReason fail(Throwable cause) {
        failure = cause;
        return StopReason.CANCELLED;
    }

    private @Nullable StopReason take(int token, float tokenLogProb, float tokenEntropy, int length) {
        sampled++;
        logProb += tokenLogProb;
        entropy += tokenEntropy;
        TokenConfidence confidence = request.confidence();
        if (confidence != null) {
            confidence.add(tokenLogProb, tokenEntropy);
        }
        if (tokenizer.isEndOfGeneration(token)) {
            return StopReason.EOS;
        }
        byte[] piece = tokenizer.piece(token);
        boolean delimited = text.append(piece);
        StopTexts stops = request.stops();
        if (stops != null && stops.add(piece)) {
            text.cut(stops.end());
            return StopReason.DELIMITER;
        }
        if (delimited) {
            return StopReason.DELIMITER;
        }
        if (repetition != null && repetition.isLoopWith(token)) {
            return StopReason.REPETITION;
        }
        if (confidence != null && confidence.isHopeless()) {
            return StopReason.UNSURE;
        }
        if (sampled >= request.maxTokens()) {
            return StopReason.LENGTH;
        }
        // The next token needs a position of its own, and what is sampled there one more.
        return length >= maxLength ? StopReason.CONTEXT : null;
    }

    /** The text behind what this has returned before, if somebody reads along; else empty. */
    String unread() {
        StopTexts stops = request.stops();
        if (request.onText() == null) {
            return "";
        }
        return text.nextWhole(stops == null || stops.found() != null ? 0 : stops.held());
    }

    /** Gives a reader more of the text. */
    void tell(String more) {
        Consumer<String> reader = request.onText();
        if (reader != null) {
            reader.accept(more);
        }
    }

    /** Returns why its text could not be written; null if it could. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    Step finish(Sequence sequence, StopReason reason) {
        StopTexts stops = request.stops();
        boolean stopped = stops != null && stops.found() != null;
        StopReason told = stopped ? StopReason.EOS : reason;
        return new Step(sequence, text.toString(), sampled, told, logProb, sampled == 0 ? 0 : entropy / sampled);
    }
}

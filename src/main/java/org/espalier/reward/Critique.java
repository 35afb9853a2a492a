package org.espalier.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prm.GenerativeFormat;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * One critique of a step: what a generative PRM writes up to a stop, and the verdict behind it. Where the text that the
 * verdict follows is just what was sampled, the verdict is read in the sampled sequence; where a token has run past the
 * stop, or the stop is to be left out and is more than a token, the text is read again.
 */
final class Critique {
    /** The verdict's token and the longest that a re-read text may be longer than its sampled tokens. */
    private static final int SPARE_TOKENS = 16;

    private final Lane lane;
    private final GenerativeFormat format;
    private final Sequence asked;
    private final List<String> stops;
    private final List<Sequence> open = new ArrayList<>();
    private final Scoring scoring = Scoring.ofWatched(2);
    private @Nullable Sequence judged;
    private double score = Double.NaN;
    private final CompletableFuture<Void> verdict;

    private Critique(Lane lane, GenerativeFormat format, Sequence asked, int number, StepRequest request) {
        this.lane = lane;
        this.format = format;
        this.asked = asked;
        stops = format.stops(number);
        verdict = lane.generate(asked, request, stops).thenCompose(this::read);
    }

    /** Starts writing behind a question about the number-th step. */
    static Critique start(Lane lane, GenerativeFormat format, Sequence asked, int number, StepRequest request) {
        return new Critique(lane, format, asked, number, request);
    }

    /** Returns how many tokens a critique must leave for what follows it. */
    static int reserve(GenerativeFormat format, Lane lane) {
        return SPARE_TOKENS + Fragment.encode(format.verdict(false), lane.tokenizer()).length;
    }

    /** Completes once the verdict has been read, or will not be. */
    CompletableFuture<Void> verdict() {
        return verdict;
    }

    /** Probability of the positive verdict; {@link Double#NaN} if there was no room to read it. */
    double score() {
        return score;
    }

    private CompletableFuture<Void> read(Step critique) {
        Sequence written = (Sequence) critique.prefix();
        open.add(written);
        if (critique.stopReason() == StopReason.CANCELLED) {
            throw new CancellationException("the run has ended");
        }
        ask(written, critique);
        return scoring.result().thenAccept(logProbs -> score = format.profile().score(logProbs));
    }

    private void ask(Sequence written, Step critique) {
        String text = critique.text();
        int end = endOfStop(text);
        // With stops left out, an end mark ends what is written as an end of turn does.
        boolean stopped = end >= 0
                || (critique.stopReason() == StopReason.EOS && !format.profile().keepsStop());
        int kept = end < 0 ? text.length() : format.profile().keepsStop() ? end : startOfStop(text);
        int[] asking = Fragment.encode(format.verdict(stopped), lane.tokenizer());
        boolean asWritten = kept == text.length();
        if (asWritten && asking.length > 0 && lane.fits(written, asking.length)) {
            judged = lane.score(written, asking, scoring, written.meter());
            open.add(judged);
        } else if (asWritten && asking.length == 0 && Lane.canRead(written)) {
            judged = written;
            lane.read(written, scoring);
        } else {
            readAgain(text.substring(0, kept), asking);
        }
    }

    private void readAgain(String text, int[] asking) {
        int[] tokens = Tokens.concat(lane.tokenizer().encode(text, false), asking);
        if (tokens.length == 0 || !lane.fits(asked, tokens.length)) {
            scoring.result().complete(new float[] {Float.NaN, Float.NaN});
            return;
        }
        judged = lane.score(asked, tokens, scoring, asked.meter());
        open.add(judged);
    }

    /** Returns where the first stop begins; -1 if there is none. */
    private int startOfStop(String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    private int endOfStop(String text) {
        int start = startOfStop(text);
        return start < 0
                ? -1
                : stops.stream()
                        .filter(stop -> text.startsWith(stop, start))
                        .mapToInt(stop -> start + stop.length())
                        .max()
                        .orElse(-1);
    }

    /** The chat with this critique, its likelier verdict and the header of the next turn; null if that does not fit. */
    @Nullable
    Sequence closed() {
        int[] tokens = Fragment.encode(format.closing(!(score < 0.5)), lane.tokenizer());
        if (judged == null || judged.isClosed() || !lane.fits(judged, tokens.length)) {
            return null;
        }
        return lane.append(judged, tokens);
    }

    /** Lets go of what it has written. */
    void close() {
        open.forEach(Sequence::close);
    }
}

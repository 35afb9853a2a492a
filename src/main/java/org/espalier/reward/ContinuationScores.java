package org.espalier.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.Scoring;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Closer;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.prompt.SolvePrompt;

/**
 * How likely a policy finds texts behind prompts. What the prompts begin with in common has its cells once, and each prompt
 * its own once for all texts: all is one prefill. Safe for use by several threads.
 */
public final class ContinuationScores {
    private final Engine engine;
    private final Lane lane;
    private final SolvePrompt prompt;

    /** @param lane of the engine */
    public ContinuationScores(Engine engine, Lane lane, SolvePrompt prompt) {
        this.engine = engine;
        this.lane = lane;
        this.prompt = prompt;
    }

    /**
     * Reads the log-probabilities, in nats, of texts behind each prompt: the sums over their tokens.
     *
     * @param prompts one at least
     * @return on the engine's thread, a list for each prompt; {@link Double#NaN} for a text that does not fit into the context
     * @throws org.espalier.model.TextException if a prompt does not fit
     */
    public CompletableFuture<List<List<Double>>> of(List<Problem> prompts, List<String> texts, Meter meter) {
        return CompletableFuture.completedFuture(prompts)
                .thenComposeAsync(
                        asked -> {
                            Closer closer = new Closer();
                            try {
                                return read(asked, texts, meter, closer)
                                        .whenCompleteAsync((scores, thrown) -> closer.close(), engine);
                            } catch (RuntimeException | Error e) {
                                closer.closeAfter(e);
                                throw e;
                            }
                        },
                        engine);
    }

    private CompletableFuture<List<List<Double>>> read(
            List<Problem> prompts, List<String> texts, Meter meter, Closer closer) {
        List<int[]> tokens = prompts.stream()
                .map(problem -> Tokens.fromBeginning(prompt.render(problem), lane.tokenizer(), lane.maxLength()))
                .toList();
        int shared = shared(tokens);
        Sequence stem = lane.open(Arrays.copyOf(tokens.get(0), shared), meter, Role.PRM);
        closer.add(stem);
        List<CompletableFuture<List<Double>>> all = new ArrayList<>();
        for (int[] each : tokens) {
            all.add(behind(stem, each, texts, meter, closer));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> all.stream().map(CompletableFuture::join).toList());
    }

    /** Tokens that all begin with, but for each one's last, which is computed with each text. */
    private static int shared(List<int[]> tokens) {
        int shared = tokens.stream().mapToInt(each -> each.length - 1).min().orElseThrow();
        int[] first = tokens.get(0);
        for (int[] other : tokens) {
            int differs = Arrays.mismatch(first, 0, shared, other, 0, shared);
            shared = differs < 0 ? shared : differs;
        }
        return shared;
    }

    private CompletableFuture<List<Double>> behind(
            Sequence stem, int[] tokens, List<String> texts, Meter meter, Closer closer) {
        int last = tokens.length - 1;
        int[] own = Arrays.copyOfRange(tokens, stem.length(), last);
        Sequence asked = stem;
        if (own.length > 0) {
            if (!lane.fits(stem, own.length)) {
                return CompletableFuture.completedFuture(
                        texts.stream().map(text -> Double.NaN).toList());
            }
            asked = lane.append(stem, own);
            closer.add(asked);
        }
        List<CompletableFuture<Double>> sums = new ArrayList<>();
        for (String text : texts) {
            sums.add(score(asked, tokens[last], text, meter, closer));
        }
        return CompletableFuture.allOf(sums.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> sums.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<Double> score(Sequence asked, int lastToken, String text, Meter meter, Closer closer) {
        int[] targets = lane.tokenizer().encode(text, false);
        if (targets.length == 0 || !lane.fits(asked, targets.length)) {
            return CompletableFuture.completedFuture(Double.NaN);
        }
        int[] tokens = Tokens.concat(new int[] {lastToken}, Arrays.copyOf(targets, targets.length - 1));
        Scoring scoring = Scoring.ofTargets(targets);
        Sequence child = lane.score(asked, tokens, scoring, meter);
        closer.add(child);
        return scoring.result().thenApply(ContinuationScores::sum);
    }

    /** @param logProbs of each token: its own, then that of the likeliest one */
    private static double sum(float[] logProbs) {
        double sum = 0;
        for (int i = 0; i < logProbs.length; i += 2) {
            sum += logProbs[i];
        }
        return sum;
    }
}

package org.espalier.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.Tokenizer;
import org.espalier.prm.GenerativeFormat;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * A PRM of family C in a lane of its own: for each step it writes critiques, all of them in the lane's batches, and the
 * score is the mean probability of the verdict that follows each ({@code Critique}). Its seeds come from the texts that
 * it reads, so that the same path gets the same score.
 *
 * <p>What a step's question has in common with its siblings' is computed once: the opening and the steps before it or, where
 * the questions are turns of one chat, that chat with its first critiques.
 */
public final class GenerativePrm implements ProcessRewardModel {
    private final Lane lane;
    private final GenerativeFormat format;

    /**
     * @param lane with a vocabulary of {@link #vocabulary}
     * @param runner of the lane; it is told which tokens to watch
     * @throws org.espalier.model.EspalierException if the model lacks the profile's verdict tokens
     */
    public GenerativePrm(Lane lane, ModelRunner runner, GenerativeFormat format) {
        this.lane = lane;
        this.format = format;
        runner.watch(format.profile().verdictTokens(lane.tokenizer()));
    }

    /** The model's vocabulary as this PRM's lane needs it: stops in whose place the verdict is put end a critique. */
    public static Tokenizer vocabulary(Tokenizer tokenizer, GenerativeProfile profile) {
        return profile.keepsStop() ? tokenizer : new StopTokenTokenizer(tokenizer, profile.stops());
    }

    @Override
    public Scope scope() {
        return format.profile().scope();
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        int[] tokens = Tokens.fromBeginning(format.opening(problem), lane.tokenizer(), lane.maxLength());
        long seed = derived(0, problem.text());
        return new Criticised(lane.open(tokens, meter, Role.PRM), Double.NaN, 0, seed);
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        if (!(before instanceof Criticised path)) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        int number = path.steps + 1;
        int[] question = Fragment.encode(format.question(step.text(), number), lane.tokenizer());
        int room = lane.maxLength() - path.sequence.length() - question.length - Critique.reserve(format, lane);
        if (room < 1) {
            return CompletableFuture.completedFuture(NoScore.INSTANCE);
        }
        Sequence asked = lane.append(path.sequence, question);
        Sequence past = past(path, step);
        long seed = derived(path.seed, step.text());
        List<Critique> critiques =
                write(asked, number, Math.min(room, format.profile().maxTokens()), seed);
        CompletableFuture<?>[] verdicts =
                critiques.stream().map(Critique::verdict).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(verdicts).handle((v, failure) -> {
            try {
                if (failure != null) {
                    close(past);
                    throw Futures.unwrapped(failure);
                }
                return judged(number, past, critiques, seed);
            } finally {
                critiques.forEach(Critique::close);
                asked.close();
            }
        });
    }

    private List<Critique> write(Sequence asked, int number, int maxTokens, long seed) {
        GenerativeProfile profile = format.profile();
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Critique> critiques = new ArrayList<>();
        for (int i = 0; i < profile.samples(); i++) {
            StepRequest request = StepRequest.toEnd(profile.critiqueSampling(), seeds.nextLong(), maxTokens);
            critiques.add(Critique.start(lane, format, asked, number, request));
        }
        return critiques;
    }

    private Judgement judged(int number, @Nullable Sequence past, List<Critique> critiques, long seed) {
        double score = critiques.stream()
                .mapToDouble(Critique::score)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
        Sequence next = isOneChat() ? critiques.get(0).closed() : past;
        // Without a sequence no question about another step fits behind it.
        return next == null ? new BareScore(score) : new Criticised(next, score, number, seed);
    }

    private boolean isOneChat() {
        return format.profile().closing() != null;
    }

    /**
     * Returns what the questions about steps behind this one have in common; null in one chat, or if it does not fit.
     */
    private @Nullable Sequence past(Criticised path, Step step) {
        if (isOneChat()) {
            return null;
        }
        int[] tokens = Fragment.encode(format.past(step.text(), path.steps + 1), lane.tokenizer());
        return lane.fits(path.sequence, tokens.length) ? lane.append(path.sequence, tokens) : null;
    }

    private static void close(@Nullable Sequence sequence) {
        if (sequence != null) {
            sequence.close();
        }
    }

    private static long derived(long seed, String text) {
        return new SplittableRandom(31 * seed + text.hashCode()).nextLong();
    }

    /** A judged path, and what the next step's question follows. */
    private record Criticised(Sequence sequence, double score, int steps, long seed) implements Judgement {
        @Override
        public void close() {
            sequence.close();
        }
    }
}

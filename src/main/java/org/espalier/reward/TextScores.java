package org.espalier.reward;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.engine.Scoring;
import org.espalier.model.Meter;
import org.espalier.model.TokenScore;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/** What a policy expects of texts as they are, without a template, token by token. Safe for use by several threads. */
public final class TextScores {
    private final Engine engine;
    private final Lane lane;

    /** @param lane of the engine */
    public TextScores(Engine engine, Lane lane) {
        this.engine = engine;
        this.lane = lane;
    }

    /**
     * Waits for what the policy expects of a text, and behind its end. Not to be called on the engine's thread.
     *
     * @param text of which control tokens are read; null for ids
     * @param ids tokens in the place of a text; empty for the text
     * @return a score for each token, and one for the likeliest token behind them
     * @throws UsageException if the text is empty or longer than the context, or an id is no token
     */
    public List<TokenScore> of(@Nullable String text, List<Integer> ids, Meter meter) {
        Tokenizer tokenizer = lane.tokenizer();
        int[] given = given(text, ids);
        int[] beginning = tokenizer.beginning();
        boolean begun = beginning.length == 0 || given[0] == beginning[0];
        int hidden = begun ? 0 : beginning.length;
        int[] tokens = begun ? given : Tokens.concat(beginning, given);
        if (!lane.fits(tokens.length + 1)) {
            throw new UsageException("the prompt has " + tokens.length + " tokens, but the policy's context holds "
                    + lane.maxLength() + ": send less at a time");
        }
        int[] targets = IntStream.range(0, tokens.length)
                .map(i -> i + 1 < tokens.length ? tokens[i + 1] : 0)
                .toArray();
        Scoring scoring = Scoring.ofTargets(targets);
        float[] read = CompletableFuture.supplyAsync(() -> lane.score(tokens, scoring, meter), engine)
                .thenCompose(
                        sequence -> scoring.result().whenCompleteAsync((values, thrown) -> sequence.close(), engine))
                .join();
        List<TokenScore> scores = new ArrayList<>();
        for (int i = hidden; i <= tokens.length; i++) {
            boolean end = i == tokens.length;
            String likeliest = i == 0 ? null : words(tokenizer, scoring.likeliest()[i - 1]);
            Double top = i == 0 ? null : (double) read[2 * (i - 1) + 1];
            Double own = i == 0 ? null : end ? top : Double.valueOf(read[2 * (i - 1)]);
            scores.add(
                    new TokenScore(end ? String.valueOf(likeliest) : words(tokenizer, tokens[i]), own, likeliest, top));
        }
        return List.copyOf(scores);
    }

    private int[] given(@Nullable String text, List<Integer> ids) {
        Tokenizer tokenizer = lane.tokenizer();
        int[] given = text == null
                ? ids.stream().mapToInt(Integer::intValue).toArray()
                : tokenizer.encode(text, true, lane.maxLength());
        if (given.length == 0) {
            throw new UsageException("there is nothing to score: the prompt is empty");
        }
        for (int id : given) {
            if (id < 0 || id >= tokenizer.size()) {
                throw new UsageException("the policy's vocabulary has no token " + id);
            }
        }
        return given;
    }

    private static String words(Tokenizer tokenizer, int token) {
        return new String(tokenizer.piece(token), StandardCharsets.UTF_8);
    }
}

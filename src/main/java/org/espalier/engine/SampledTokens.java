package org.espalier.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.espalier.engine.Demand.State;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.DrawnTokens;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the tokens that a batch has drawn. Branches of one sequence that drew the same token have the same path, so
 * that their next logits are the same as well: they stay together in a shared sequence ({@link Followers}), and the
 * token is computed once for all of them. Engine thread only.
 */
final class SampledTokens {
    private final Batch batch;
    private final BatchRows rows;
    private final PendingResults results;
    private final Tokenizer tokenizer;
    private final TokenNames names;
    private final Consumer<Sequence> queue;
    /** Which rows' tokens have been taken. */
    private final boolean[] taken;
    /** Which rows' tokens count as not drawn. */
    private final boolean[] withheld;

    private boolean anyWithheld;

    /** @param queue is given what has to be computed next */
    SampledTokens(Batch batch, BatchRows rows, PendingResults results, Tokenizer tokenizer, Consumer<Sequence> queue) {
        this.batch = batch;
        this.rows = rows;
        this.results = results;
        this.tokenizer = tokenizer;
        names = new TokenNames(tokenizer);
        this.queue = queue;
        taken = new boolean[batch.maxRows()];
        withheld = new boolean[batch.maxRows()];
    }

    /**
     * Keeps to the budgets: where a run has drawn more tokens than it may, those steps get them that were asked for
     * first, and the others end where they are.
     */
    void ration() {
        if (anyWithheld) {
            Arrays.fill(withheld, false);
            anyWithheld = false;
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (!withheld[row] && draws(row)) {
                Meter meter = rows.reader(row).meter;
                if (meter.tokensLeft() < batch.rows()) {
                    withhold(meter);
                }
            }
        }
    }

    private void withhold(Meter meter) {
        int[] drawn = IntStream.range(0, batch.rows())
                .filter(row -> !withheld[row] && draws(row) && rows.reader(row).meter == meter)
                .boxed()
                .sorted(Comparator.comparingLong(row -> generation(rows.reader(row)).asked))
                .mapToInt(Integer::intValue)
                .toArray();
        for (long i = Math.max(0, meter.tokensLeft()); i < drawn.length; i++) {
            withheld[drawn[(int) i]] = true;
            anyWithheld = true;
        }
    }

    /** Returns whether a row is a token of a policy's. */
    private boolean draws(int row) {
        if (rows.isIgnored(row)) {
            return false;
        }
        Sequence reader = rows.reader(row);
        return reader.demand.generation() != null && reader.demand.scoring() == null && reader.role == Role.POLICY;
    }

    /** Takes what a sequence that is written alone has drawn. */
    void take(int row) {
        if (withheld[row]) {
            return;
        }
        Sequence reader = rows.reader(row);
        StopReason reason = read(reader, row);
        if (reason != StopReason.EOS) {
            reader.tokens.add(batch.sampledToken(row));
        }
        finish(reader, reason);
    }

    /**
     * Takes what the branches of one sequence have drawn.
     *
     * @param first row of the first of them
     * @return the row after the last
     */
    int takeBranches(int first) {
        Sequence from = Objects.requireNonNull(rows.reader(first).parent());
        int end = first;
        while (end < batch.rows()
                && rows.reader(end).parent() == from
                && rows.reader(end).demand.isParked()) {
            taken[end] = withheld[end];
            end++;
        }
        from.demand.removeBranches(end - first);
        for (int row = first; row < end; row++) {
            if (withheld[row]) {
                from.demand.addBranch(rows.reader(row));
            }
        }
        for (int row = first; row < end; row++) {
            if (!taken[row]) {
                takeAlike(from, row, end);
            }
        }
        return end;
    }

    /** Takes the token of this row, with those that drew the same one after it. */
    private void takeAlike(Sequence from, int first, int end) {
        int token = batch.sampledToken(first);
        int same = 0;
        for (int row = first; row < end; row++) {
            same += !taken[row] && batch.sampledToken(row) == token ? 1 : 0;
        }
        Sequence place = place(from, token, same);
        for (int row = first; row < end; row++) {
            if (!taken[row] && batch.sampledToken(row) == token) {
                taken[row] = true;
                takeBranch(from, place, row);
            }
        }
        if (place == null) {
            return;
        }
        if (place != from) {
            goOn(from, place, place.demand.branches() > 0, same);
        } else if (place.demand.branches() == 0) {
            place.demand.enter(State.PARKED);
        }
    }

    /** Where a token is that so many branches have drawn together; null if they have no token in common. */
    private @Nullable Sequence place(Sequence from, int token, int same) {
        if (tokenizer.isEndOfGeneration(token)) {
            return null;
        }
        if (from.followers != null && from.followers.mayGrowWith(same)) {
            from.tokens.add(token);
            return from;
        }
        return same == 1 ? null : Sequence.shared(from, token);
    }

    /** @param place where the token is already; null if the branch goes on alone or ends the turn */
    private void takeBranch(Sequence from, @Nullable Sequence place, int row) {
        Sequence reader = rows.reader(row);
        StopReason reason = read(reader, row);
        if (place != null) {
            reader.follow(place);
            if (reason == null) {
                place.demand.addBranch(reader);
            }
        } else if (reason != StopReason.EOS) {
            reader.tokens.add(batch.sampledToken(row));
            goOn(from, reader, reason == null, 1);
        }
        finish(reader, reason);
    }

    /**
     * Parts from a sequence.
     *
     * @param next begins where it ends
     * @param wanted whether that is to be computed now
     * @param leaving branches that are in it
     */
    private void goOn(Sequence from, Sequence next, boolean wanted, int leaving) {
        from.fork();
        if (wanted) {
            queue.accept(next);
        }
        from.leave(leaving);
    }

    private @Nullable StopReason read(Sequence reader, int row) {
        if (reader.role == Role.POLICY) {
            reader.meter.add(Count.POLICY_TOKENS, 1);
        }
        Generation generation = generation(reader);
        GrammarPlace place = reader.grammar;
        if (place != null && !generation.request.free()) {
            if (batch.isStuck(row)) {
                return generation.fail(new EspalierException(place.fault()));
            }
            place.state = batch.grammarState(row);
        }
        StopReason reason =
                generation.accept(batch.sampledToken(row), batch.logProb(row), batch.entropy(row), reader.length() + 1);
        DrawnTokens drawn = generation.request.drawn();
        if (drawn != null && reason != StopReason.EOS) {
            keep(row, drawn);
        }
        results.written(reader, generation);
        return reason;
    }

    private void keep(int row, DrawnTokens drawn) {
        drawn.add(batch.sampledToken(row), batch.logProb(row), names);
        for (int i = 0; i < drawn.likeliest(); i++) {
            drawn.put(i, batch.likeliestToken(row, i), batch.likeliestLogProb(row, i));
        }
    }

    private void finish(Sequence reader, @Nullable StopReason reason) {
        if (reason != null) {
            results.generated(reader, generation(reader), reason);
        }
    }

    private static Generation generation(Sequence reader) {
        return Objects.requireNonNull(reader.demand.generation());
    }
}

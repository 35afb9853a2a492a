package org.espalier.engine;

import java.util.List;
import java.util.Objects;
import org.espalier.model.DrawnTokens;
import org.jspecify.annotations.Nullable;

/** The rows of the current batch: for whom each is read, and how many are spoken for. Engine thread only. */
final class BatchRows {
    private final Batch batch;
    /** For whom each row is read, and after which of its positions. */
    private final @Nullable Sequence[] readers;

    private final int[] positions;
    /** Whether nothing is taken from each row. */
    private final boolean[] ignored;

    private final boolean head;
    /** Kept for running sequences that will want a row of their own. */
    private int reserved;

    /** @param head whether the context has a head, and rows read nothing else */
    BatchRows(Batch batch, boolean head) {
        this.batch = batch;
        this.head = head;
        readers = new @Nullable Sequence[batch.maxRows()];
        positions = new int[batch.maxRows()];
        ignored = new boolean[batch.maxRows()];
    }

    /** Keeps a row for each of these that wants one of its own, and for no other. */
    void reserveFor(List<Sequence> running) {
        reserved = 0;
        for (int i = 0; i < running.size(); i++) {
            reserveFor(running.get(i));
        }
    }

    void reserveFor(Sequence sequence) {
        reserved += sequence.demand.wantsOwnRow() ? 1 : 0;
    }

    /** Returns how many are neither used nor kept. */
    int spare() {
        return Math.max(0, batch.maxRows() - batch.rows() - reserved);
    }

    /** Reads a target after the token at this index of the batch. */
    void addTarget(Sequence sequence, int tokenIndex, int position, int target) {
        put(batch.target(tokenIndex, target), sequence, position);
    }

    /**
     * Reads all that is wanted after a sequence's last token, for as many of its branches as there are rows to spare.
     */
    void addLast(Sequence sequence, int tokenIndex) {
        int position = sequence.length() - 1;
        reserved -= sequence.demand.wantsOwnRow() ? 1 : 0;
        Generation generation = sequence.demand.generation();
        if (generation != null) {
            put(sample(tokenIndex, sequence, generation), sequence, position);
        }
        Scoring scoring = sequence.demand.scoring();
        if (scoring != null) {
            put(scoring.askLast(batch, tokenIndex), sequence, position);
        }
        int drawn = Math.min(sequence.demand.branches(), spare());
        for (int i = 0; i < drawn; i++) {
            Sequence child = sequence.demand.branch(i);
            put(sample(tokenIndex, child, Objects.requireNonNull(child.demand.generation())), child, position);
        }
    }

    /** Has a row read after the batch's last token, which is the sequence's at this position, if none is. */
    void addProbe(Sequence sequence, int position) {
        int last = batch.tokens() - 1;
        if (batch.rows() == 0 || batch.tokenIndex(batch.rows() - 1) != last) {
            int row = head ? batch.head(last) : batch.target(last, sequence.tokenAt(position));
            put(row, sequence, position);
            ignored[row] = true;
        }
    }

    private int sample(int tokenIndex, Sequence sequence, Generation generation) {
        GrammarPlace place = sequence.grammar;
        int grammar = place == null || generation.request.free() ? 0 : place.grammar();
        int row = batch.sample(
                tokenIndex,
                generation.request.sampling(),
                generation.request.seed(),
                grammar,
                grammar == 0 || place == null ? 0 : place.state);
        if (generation.changes != null) {
            batch.change(row, generation.changes.number(), sequence.replyStart());
        }
        DrawnTokens drawn = generation.request.drawn();
        if (drawn != null && drawn.likeliest() > 0) {
            batch.askLikeliest(row, drawn.likeliest());
        }
        return row;
    }

    private void put(int row, Sequence reader, int position) {
        readers[row] = reader;
        positions[row] = position;
        ignored[row] = false;
    }

    Sequence reader(int row) {
        return Objects.requireNonNull(readers[row]);
    }

    /** The running sequence that a row's token is of: its reader, or the one that its reader branches off. */
    Sequence computed(int row) {
        Sequence reader = reader(row);
        return reader.demand.isRunning() ? reader : Objects.requireNonNull(reader.parent());
    }

    /** Takes nothing from a row: its sequence may be at fault. */
    void ignore(int row) {
        ignored[row] = true;
    }

    /**
     * Returns whether nothing is taken from a row: it only shows that its token's output is a number, or is to be
     * ignored.
     */
    boolean isIgnored(int row) {
        return ignored[row];
    }

    /** The position whose logits a row has. */
    int position(int row) {
        return positions[row];
    }

    /** Forgets for whom the batch's rows are read. */
    void clear() {
        for (int row = 0; row < batch.rows(); row++) {
            readers[row] = null;
        }
    }
}

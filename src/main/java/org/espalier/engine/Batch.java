package org.espalier.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Objects;
import org.espalier.model.DrawnTokens;
import org.espalier.model.SamplingParams;

/**
 * One engine step's input and output in a single direct buffer of 32-bit words that Java and the native side both
 * address, so that a step crosses JNI once and allocates nothing.
 *
 * <pre>
 *   header   operations      tokens                    rows in                         rows out
 *   8 words  5 words each    4 words each              14 words each                   5 + MAX_WATCHED words each
 *            kind, from, to, token, position,          token index, kind, target,      sampled token, log-probability,
 *            start, end      sequence, wants logits    temperature, topK, topP, minP,  entropy or top log-probability,
 *                                                      seed low, seed high,            watched log-probabilities, status,
 *                                                      grammar, its state,             the grammar's state
 *                                                      changes of the logits, where
 *                                                      the reply begins, likeliest     likeliest tokens: 2 * MAX_LIKELIEST
 *                                                      tokens wanted                   words each, behind all rows out
 * </pre>
 *
 * Several rows may read the logits of one token: that is how siblings draw their first tokens. {@code native/src/
 * batch_words.h} repeats these offsets. Used by the engine's thread only.
 */
public final class Batch {
    /** Likeliest tokens that a row can ask for. */
    public static final int MAX_LIKELIEST = DrawnTokens.MOST_LIKELIEST;

    /** Most token ids that can be watched. */
    public static final int MAX_WATCHED = 8;

    /**
     * Copies and removals that one sequence id can need between two runs: to take back its last token after the run
     * before, to release it, to copy a prefix into it for the next sequence, and to take back that one's last token. A
     * batch needs room for so many for each id.
     */
    public static final int OPERATIONS_PER_SEQUENCE = 4;

    public static final int HEADER_WORDS = 8;
    public static final int OPERATION_WORDS = 5;
    public static final int TOKEN_WORDS = 4;
    public static final int ROW_IN_WORDS = 14;
    public static final int ROW_OUT_WORDS = 5 + MAX_WATCHED;

    private static final int LIKELIEST_WORDS = 2 * MAX_LIKELIEST;

    private static final int OPERATIONS = 0;
    private static final int TOKENS = 1;
    private static final int ROWS = 2;
    private static final int SAMPLING_MICROS = 3;
    private static final int UNREADABLE_ROWS = 4;
    private static final int THREADS = 5;

    private static final int ROW_STATUS = 3 + MAX_WATCHED;
    private static final int GRAMMAR_STATE = ROW_STATUS + 1;

    private static final int NOT_A_NUMBER = 1;
    private static final int STUCK = 2;

    /** The ways to read a row of logits. */
    public enum RowKind {
        /** Draws a token; returns it with its log-probability and the row's entropy (temperature 1, nats). */
        SAMPLE(0),
        /** Returns the log-probabilities of the watched tokens under the full vocabulary. */
        WATCH(1),
        /** Returns the log-probability of a target token, and the most likely token with its own. */
        TARGET(2),
        /** Returns the outputs of the context's head, where it has one: it then reads nothing else. */
        HEAD(3);

        /** The number by which the native side knows it. */
        final int code;

        RowKind(int code) {
            this.code = code;
        }
    }

    /** The ways to change the cache before the decode. */
    public enum OperationKind {
        /**
         * Sequence {@code to} shares positions {@code start..end} (end exclusive) of {@code from}; {@code to} is empty.
         */
        COPY(0),
        /** Sequence {@code to} loses positions {@code start..end} (end exclusive, -1 for all that follow). */
        REMOVE(1);

        /** The number by which the native side knows it. */
        final int code;

        OperationKind(int code) {
            this.code = code;
        }
    }

    private final int maxOperations;
    private final int maxTokens;
    private final int maxRows;
    private final int tokensAt;
    private final int rowsInAt;
    private final int rowsOutAt;
    private final int likeliestAt;
    private final ByteBuffer bytes;
    private final IntBuffer words;
    private int operations;
    private int tokens;
    private int rows;

    public Batch(int maxOperations, int maxTokens, int maxRows) {
        this.maxOperations = maxOperations;
        this.maxTokens = maxTokens;
        this.maxRows = maxRows;
        tokensAt = HEADER_WORDS + maxOperations * OPERATION_WORDS;
        rowsInAt = tokensAt + maxTokens * TOKEN_WORDS;
        rowsOutAt = rowsInAt + maxRows * ROW_IN_WORDS;
        likeliestAt = rowsOutAt + maxRows * ROW_OUT_WORDS;
        bytes = ByteBuffer.allocateDirect(4 * (likeliestAt + maxRows * LIKELIEST_WORDS))
                .order(ByteOrder.nativeOrder());
        words = bytes.asIntBuffer();
    }

    /** The shared memory, for the native side. */
    public ByteBuffer bytes() {
        return bytes;
    }

    public int maxOperations() {
        return maxOperations;
    }

    public int maxTokens() {
        return maxTokens;
    }

    public int maxRows() {
        return maxRows;
    }

    public void clear() {
        operations = 0;
        tokens = 0;
        rows = 0;
        publish();
    }

    public boolean isEmpty() {
        return tokens == 0 && operations == 0;
    }

    public int operations() {
        return operations;
    }

    public int tokens() {
        return tokens;
    }

    public int rows() {
        return rows;
    }

    public void copy(int from, int to, int end) {
        operation(OperationKind.COPY, from, to, 0, end);
    }

    public void remove(int sequence, int start) {
        operation(OperationKind.REMOVE, sequence, sequence, start, -1);
    }

    private void operation(OperationKind kind, int from, int to, int start, int end) {
        checkRoom(operations, maxOperations, "operations");
        int at = HEADER_WORDS + operations++ * OPERATION_WORDS;
        words.put(at, kind.code)
                .put(at + 1, from)
                .put(at + 2, to)
                .put(at + 3, start)
                .put(at + 4, end);
        publish();
    }

    /**
     * Adds a token and returns its index, which rows refer to.
     *
     * @throws IllegalStateException if the batch is full
     */
    public int add(int token, int position, int sequence) {
        checkRoom(tokens, maxTokens, "tokens");
        int at = tokensAt + tokens * TOKEN_WORDS;
        words.put(at, token).put(at + 1, position).put(at + 2, sequence).put(at + 3, 0);
        int index = tokens++;
        publish();
        return index;
    }

    /**
     * Asks for a token drawn after the token at this index. Returns the row.
     *
     * @throws IllegalStateException if all rows are taken
     */
    public int sample(int tokenIndex, SamplingParams sampling, long seed) {
        return sample(tokenIndex, sampling, seed, 0, 0);
    }

    /**
     * Asks for a token drawn after the token at this index, as a grammar allows it. Returns the row.
     *
     * @param grammar of {@link ModelRunner#openGrammar}; 0 for none
     * @param state where in the grammar the text has come to; 0 at its beginning
     * @throws IllegalStateException if all rows are taken
     */
    public int sample(int tokenIndex, SamplingParams sampling, long seed, int grammar, int state) {
        int row = row(tokenIndex, RowKind.SAMPLE, -1);
        int at = rowsInAt + row * ROW_IN_WORDS;
        words.put(at + 3, Float.floatToRawIntBits((float) sampling.temperature()))
                .put(at + 4, sampling.topK())
                .put(at + 5, Float.floatToRawIntBits((float) sampling.topP()))
                .put(at + 6, Float.floatToRawIntBits((float) sampling.minP()))
                .put(at + 7, (int) seed)
                .put(at + 8, (int) (seed >>> 32))
                .put(at + 9, grammar)
                .put(at + 10, state)
                .put(at + 11, 0)
                .put(at + 12, 0)
                .put(at + 13, 0);
        return row;
    }

    /**
     * Has a row's token drawn from changed logits.
     *
     * @param changes of {@link ModelRunner#openChanges}
     * @param reply position at which the reply begins that they count tokens of
     */
    public void change(int row, int changes, int reply) {
        int at = rowsInAt + row * ROW_IN_WORDS;
        words.put(at + 11, changes).put(at + 12, reply);
    }

    /** Also has a row whose token is drawn tell so many of the likeliest ones, {@value #MAX_LIKELIEST} at most. */
    public void askLikeliest(int row, int count) {
        words.put(rowsInAt + row * ROW_IN_WORDS + 13, count);
    }

    /** Asks for the watched tokens' log-probabilities after the token at this index. Returns the row. */
    public int watch(int tokenIndex) {
        return row(tokenIndex, RowKind.WATCH, -1);
    }

    /** Asks for one token's log-probability, and for the most likely token, after the token at this index. Returns the row. */
    public int target(int tokenIndex, int target) {
        return row(tokenIndex, RowKind.TARGET, target);
    }

    /** Asks for the head's outputs at the token at this index. Returns the row. */
    public int head(int tokenIndex) {
        return row(tokenIndex, RowKind.HEAD, -1);
    }

    private int row(int tokenIndex, RowKind kind, int target) {
        checkRoom(rows, maxRows, "rows");
        Objects.checkIndex(tokenIndex, tokens);
        words.put(tokensAt + tokenIndex * TOKEN_WORDS + 3, 1);
        int at = rowsInAt + rows * ROW_IN_WORDS;
        words.put(at, tokenIndex).put(at + 1, kind.code).put(at + 2, target);
        int row = rows++;
        publish();
        return row;
    }

    /** Each region ends where the next begins: one that overflowed would change what another one says. */
    private static void checkRoom(int used, int max, String what) {
        if (used >= max) {
            throw new IllegalStateException("a batch holds " + max + " " + what + " at most");
        }
    }

    /** Index of the token that a row reads after. */
    int tokenIndex(int row) {
        return words.get(rowsInAt + row * ROW_IN_WORDS);
    }

    private void publish() {
        words.put(OPERATIONS, operations).put(TOKENS, tokens).put(ROWS, rows);
    }

    /**
     * Returns the time in microseconds that the native side took to read the rows of the batch that it ran last,
     * sampling included.
     */
    public int samplingMicros() {
        return words.get(SAMPLING_MICROS);
    }

    /** Returns how many threads computed the batch that was run last. */
    public int threads() {
        return words.get(THREADS);
    }

    /** Returns how many rows of the batch that was run last hold no finite number. */
    public int unreadableRows() {
        return words.get(UNREADABLE_ROWS);
    }

    /** Returns whether the row holds finite numbers. Where it does not, its other words mean nothing. */
    public boolean isReadable(int row) {
        return words.get(rowsOutAt + row * ROW_OUT_WORDS + ROW_STATUS) != NOT_A_NUMBER;
    }

    /** Returns whether the row's grammar allowed no token; its other words then mean nothing. */
    public boolean isStuck(int row) {
        return words.get(rowsOutAt + row * ROW_OUT_WORDS + ROW_STATUS) == STUCK;
    }

    /** Where in its grammar a row with one has come to with its token. */
    public int grammarState(int row) {
        return words.get(rowsOutAt + row * ROW_OUT_WORDS + GRAMMAR_STATE);
    }

    /** The sampled token, or the most likely one of a {@link RowKind#TARGET} row. */
    public int sampledToken(int row) {
        return words.get(rowsOutAt + row * ROW_OUT_WORDS);
    }

    /** Log-probability of the sampled token, or of the target. */
    public float logProb(int row) {
        return Float.intBitsToFloat(words.get(rowsOutAt + row * ROW_OUT_WORDS + 1));
    }

    public float entropy(int row) {
        return Float.intBitsToFloat(words.get(rowsOutAt + row * ROW_OUT_WORDS + 2));
    }

    /** One of the likeliest tokens that a row was asked for, the likeliest first; negative if there are no more. */
    public int likeliestToken(int row, int place) {
        return words.get(likeliestAt + row * LIKELIEST_WORDS + 2 * place);
    }

    public float likeliestLogProb(int row, int place) {
        return Float.intBitsToFloat(words.get(likeliestAt + row * LIKELIEST_WORDS + 2 * place + 1));
    }

    /** Log-probability of the most likely token of a {@link RowKind#TARGET} row. */
    public float topLogProb(int row) {
        return entropy(row);
    }

    /** One of the outputs of a {@link RowKind#HEAD} row, which travel in the words of watched tokens. */
    public float headOutput(int row, int index) {
        return watchedLogProb(row, index);
    }

    public float watchedLogProb(int row, int index) {
        return Float.intBitsToFloat(words.get(rowsOutAt + row * ROW_OUT_WORDS + 3 + index));
    }
}

package org.espalier.engine;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.ToIntBiFunction;
import java.util.stream.IntStream;
import org.espalier.model.EspalierException;
import org.espalier.model.LogitChanges;
import org.espalier.model.UsageException;

/**
 * A context without a model: it keeps every sequence's cells as llama.cpp would, fails on what llama.cpp would refuse, and
 * answers with {@link ToyModel}, whose output depends on the whole path. A sequence that shares the wrong cells therefore
 * gives the wrong text.
 */
public final class FakeRunner implements ModelRunner {
    static final int NO_TOKEN = Integer.MIN_VALUE;

    /** A cell, which any number of sequences hold. */
    private static final class Identity {
        private final int token;
        private int holders;

        Identity(int token) {
            this.token = token;
        }
    }

    final Queue<Outcome> outcomes = new ArrayDeque<>();
    public final List<Integer> batchSizes = new ArrayList<>();
    /** Thrown by every run from here on. */
    RuntimeException failure;
    /** Whether the next run comes to nothing that there is a name for. */
    boolean noOutcome;
    /** Thrown by the next run of several sequences together. */
    Throwable failureOfMany;
    /**
     * A token whose cell is not a number. In one cache for all it spoils every row that is computed while it is there, also
     * when no sequence has it any more, as llama.cpp's does without flash attention.
     */
    int spoilt = NO_TOKEN;

    boolean contagious = true;
    /** A token for which the backend fails. */
    int refused = NO_TOKEN;

    public Runnable onRun = () -> {};
    /** Draws the token after a path for a seed. */
    public ToIntBiFunction<int[], Long> next = ToyModel::next;

    boolean closed;
    long deadlineNanos;
    int clears;
    int interrupts;

    private final Capacity capacity;
    private final Batch batch;
    private final Map<Integer, List<Identity>> sequences = new HashMap<>();
    /** Of each grammar how long the prompt is, and how many tokens it allows. */
    private final Map<Integer, int[]> grammars = new HashMap<>();

    private int grammarsOpened;
    private final Map<Integer, LogitChanges> changes = new HashMap<>();
    private int changesOpened;
    private int watched;
    private int liveCells;
    private boolean isSpoilt;

    FakeRunner(Capacity capacity) {
        this(
                capacity,
                new Batch(
                        Batch.OPERATIONS_PER_SEQUENCE * capacity.maxSequences(),
                        capacity.maxBatchTokens(),
                        Math.max(8, capacity.maxSequences())));
    }

    FakeRunner(Capacity capacity, Batch batch) {
        this.capacity = capacity;
        this.batch = batch;
    }

    public static FakeRunner unified(int cells, int maxSequences) {
        return new FakeRunner(new Capacity(cells, maxSequences, cells, 64, true, true));
    }

    int liveCells() {
        return liveCells;
    }

    private List<Identity> cells(int sequence) {
        return sequences.computeIfAbsent(sequence, id -> new ArrayList<>());
    }

    private void add(List<Identity> cells, Identity cell) {
        cells.add(cell);
        liveCells += cell.holders++ == 0 ? 1 : 0;
    }

    private void removeLast(List<Identity> cells) {
        Identity cell = cells.remove(cells.size() - 1);
        liveCells -= --cell.holders == 0 ? 1 : 0;
    }

    private void forget() {
        sequences.clear();
        liveCells = 0;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public Capacity capacity() {
        return capacity;
    }

    @Override
    public Batch batch() {
        return batch;
    }

    @Override
    public void watch(List<Integer> tokenIds) {
        watched = tokenIds.size();
    }

    @Override
    public Outcome run(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
        onRun.run();
        throwPlanned();
        if (noOutcome) {
            noOutcome = false;
            return null;
        }
        IntBuffer words =
                batch.bytes().duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
        applyOperations(words);
        Outcome planned = outcomes.poll();
        if (planned != null && planned != Outcome.DONE) {
            if (planned == Outcome.CLEARED) {
                forget();
            }
            return planned;
        }
        int tokens = words.get(1);
        if (capacity.unified() && liveCells() + tokens > capacity.cells()) {
            return Outcome.NO_SPACE;
        }
        batchSizes.add(tokens);
        decode(words, tokens);
        readRows(words);
        return Outcome.DONE;
    }

    private void throwPlanned() {
        if (failure != null) {
            throw failure;
        }
        if (failureOfMany != null && isOfMany()) {
            Throwable planned = failureOfMany;
            failureOfMany = null;
            if (planned instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) planned;
        }
    }

    private boolean isOfMany() {
        IntBuffer words =
                batch.bytes().duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
        return IntStream.range(0, batch.tokens())
                        .map(i -> words.get(tokensAt() + i * Batch.TOKEN_WORDS + 2))
                        .distinct()
                        .count()
                > 1;
    }

    private void applyOperations(IntBuffer words) {
        for (int i = 0; i < words.get(0); i++) {
            int at = Batch.HEADER_WORDS + i * Batch.OPERATION_WORDS;
            int from = words.get(at + 1);
            require(from >= 0 && from < capacity.maxSequences(), "an operation's source is " + from);
            List<Identity> target = cells(words.get(at + 2));
            if (words.get(at) == Batch.OperationKind.COPY.code) {
                int end = words.get(at + 4);
                List<Identity> source = cells(from);
                require(target.isEmpty(), "a sequence is copied into that has cells");
                require(source.size() >= end, "more is copied than there is");
                require(capacity.partialCopy() || source.size() == end, "a part is copied");
                for (int cell = 0; cell < end; cell++) {
                    add(target, source.get(cell));
                }
            } else {
                int start = words.get(at + 3);
                require(start == 0 || capacity.partialCopy(), "a part is removed");
                while (target.size() > start) {
                    removeLast(target);
                }
            }
        }
    }

    private int tokensAt() {
        return Batch.HEADER_WORDS + batch.maxOperations() * Batch.OPERATION_WORDS;
    }

    private void decode(IntBuffer words, int tokens) {
        for (int i = 0; i < tokens; i++) {
            int at = tokensAt() + i * Batch.TOKEN_WORDS;
            int token = words.get(at);
            int sequence = words.get(at + 2);
            require(sequence >= 0 && sequence < capacity.maxSequences(), "a token is of sequence " + sequence);
            List<Identity> cells = cells(sequence);
            require(words.get(at + 1) == cells.size(), "a token has not the next position");
            if (token == refused) {
                // Some of the batch is in the cache, and some is not.
                throw new EspalierException("cannot decode the batch: no such token");
            }
            isSpoilt |= token == spoilt;
            add(cells, new Identity(token));
        }
    }

    /** The tokens of a sequence up to one of the batch. */
    private int[] path(IntBuffer words, int tokenIndex) {
        int at = tokensAt() + tokenIndex * Batch.TOKEN_WORDS;
        List<Identity> cells = cells(words.get(at + 2));
        int[] path = new int[words.get(at + 1) + 1];
        for (int i = 0; i < path.length; i++) {
            path[i] = cells.get(i).token;
        }
        return path;
    }

    private void readRows(IntBuffer words) {
        int rowsIn = Batch.HEADER_WORDS
                + batch.maxOperations() * Batch.OPERATION_WORDS
                + batch.maxTokens() * Batch.TOKEN_WORDS;
        int unreadable = 0;
        int rowsOut = rowsIn + batch.maxRows() * Batch.ROW_IN_WORDS;
        for (int row = 0; row < words.get(2); row++) {
            int in = rowsIn + row * Batch.ROW_IN_WORDS;
            int out = rowsOut + row * Batch.ROW_OUT_WORDS;
            int[] path = path(words, words.get(in));
            boolean readable = !isSpoilt(path);
            words.put(out + 3 + Batch.MAX_WATCHED, readable ? 0 : 1);
            if (!readable) {
                unreadable++;
                for (int i = 0; i < 3 + Batch.MAX_WATCHED; i++) {
                    words.put(out + i, Float.floatToRawIntBits(Float.NaN));
                }
                continue;
            }
            if (words.get(in + 1) == Batch.RowKind.SAMPLE.code) {
                long seed = (words.get(in + 7) & 0xffffffffL) | ((long) words.get(in + 8) << 32);
                words.put(out, next.applyAsInt(path, seed));
                words.put(out + 1, Float.floatToRawIntBits(-1f));
                words.put(out + 2, Float.floatToRawIntBits(0.5f));
                readGrammar(words, in, out, path);
                readChanges(words, in);
                writeLikeliest(words, row, in, out);
            } else if (words.get(in + 1) == Batch.RowKind.TARGET.code) {
                words.put(out + 1, Float.floatToRawIntBits(ToyModel.logProb(path, words.get(in + 2))));
                words.put(out + 2, Float.floatToRawIntBits(-1f));
            } else {
                for (int i = 0; i < watched; i++) {
                    words.put(out + 3 + i, Float.floatToRawIntBits(ToyModel.logProb(path, i)));
                }
            }
        }
        words.put(4, unreadable);
    }

    /** A reply begins where the changes are told that it does, as how far they look back. */
    private void readChanges(IntBuffer words, int in) {
        int number = words.get(in + 11);
        if (number == 0) {
            return;
        }
        LogitChanges known = changes.get(number);
        if (known == null || !Integer.valueOf(words.get(in + 12)).equals(known.repeatLastN())) {
            throw new IllegalStateException("changes " + number + " of a reply that begins at " + words.get(in + 12));
        }
    }

    /** The drawn token alone is likely. */
    private void writeLikeliest(IntBuffer words, int row, int in, int out) {
        int at = words.capacity() - (batch.maxRows() - row) * 2 * Batch.MAX_LIKELIEST;
        for (int i = 0; i < words.get(in + 13); i++) {
            words.put(at + 2 * i, i == 0 ? words.get(out) : -1);
            words.put(at + 2 * i + 1, words.get(out + 1));
        }
    }

    @Override
    public int openChanges(LogitChanges given) {
        if (given.biases().keySet().stream().anyMatch(token -> token >= new ToyModel().size())) {
            throw new UsageException("a token is not in the vocabulary");
        }
        changes.put(++changesOpened, given);
        return changesOpened;
    }

    @Override
    public void closeChanges(int number) {
        changes.remove(number);
    }

    /** Changes that have been opened and not closed. */
    public int openChanges() {
        return changes.size();
    }

    /** A place in a grammar is how many tokens have been drawn. */
    private void readGrammar(IntBuffer words, int in, int out, int[] path) {
        int grammar = words.get(in + 9);
        if (grammar == 0) {
            return;
        }
        int[] bounds = grammars.get(grammar);
        int place = words.get(in + 10);
        if (bounds == null || place != path.length - bounds[0]) {
            throw new IllegalStateException(
                    "grammar " + grammar + " is at " + place + " after " + path.length + " tokens");
        }
        boolean stuck = place >= bounds[1];
        words.put(out + 3 + Batch.MAX_WATCHED, stuck ? 2 : 0);
        words.put(out + 4 + Batch.MAX_WATCHED, place + 1);
    }

    /** @param text tokens of the prompt, and how many tokens may be drawn */
    @Override
    public int openGrammar(String text) {
        int[] bounds =
                Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
        grammars.put(++grammarsOpened, bounds);
        return grammarsOpened;
    }

    @Override
    public void closeGrammar(int grammar) {
        grammars.remove(grammar);
    }

    /** Grammars that have been opened and not closed. */
    public int openGrammars() {
        return grammars.size();
    }

    private boolean isSpoilt(int[] path) {
        return capacity.unified() && contagious ? isSpoilt : IntStream.of(path).anyMatch(token -> token == spoilt);
    }

    @Override
    public void clear() {
        clears++;
        forget();
        isSpoilt = false;
    }

    @Override
    public void interrupt() {
        interrupts++;
    }

    @Override
    public void close() {
        closed = true;
    }
}

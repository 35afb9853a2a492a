package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.ToIntBiFunction;

/**
 * A context without a model: it keeps every sequence's cells as llama.cpp would, fails on what llama.cpp would refuse, and
 * answers with {@link ToyModel}, whose output depends on the whole path. A sequence that shares the wrong cells therefore
 * gives the wrong text.
 */
final class FakeRunner implements ModelRunner {
    private record Cell(int token, int position) {}

    private static final class Identity {
        private final Cell cell;

        Identity(Cell cell) {
            this.cell = cell;
        }
    }

    final Queue<Outcome> outcomes = new ArrayDeque<>();
    final List<Integer> batchSizes = new ArrayList<>();
    RuntimeException failure;
    Runnable onRun = () -> {};
    /** Draws the token after a path for a seed. */
    ToIntBiFunction<int[], Long> next = ToyModel::next;

    boolean closed;
    long deadlineNanos;
    int interrupts;

    private final Capacity capacity;
    private final Batch batch;
    private final Map<Integer, List<Identity>> sequences = new HashMap<>();
    private int watched;

    FakeRunner(Capacity capacity) {
        this(capacity, new Batch(4096, capacity.maxBatchTokens(), Math.max(8, capacity.maxSequences())));
    }

    FakeRunner(Capacity capacity, Batch batch) {
        this.capacity = capacity;
        this.batch = batch;
    }

    static FakeRunner unified(int cells, int maxSequences) {
        return new FakeRunner(new Capacity(cells, maxSequences, cells, 64, true, true));
    }

    int liveCells() {
        Set<Identity> cells = new HashSet<>();
        sequences.values().forEach(cells::addAll);
        return cells.size();
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
        if (failure != null) {
            throw failure;
        }
        IntBuffer words =
                batch.bytes().duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
        applyOperations(words);
        Outcome planned = outcomes.poll();
        if (planned != null && planned != Outcome.DONE) {
            if (planned == Outcome.CLEARED) {
                sequences.clear();
            }
            return planned;
        }
        int tokens = words.get(1);
        if (capacity.unified() && liveCells() + tokens > capacity.cells()) {
            return Outcome.NO_SPACE;
        }
        batchSizes.add(tokens);
        List<int[]> paths = decode(words, tokens);
        readRows(words, paths);
        return Outcome.DONE;
    }

    private void applyOperations(IntBuffer words) {
        for (int i = 0; i < words.get(0); i++) {
            int at = Batch.HEADER_WORDS + i * Batch.OPERATION_WORDS;
            int from = words.get(at + 1);
            int to = words.get(at + 2);
            assertThat(from).as("an operation's source").isBetween(0, capacity.maxSequences() - 1);
            List<Identity> target = sequences.computeIfAbsent(to, id -> new ArrayList<>());
            if (words.get(at) == Batch.OperationKind.COPY.code) {
                int end = words.get(at + 4);
                assertThat(target).as("sequence %d is copied into", to).isEmpty();
                assertThat(sequences.get(from)).hasSizeGreaterThanOrEqualTo(end);
                if (!capacity.partialCopy()) {
                    assertThat(sequences.get(from)).hasSize(end);
                }
                target.addAll(sequences.get(from).subList(0, end));
            } else {
                int start = words.get(at + 3);
                if (start > 0) {
                    assertThat(capacity.partialCopy()).isTrue();
                }
                while (target.size() > start) {
                    target.remove(target.size() - 1);
                }
            }
        }
    }

    private List<int[]> decode(IntBuffer words, int tokens) {
        int tokensAt = Batch.HEADER_WORDS + batch.maxOperations() * Batch.OPERATION_WORDS;
        List<int[]> paths = new ArrayList<>();
        for (int i = 0; i < tokens; i++) {
            int at = tokensAt + i * Batch.TOKEN_WORDS;
            List<Identity> cells = sequences.computeIfAbsent(words.get(at + 2), id -> new ArrayList<>());
            assertThat(words.get(at + 2)).isBetween(0, capacity.maxSequences() - 1);
            assertThat(words.get(at + 1)).as("position").isEqualTo(cells.size());
            cells.add(new Identity(new Cell(words.get(at), words.get(at + 1))));
            paths.add(cells.stream().mapToInt(identity -> identity.cell.token()).toArray());
        }
        return paths;
    }

    private void readRows(IntBuffer words, List<int[]> paths) {
        int rowsIn = Batch.HEADER_WORDS
                + batch.maxOperations() * Batch.OPERATION_WORDS
                + batch.maxTokens() * Batch.TOKEN_WORDS;
        int rowsOut = rowsIn + batch.maxRows() * Batch.ROW_IN_WORDS;
        for (int row = 0; row < words.get(2); row++) {
            int in = rowsIn + row * Batch.ROW_IN_WORDS;
            int out = rowsOut + row * Batch.ROW_OUT_WORDS;
            int[] path = paths.get(words.get(in));
            if (words.get(in + 1) == Batch.RowKind.SAMPLE.code) {
                long seed = (words.get(in + 7) & 0xffffffffL) | ((long) words.get(in + 8) << 32);
                words.put(out, next.applyAsInt(path, seed));
                words.put(out + 1, Float.floatToRawIntBits(-1f));
                words.put(out + 2, Float.floatToRawIntBits(0.5f));
            } else if (words.get(in + 1) == Batch.RowKind.TARGET.code) {
                words.put(out + 1, Float.floatToRawIntBits(ToyModel.logProb(path, words.get(in + 2))));
                words.put(out + 2, Float.floatToRawIntBits(-1f));
            } else {
                for (int i = 0; i < watched; i++) {
                    words.put(out + 3 + i, Float.floatToRawIntBits(ToyModel.logProb(path, i)));
                }
            }
        }
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

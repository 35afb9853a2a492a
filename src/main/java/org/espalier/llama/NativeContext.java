package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.Attention;
import org.espalier.model.EspalierException;
import org.espalier.model.LogitChanges;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.espalier.prm.DenseHead;
import org.jspecify.annotations.Nullable;

/**
 * A cache of keys and values and the means to decode into it. Used by one thread, but {@link #interrupt} is for any. It
 * keeps its model open.
 */
public final class NativeContext extends NativeHandle {
    private static final int STATE_MAGIC = 0x45535031;
    private static final int STATE_HEADER = 2 * Integer.BYTES;

    private final NativeModel model;
    private final Batch batch;
    private final Capacity capacity;
    private @Nullable NativeAdapter adapter;

    private final int headClasses;

    private NativeContext(long handle, NativeModel model, Batch batch, @Nullable DenseHead head) {
        super(handle, "the context of " + model.file().getFileName());
        this.model = model;
        this.batch = batch;
        headClasses = head == null ? 0 : head.classes();
        MappedFiles mapped = model.mapped();
        if (mapped != null) {
            mapped.guard(handle);
        }
        Capacity own = capacity(handle);
        int trained = model.trainedContext() > 0 ? model.trainedContext() : Integer.MAX_VALUE;
        capacity = own.withMaxTokensPerSequence(Math.min(own.maxTokensPerSequence(), trained));
    }

    /**
     * Opens a context.
     *
     * @throws EspalierException if it would not fit into memory, or the model does not generate text
     */
    public static NativeContext open(NativeModel model, ContextOptions options) {
        return open(model, options, null);
    }

    /**
     * Opens a context that reads a head in place of logits.
     *
     * @param head null to read logits
     * @throws EspalierException if it would not fit into memory, the model does not generate text, or the head is for other
     *     hidden states than its
     */
    public static NativeContext open(NativeModel model, ContextOptions options, @Nullable DenseHead head) {
        if (model.layers() == 0) {
            throw new EspalierException("only the vocabulary of " + model.file() + " is loaded");
        }
        checkMemory(model, options);
        checkWidth(model, head);
        int batchTokens = Math.min(options.batchTokens(), options.cells());
        Batch batch = new Batch(Batch.OPERATIONS_PER_SEQUENCE * options.maxSequences(), batchTokens, options.maxRows());
        long modelHandle = model.acquire();
        long handle = 0;
        try {
            handle = open(
                    modelHandle,
                    head == null ? 0 : makeHead(head),
                    options.cells(),
                    options.maxSequences(),
                    options.unified(),
                    options.threads(),
                    options.adaptThreads(),
                    typeCode(options.cacheType()),
                    options.flashAttention(),
                    options.attention() == Attention.TREE,
                    batch.bytes(),
                    batch.maxOperations(),
                    batch.maxTokens(),
                    batch.maxRows());
        } finally {
            if (handle == 0) {
                model.release();
            }
        }
        if (handle == 0) {
            throw StatusMapper.failure("open a context of " + options.cells() + " tokens");
        }
        return new NativeContext(handle, model, batch, head);
    }

    private static void checkWidth(NativeModel model, @Nullable DenseHead head) {
        if (head != null && head.width() != model.embeddingSize()) {
            throw new EspalierException("the PRM's head is for hidden states of " + head.width() + " numbers, but "
                    + model.file().getFileName() + " has " + model.embeddingSize() + ": give the model's own head");
        }
    }

    private static long makeHead(DenseHead head) {
        long handle = makeHead(
                head.width(), head.middle(), head.classes(), head.hasMiddleBias(), head.hasClassBias(), head.weights());
        if (handle == 0) {
            throw StatusMapper.failure("use the PRM's head");
        }
        return handle;
    }

    /** As {@code native_context.cpp} has them. */
    private static int typeCode(ContextOptions.CacheType type) {
        return switch (type) {
            case F16 -> 0;
            case Q8_0 -> 1;
            case F32 -> 2;
        };
    }

    /** Linux hands out memory that it does not have and kills the process that then uses it, so this asks first. */
    private static void checkMemory(NativeModel model, ContextOptions options) {
        long cells = model.bytesPerCell(options.cacheType()) * options.roundedCells();
        int rows = Math.max(Math.min(options.maxRows(), options.batchTokens()), options.maxSequences());
        // Once where the graph computes them, once where they are read.
        long logits = 2L * Float.BYTES * rows * model.vocabularySize();
        double gpuShare = NativeLibrary.hasGpu() ? model.gpuShare() : 0;
        long onGpu = (long) (cells * gpuShare);
        if (onGpu > 0) {
            checkMemory(options, "on the GPU", onGpu, NativeLibrary.gpuBytesFree());
        }
        checkMemory(options, "here", cells - onGpu + logits, AvailableMemory.bytes());
    }

    private static void checkMemory(ContextOptions options, String where, long needed, long available) {
        if (needed > available) {
            throw new EspalierException(Wording.of(
                    "a context of %d tokens needs %d MB %s, but %d MB are free: lower %s or %s, or give a smaller %s or %s",
                    options.cells(),
                    megabytes(needed),
                    where,
                    megabytes(available),
                    Parameter.of("n"),
                    Parameter.of("maxTokens"),
                    Parameter.of("memory"),
                    Parameter.of("context")));
        }
    }

    /**
     * Computes with an adapter from here on, which it keeps open. To be called once, before anything is in the cache.
     *
     * @throws EspalierException if the adapter is another model's, or llama.cpp fails
     */
    public void adapt(NativeAdapter lora) {
        if (adapter != null) {
            throw new IllegalStateException("this context has an adapter already");
        }
        if (lora.model() != model) {
            throw new EspalierException(
                    "the adapter " + lora.file() + " was loaded for another model than " + model.file());
        }
        long handle = acquire();
        try {
            long adapterHandle = lora.acquire();
            adapter = lora;
            StatusMapper.check(
                    NativeAdapter.apply(adapterHandle, handle),
                    "apply the adapter " + lora.file() + " to " + model.file().getFileName());
        } finally {
            release();
        }
    }

    private static long megabytes(long bytes) {
        return bytes / 1_000_000;
    }

    public Capacity capacity() {
        return capacity;
    }

    /** Outputs of the head; 0 if logits are read. */
    public int headClasses() {
        return headClasses;
    }

    /** Operations of tree attention that were computed so far; empty if llama.cpp's own attention runs. */
    public OptionalLong attentionOperations() {
        long handle = acquire();
        try {
            long operations = attentionOperations(handle);
            return operations < 0 ? OptionalLong.empty() : OptionalLong.of(operations);
        } finally {
            release();
        }
    }

    /** Why llama.cpp's own attention runs though tree attention was asked for; empty if neither is so. */
    public String whyStockAttention() {
        long handle = acquire();
        try {
            return new String(whyStockAttention(handle), UTF_8);
        } finally {
            release();
        }
    }

    /** The batch whose buffers {@link #run} reads and writes; always the same one. */
    public Batch batch() {
        return batch;
    }

    /**
     * Sets the tokens whose log-probabilities a {@link Batch.RowKind#WATCH} row returns.
     *
     * @throws EspalierException if there are more than {@link Batch#MAX_WATCHED} or one is not in the vocabulary
     */
    public void watch(List<Integer> tokenIds) {
        int[] ids = tokenIds.stream().mapToInt(Integer::intValue).toArray();
        long handle = acquire();
        try {
            StatusMapper.check(watch(handle, ids), "watch these tokens");
        } finally {
            release();
        }
    }

    /**
     * Prepares a grammar in llama.cpp's notation for rows that are drawn, and returns its number.
     *
     * @throws UsageException if it is no grammar, in one line
     */
    public int openGrammar(String text) {
        long handle = acquire();
        try {
            int grammar = openGrammar(handle, text.getBytes(UTF_8));
            if (grammar == 0) {
                throw new UsageException(
                        List.of(Violation.of("grammar", "%s cannot be used: %s", NativeLibrary.message())));
            }
            return grammar;
        } finally {
            release();
        }
    }

    /** Forgets a grammar, which no row may have any more. */
    public void closeGrammar(int grammar) {
        long handle = acquire();
        try {
            closeGrammar(handle, grammar);
        } finally {
            release();
        }
    }

    /** Returns why a grammar allows nothing for a reason of its own; empty if it has none. */
    public String grammarFault(int grammar) {
        long handle = acquire();
        try {
            byte[] fault = grammarFault(handle, grammar);
            return fault == null ? "" : new String(fault, UTF_8);
        } finally {
            release();
        }
    }

    /**
     * Prepares changes of logits for rows that are drawn, and returns their number.
     *
     * @throws UsageException if they are about a token that is not in the vocabulary
     */
    public int openChanges(LogitChanges changes) {
        Map<Integer, Double> biases = changes.biases();
        int[] ids = biases.keySet().stream().mapToInt(Integer::intValue).toArray();
        float[] values = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            values[i] = biases.getOrDefault(ids[i], 0.0).floatValue();
        }
        long handle = acquire();
        try {
            int opened = openChanges(
                    handle,
                    or(changes.presencePenalty(), 0),
                    or(changes.frequencyPenalty(), 0),
                    or(changes.repeatPenalty(), 1),
                    changes.repeatLastN() == null ? LogitChanges.USUAL_LAST_N : changes.repeatLastN(),
                    ids,
                    values);
            if (opened == 0) {
                throw new UsageException(List.of(
                        Violation.of("logitBias", "%s cannot be used with this policy: %s", NativeLibrary.message())));
            }
            return opened;
        } finally {
            release();
        }
    }

    private static float or(@Nullable Double value, float otherwise) {
        return value == null ? otherwise : value.floatValue();
    }

    /** Forgets changes of logits, which no row may have any more. */
    public void closeChanges(int changes) {
        long handle = acquire();
        try {
            closeChanges(handle, changes);
        } finally {
            release();
        }
    }

    /**
     * Applies the batch's operations, decodes its tokens and reads its rows.
     *
     * @param remainingNanos time until the decode is abandoned; {@link Long#MAX_VALUE} for no limit
     * @throws EspalierException if the batch asks for what cannot be, in which case nothing was changed, or llama.cpp
     *     fails
     */
    public Outcome run(long remainingNanos) {
        long handle = acquire();
        try {
            return StatusMapper.outcome(run(handle, remainingNanos), "decode the batch");
        } finally {
            release();
        }
    }

    /** Empties the cache and overwrites what was in it, so that nothing of it is left in what is computed next. */
    public void clear() {
        long handle = acquire();
        try {
            StatusMapper.check(clear(handle), "empty the cache");
        } finally {
            release();
        }
    }

    /** Abandons the decode in progress, or the next one if none is. Does nothing if the context is closed. */
    public void interrupt() {
        long handle;
        try {
            handle = acquire();
        } catch (IllegalStateException closed) {
            return;
        }
        try {
            interrupt(handle);
        } finally {
            release();
        }
    }

    /**
     * Returns what a sequence has in the cache, to put it back with {@link #restore} into a context of the same model,
     * options and llama.cpp.
     *
     * @throws EspalierException if there is no such sequence or its state is larger than 2 GiB
     */
    public byte[] save(int sequence) {
        long handle = acquire();
        byte[] state;
        try {
            state = save(handle, sequence);
        } finally {
            release();
        }
        if (state == null) {
            throw StatusMapper.failure("save sequence " + sequence);
        }
        return ByteBuffer.allocate(STATE_HEADER + state.length)
                .putInt(STATE_MAGIC)
                .putInt(checksum(state))
                .put(state)
                .array();
    }

    /**
     * Makes a sequence what was saved.
     *
     * @throws EspalierException if the bytes are damaged or of another kind of context, or the cache has no room; the
     *     sequence is then empty
     */
    public void restore(int sequence, byte[] saved) {
        ByteBuffer bytes = ByteBuffer.wrap(saved);
        if (saved.length < STATE_HEADER || bytes.getInt() != STATE_MAGIC) {
            throw new EspalierException(
                    "cannot restore sequence " + sequence + ": these bytes are not a saved sequence");
        }
        int expected = bytes.getInt();
        byte[] state = new byte[bytes.remaining()];
        bytes.get(state);
        // llama.cpp believes what it reads.
        if (checksum(state) != expected) {
            throw new EspalierException("cannot restore sequence " + sequence + ": the saved bytes are damaged");
        }
        long handle = acquire();
        try {
            StatusMapper.check(restore(handle, sequence, state), "restore sequence " + sequence);
        } finally {
            release();
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    void free(long handle) {
        close(handle);
        if (adapter != null) {
            adapter.release();
        }
        MappedFiles mapped = model.mapped();
        if (mapped != null) {
            mapped.release();
        }
        model.release();
    }

    /** Returns a head, which {@link #open} takes over; 0 if it failed. */
    private static native long makeHead(
            int width, int middle, int classes, boolean middleBias, boolean classBias, float[] weights);

    /**
     * Opens a context.
     *
     * @param head freed with the context, or here if this fails; 0 to read logits
     * @return its handle; 0 if it failed
     */
    private static native long open(
            long model,
            long head,
            int cells,
            int maxSequences,
            boolean unified,
            int threads,
            boolean adaptThreads,
            int cacheType,
            boolean flashAttention,
            boolean treeAttention,
            ByteBuffer batch,
            int operations,
            int tokens,
            int rows);

    private static native void close(long handle);

    private static native Capacity capacity(long handle);

    private static native long attentionOperations(long handle);

    private static native byte[] whyStockAttention(long handle);

    private static native int watch(long handle, int[] ids);

    private static native int run(long handle, long remainingNanos);

    private static native int openChanges(
            long handle, float presence, float frequency, float repeat, int lastN, int[] ids, float[] biases);

    private static native void closeChanges(long handle, int changes);

    private static native int openGrammar(long handle, byte[] text);

    private static native void closeGrammar(long handle, int grammar);

    private static native byte @Nullable [] grammarFault(long handle, int grammar);

    private static native int clear(long handle);

    private static native void interrupt(long handle);

    private static native byte @Nullable [] save(long handle, int sequence);

    private static native int restore(long handle, int sequence, byte[] state);
}

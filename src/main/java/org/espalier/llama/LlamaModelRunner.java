package org.espalier.llama;

import java.util.List;
import java.util.OptionalLong;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.model.EspalierException;
import org.espalier.model.LogitChanges;
import org.espalier.prm.DenseHead;
import org.jspecify.annotations.Nullable;

/** The engine's port on llama.cpp. Used by one thread, but for {@link #interrupt}. Does not close the model. */
public final class LlamaModelRunner implements ModelRunner {
    private final NativeContext context;

    private LlamaModelRunner(NativeContext context) {
        this.context = context;
    }

    /**
     * Opens a context for the engine.
     *
     * @throws EspalierException if it would not fit into memory, or the model does not generate text
     */
    public static LlamaModelRunner open(NativeModel model, ContextOptions options) {
        return open(model, options, null, null);
    }

    /**
     * Opens a context that computes with an adapter, beside others of the same model that do not.
     *
     * @throws EspalierException if it would not fit into memory, or the adapter is another model's
     */
    public static LlamaModelRunner open(NativeModel model, ContextOptions options, NativeAdapter adapter) {
        return open(model, options, null, adapter);
    }

    /**
     * Opens a context that reads a head in place of logits, and computes with an adapter.
     *
     * @param head null to read logits
     * @param adapter null for the model as it is
     * @throws EspalierException if it would not fit into memory, the model does not generate text, the head is for other
     *     hidden states than its, or the adapter is another model's
     */
    public static LlamaModelRunner open(
            NativeModel model, ContextOptions options, @Nullable DenseHead head, @Nullable NativeAdapter adapter) {
        NativeContext context = NativeContext.open(model, options, head);
        try {
            if (adapter != null) {
                context.adapt(adapter);
            }
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
        return new LlamaModelRunner(context);
    }

    /** Operations of tree attention that were computed so far; empty if llama.cpp's own attention runs. */
    public OptionalLong attentionOperations() {
        return context.attentionOperations();
    }

    /** Why llama.cpp's own attention runs though tree attention was asked for; empty if neither is so. */
    public String whyStockAttention() {
        return context.whyStockAttention();
    }

    @Override
    public int headClasses() {
        return context.headClasses();
    }

    @Override
    public Capacity capacity() {
        return context.capacity();
    }

    @Override
    public Batch batch() {
        return context.batch();
    }

    @Override
    public void watch(List<Integer> tokenIds) {
        context.watch(tokenIds);
    }

    @Override
    public int openGrammar(String text) {
        return context.openGrammar(text);
    }

    @Override
    public void closeGrammar(int grammar) {
        context.closeGrammar(grammar);
    }

    @Override
    public String grammarFault(int grammar) {
        return context.grammarFault(grammar);
    }

    @Override
    public int openChanges(LogitChanges changes) {
        return context.openChanges(changes);
    }

    @Override
    public void closeChanges(int changes) {
        context.closeChanges(changes);
    }

    @Override
    public Outcome run(long deadlineNanos) {
        // The native clock has another origin, so the time left crosses and not the deadline.
        long remaining =
                deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadlineNanos - System.nanoTime());
        return context.run(remaining);
    }

    @Override
    public void clear() {
        context.clear();
    }

    @Override
    public void interrupt() {
        context.interrupt();
    }

    @Override
    public void close() {
        context.close();
    }
}

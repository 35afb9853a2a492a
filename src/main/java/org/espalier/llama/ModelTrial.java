package org.espalier.llama;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.Batch;
import org.espalier.model.EspalierException;
import org.espalier.model.SamplingParams;
import org.espalier.prm.DenseHead;
import org.jspecify.annotations.Nullable;

/**
 * Uses a model once in all the ways in which a search would, with a small context: loads it, tokenizes, decodes batches of
 * several tokens and of several sequences, and reads rows of every kind. A file that llama.cpp takes for granted more about
 * than it checks ends the process here, so this is to be run in a process of its own.
 */
public final class ModelTrial {
    private static final int CELLS = 1024;
    private static final int SEQUENCES = 4;
    private static final int PROMPT_TOKENS = 40;
    private static final SamplingParams SAMPLING = new SamplingParams(0.8, 40, 0.95, 0.01);
    private static final String TEXT =
            "Step 1: 12 \u00d7 7 = 84, so x\u00b2 \u2212 5 = 79.\n\n  Is \"$\\frac{1}{2}$\" it's caf\u00e9 \ud83d\ude42\t?\u0000\n";

    /**
     * What is tried.
     *
     * @param adapter null for the model as it is
     * @param readsHead whether a head is read in place of logits
     */
    public record Files(Path model, @Nullable Path adapter, boolean readsHead) {}

    /** How far a trial has come. */
    public enum Stage {
        LOADING,
        TOKENIZING,
        DECODING
    }

    /** Is told each stage before it begins. */
    public interface Listener {
        void begins(Stage stage);
    }

    private @Nullable EspalierException failure;

    private ModelTrial() {}

    /**
     * Runs all of it.
     *
     * @throws EspalierException if llama.cpp refuses any of it, in the way in which it would refuse the same to a search
     */
    public static void run(Files files, ModelOptions options, int threads, Listener listener) {
        listener.begins(Stage.LOADING);
        try (NativeModel model = NativeModel.open(files.model(), options);
                NativeAdapter adapter = files.adapter() == null ? null : NativeAdapter.open(model, files.adapter())) {
            listener.begins(Stage.TOKENIZING);
            model.description();
            model.chatTemplate();
            ModelTrial trial = new ModelTrial();
            int[] tokens = trial.tokens(model);
            listener.begins(Stage.DECODING);
            for (ContextOptions context : contexts(threads)) {
                trial.decode(model, context, adapter, null, tokens);
            }
            if (files.readsHead()) {
                DenseHead head = DenseHead.linear(
                        new DenseHead.Layer(model.embeddingSize(), new float[model.embeddingSize()], null));
                trial.decode(model, contexts(threads).get(0), adapter, head, tokens);
            }
            if (trial.failure != null) {
                throw trial.failure;
            }
        }
    }

    /** Both layouts of the cache, with flash attention and without. */
    private static List<ContextOptions> contexts(int threads) {
        ContextOptions plain = ContextOptions.of(CELLS, SEQUENCES)
                .withThreads(threads)
                .withBatch(PROMPT_TOKENS + SEQUENCES, 2 * SEQUENCES);
        return List.of(plain, plain.withUnified(false).withFlashAttention(false));
    }

    /** Of a text, and of the vocabulary's beginning, middle and end. */
    private int[] tokens(NativeModel model) {
        int size = model.vocabularySize();
        if (size < 1) {
            throw new EspalierException("the model " + model.file() + " has no vocabulary");
        }
        NativeTokenizer tokenizer = new NativeTokenizer(model);
        List<Integer> tokens = new ArrayList<>();
        for (boolean special : new boolean[] {true, false}) {
            attempt(() -> {
                for (int token : tokenizer.encode(TEXT, special)) {
                    tokens.add(token);
                }
            });
        }
        attempt(() -> tokenizer.encode("", true));
        int spread = PROMPT_TOKENS / 2;
        for (int i = 0; i < PROMPT_TOKENS; i++) {
            int known = (int) ((long) i * (size - 1) / spread % size);
            if (i >= tokens.size()) {
                tokens.add(known);
            } else if (i > spread) {
                tokens.set(i, known);
            }
        }
        tokens.set(0, size - 1);
        return tokens.subList(0, PROMPT_TOKENS).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void decode(
            NativeModel model,
            ContextOptions options,
            @Nullable NativeAdapter adapter,
            @Nullable DenseHead head,
            int[] tokens) {
        attempt(() -> {
            try (LlamaModelRunner runner = LlamaModelRunner.open(model, options, head, adapter)) {
                runner.watch(List.of(tokens[0], tokens[1]));
                Batch batch = runner.batch();
                attempt(() -> prompt(runner, batch, tokens));
                attempt(() -> branches(runner, batch, tokens));
                attempt(() -> oneToken(runner, batch, tokens));
            }
        });
    }

    /** Several tokens of one sequence, and rows of each kind. */
    private static void prompt(LlamaModelRunner runner, Batch batch, int[] tokens) {
        batch.clear();
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i, 0);
        }
        int last = tokens.length - 1;
        if (runner.headClasses() > 0) {
            batch.head(last);
        } else {
            batch.sample(last, SAMPLING, 1);
            batch.watch(last);
            batch.target(last - 1, tokens[last]);
        }
        runner.run(Long.MAX_VALUE);
    }

    /** Several sequences that go on from one. */
    private static void branches(LlamaModelRunner runner, Batch batch, int[] tokens) {
        batch.clear();
        for (int sequence = 1; sequence < SEQUENCES; sequence++) {
            batch.copy(0, sequence, tokens.length);
        }
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            row(runner, batch, batch.add(tokens[sequence], tokens.length, sequence));
        }
        runner.run(Long.MAX_VALUE);
    }

    /** A sequence alone, after another was emptied. */
    private static void oneToken(LlamaModelRunner runner, Batch batch, int[] tokens) {
        batch.clear();
        batch.remove(1, 0);
        row(runner, batch, batch.add(tokens[2], tokens.length + 1, 0));
        runner.run(Long.MAX_VALUE);
    }

    private static void row(LlamaModelRunner runner, Batch batch, int token) {
        if (runner.headClasses() > 0) {
            batch.head(token);
        } else {
            batch.sample(token, SAMPLING, token);
        }
    }

    /** What is refused does not keep the rest from being tried: a search may not need it. */
    private void attempt(Runnable part) {
        try {
            part.run();
        } catch (EspalierException e) {
            failure = failure == null ? e : failure;
        }
    }
}

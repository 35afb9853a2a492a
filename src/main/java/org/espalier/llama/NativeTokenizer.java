package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.espalier.model.EspalierException;
import org.espalier.model.TextException;
import org.espalier.model.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A model's vocabulary. The pieces of all tokens are copied once; only {@link #encode} calls native code, and needs the
 * model to be open. Safe for use by several threads.
 *
 * <p>Vocabularies of the SentencePiece kind put a space before a text: there, a text encoded in parts has more spaces
 * than the whole.
 *
 * <p>Texts are brought into the form that the vocabulary was trained with, see {@link TextForm}.
 */
public final class NativeTokenizer implements Tokenizer {
    private final NativeModel model;
    private final byte[][] pieces;
    private final boolean[] endsOfGeneration;
    private final int[] beginning;
    private final int[] textStart;
    private final int[] textEnd;
    private final Map<String, Integer> controlTokens = new HashMap<>();
    private final TextForm form;

    /**
     * @throws EspalierException if texts with two blanks in a row would end the process
     * @throws IllegalStateException if the model is closed
     */
    public NativeTokenizer(NativeModel model) {
        this.model = model;
        if ("whitespace".equals(model.metadata("tokenizer.ggml.pre"))) {
            throw new EspalierException("the vocabulary of " + model.file()
                    + " splits texts at white space, which llama.cpp does for embeddings alone: choose another model");
        }
        long handle = model.acquire();
        try {
            int[] ends = new int[size(handle)];
            byte[] all = pieces(handle, ends);
            boolean[] flags = endsOfGeneration(handle);
            if (all == null || flags == null) {
                throw StatusMapper.failure("read the vocabulary of " + model.file());
            }
            pieces = new byte[ends.length][];
            for (int i = 0; i < ends.length; i++) {
                pieces[i] = Arrays.copyOfRange(all, i == 0 ? 0 : ends[i - 1], ends[i]);
            }
            endsOfGeneration = flags;
            beginning = token(beginning(handle));
            textStart = token(textStart(handle));
            int end = model.endToken();
            textEnd = token(end < pieces.length ? end : -1);
            for (int token : controls(handle)) {
                byte[] text = text(handle, token);
                controlTokens.put(text == null ? "" : new String(text, UTF_8), token);
            }
            controlTokens.remove("");
            form = TextForm.of(model.metadata("tokenizer.ggml.pre"), controlTokens.keySet());
        } finally {
            model.release();
        }
    }

    private static int[] token(int id) {
        return id < 0 ? new int[0] : new int[] {id};
    }

    /**
     * {@inheritDoc}
     *
     * @throws TextException as {@link #encode(String, boolean, int)}
     */
    @Override
    public int[] encode(String text, boolean special) {
        return encode(text, special, Integer.MAX_VALUE);
    }

    /**
     * {@inheritDoc}
     *
     * @throws TextException if the text is longer than 4 MiB, has more than 65,536 characters in a row with nothing to
     *     split them at, or if llama.cpp fails
     */
    @Override
    public int[] encode(String text, boolean special, int most) {
        long handle = model.acquire();
        try {
            int[] tokens = encode(handle, form.apply(text, special).getBytes(UTF_8), special, most);
            if (tokens == null) {
                throw new TextException(StatusMapper.failed("tokenize a text of " + text.length() + " characters"));
            }
            return tokens;
        } finally {
            model.release();
        }
    }

    /** @throws IndexOutOfBoundsException if there is no such token */
    @Override
    public byte[] piece(int token) {
        return pieces[token];
    }

    /** @throws IndexOutOfBoundsException if there is no such token */
    @Override
    public boolean isEndOfGeneration(int token) {
        return endsOfGeneration[token];
    }

    @Override
    public int size() {
        return pieces.length;
    }

    @Override
    public int[] beginning() {
        return beginning.clone();
    }

    @Override
    public int[] textStart() {
        return textStart.clone();
    }

    @Override
    public int[] textEnd() {
        return textEnd.clone();
    }

    @Override
    public Map<String, Integer> controlTokens() {
        return Collections.unmodifiableMap(controlTokens);
    }

    private static native int @Nullable [] encode(long model, byte[] text, boolean special, int most);

    private static native byte @Nullable [] pieces(long model, int[] ends);

    private static native boolean @Nullable [] endsOfGeneration(long model);

    private static native int size(long model);

    static native int beginning(long model);

    static native int textStart(long model);

    private static native int[] controls(long model);

    static native byte @Nullable [] text(long model, int token);
}

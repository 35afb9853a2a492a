package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.model.Attention;
import org.espalier.model.ChatMessage;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.PieceName;
import org.espalier.model.Reason;
import org.espalier.model.Wording;
import org.espalier.prompt.ChatTemplate;
import org.jspecify.annotations.Nullable;

/** The weights and the vocabulary of a GGUF file. Safe for use by several threads; contexts keep it open. */
public final class NativeModel extends NativeHandle {
    private static final int WIDE_HEAD = 64;
    /** Tree attention takes heads of a multiple of these numbers. */
    private static final int HEAD_UNIT = 16;

    private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

    /** The model's numbers; the native side calls this constructor, with its parameters in this order. */
    private record Shape(
            long parameters,
            long bytes,
            int trainedContext,
            int embedding,
            int layers,
            int heads,
            int keyValueHeads,
            int window,
            boolean recurrent,
            boolean hybrid,
            int vocabulary) {}

    /**
     * A file's chat template.
     *
     * @param template null for none that can be used
     * @param fault why llama.cpp's engine cannot run it; null if it can, or there is none
     */
    private record FoundTemplate(
            @Nullable ChatTemplate template, @Nullable String fault) {}

    private final Path file;
    private final ModelOptions options;
    private final @Nullable MappedFiles mapped;
    private final Shape shape;
    private final String description;
    private volatile @Nullable FoundTemplate found;

    private NativeModel(long handle, Path file, ModelOptions options, @Nullable MappedFiles mapped) {
        super(handle, "the model " + file.getFileName());
        this.file = file;
        this.options = options;
        this.mapped = mapped;
        shape = shape(handle);
        byte[] text = description(handle);
        description = text == null ? "" : new String(text, UTF_8);
    }

    /**
     * Loads a model.
     *
     * @throws EspalierException if the file cannot be read, is no GGUF, is cut short or holds a model that llama.cpp does
     *     not know; the message says which
     */
    public static NativeModel open(Path file, ModelOptions options) {
        return open(file, options, false);
    }

    /**
     * Loads the vocabulary and the metadata alone: for tokenizers, but not for contexts.
     *
     * @throws EspalierException as {@link #open(Path, ModelOptions)}
     */
    public static NativeModel openVocabulary(Path file) {
        return open(file, ModelOptions.DEFAULT, true);
    }

    private static NativeModel open(Path file, ModelOptions options, boolean vocabularyOnly) {
        NativeLibrary.ensureLoaded();
        checkFile(file);
        checkGpu(file, options);
        // Of a vocabulary alone nothing is mapped once it is loaded.
        List<Path> files =
                PieceName.filesOf(file).stream().filter(Files::exists).toList();
        long bytes = files.stream().mapToLong(each -> each.toFile().length()).sum();
        MappedFiles mapped = options.mapsFileOf(bytes) ? MappedFiles.open(files) : null;
        long handle = 0;
        try {
            byte[] path = file.toAbsolutePath().toString().getBytes(UTF_8);
            handle = open(path, options, mapped, vocabularyOnly);
            if (handle == 0) {
                throw StatusMapper.failure("load the model " + file);
            }
        } finally {
            if (handle == 0 && mapped != null) {
                mapped.close();
            }
        }
        return new NativeModel(handle, file, options, mapped);
    }

    private static long open(byte[] path, ModelOptions options, @Nullable MappedFiles mapped, boolean vocabularyOnly) {
        if (mapped == null) {
            return open(path, options.gpuLayers(), 0, options.useExtraBuffers(), vocabularyOnly);
        }
        try {
            return open(path, options.gpuLayers(), mapped.acquire(), options.useExtraBuffers(), vocabularyOnly);
        } finally {
            mapped.release();
        }
    }

    /**
     * Returns why its weights cannot be relied on any more: a file that they are mapped from has changed. Safe from any
     * thread.
     */
    public Optional<String> failure() {
        if (mapped == null || mapped.isClosed()) {
            return Optional.empty();
        }
        return mapped.changed()
                .map(changed ->
                        String.valueOf(StatusMapper.changed(changed.toString()).getMessage()));
    }

    /** Null if its weights are in memory of their own. */
    @Nullable
    MappedFiles mapped() {
        return mapped;
    }

    private static void checkFile(Path file) {
        if (!Files.exists(file)) {
            throw new EspalierException("the model file " + file + " does not exist");
        }
        if (Files.isDirectory(file)) {
            throw new EspalierException("the model file " + file + " is a directory: name the GGUF in it");
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new EspalierException("the model file " + file + " is not a GGUF");
            }
        } catch (IOException e) {
            throw new EspalierException("the model file " + file + " cannot be read: " + Reason.of(e), e);
        }
    }

    private static void checkGpu(Path file, ModelOptions options) {
        if (options.gpuLayers() >= 0 || !NativeLibrary.hasGpu()) {
            return;
        }
        long free = NativeLibrary.gpuBytesFree();
        long bytes = file.toFile().length();
        if (bytes > free) {
            throw new EspalierException(Wording.of(
                    "the model %s has %d MB, but the GPU has %d MB free: keep layers on the CPU with %s",
                    file, bytes / 1_000_000, free / 1_000_000, Parameter.of("gpuLayers")));
        }
    }

    public Path file() {
        return file;
    }

    /** Architecture, size and quantisation, as llama.cpp puts it: {@code llama 135M Q4_1}. */
    public String description() {
        return description;
    }

    public long parameters() {
        return shape.parameters;
    }

    /**
     * Bytes of its weights that are in memory as parts of the file: none of a file that was read, and the table of tokens
     * alone where the others were copied into the layout of this processor. The copies are the process's own memory.
     */
    public long mappedBytes() {
        if (mapped == null) {
            return 0;
        }
        return mapped.copiedBytes() == 0
                ? shape.bytes
                : (long) ((double) shape.bytes * shape.vocabulary * shape.embedding / Math.max(1, shape.parameters));
    }

    /** Bytes of all its tensors. */
    public long bytes() {
        return shape.bytes;
    }

    /** Tokens of context that it was trained with. */
    public int trainedContext() {
        return shape.trainedContext;
    }

    public int embeddingSize() {
        return shape.embedding;
    }

    public int layers() {
        return shape.layers;
    }

    /** Tokens that its attention looks back over where that is limited; 0 if it is not. */
    public int attentionWindow() {
        return shape.window;
    }

    /**
     * Returns whether it keeps a state that is overwritten with each token: sequences can then be copied as a whole
     * only.
     */
    public boolean isRecurrent() {
        return shape.recurrent || shape.hybrid;
    }

    /**
     * Returns whether flash attention slows it down: on a CPU with heads of less than 64 numbers, measured with 32 (a
     * tree search takes 0.6 to 0.8 of the time without) and 64 (1.7 times).
     */
    public boolean hasNarrowHeads() {
        return !isOnGpu() && shape.heads > 0 && headSize() < WIDE_HEAD;
    }

    /**
     * Returns whether {@link Attention#TREE} can be expected to run: the cache is in main memory, and there is a kernel for
     * this processor and for the size of the heads. What a layer asks for beyond that, only an open context knows.
     */
    public boolean takesTreeAttention() {
        return !isOnGpu()
                && NativeLibrary.hasTreeAttention()
                && keySize() % HEAD_UNIT == 0
                && valueSize() % HEAD_UNIT == 0;
    }

    private boolean isOnGpu() {
        return gpuShare() > 0 && NativeLibrary.hasGpu();
    }

    private long keySize() {
        return number(metadata("general.architecture") + ".attention.key_length", headSize());
    }

    private long valueSize() {
        return number(metadata("general.architecture") + ".attention.value_length", headSize());
    }

    private long headSize() {
        return shape.embedding / Math.max(1, shape.heads);
    }

    /** Number of tokens in the vocabulary. */
    public int vocabularySize() {
        return shape.vocabulary;
    }

    /** The part of its layers that is on a GPU, 0..1, if there is one. */
    double gpuShare() {
        int wanted = options.gpuLayers();
        return wanted < 0 ? 1 : Math.min(1, (double) wanted / Math.max(1, shape.layers));
    }

    /** Bytes that a cell of the cache takes, over all layers: an upper bound where layers differ. */
    public long bytesPerCell(ContextOptions.CacheType type) {
        if (shape.recurrent) {
            return 0;
        }
        // A hybrid's first layer, the one that is asked, may have no attention.
        long heads = Math.max(1, shape.keyValueHeads);
        return (long) (shape.layers * heads * (keySize() + valueSize()) * type.bytes());
    }

    /**
     * Bytes of llama.cpp's buffers for each cell that a batch looks at, measured with v0.5.0: the scores of each head
     * where they are not computed piece by piece, and the mask.
     *
     * @param batchTokens of a batch at most
     */
    public long workBytesPerCell(int batchTokens) {
        return (long) Float.BYTES * batchTokens * (hasNarrowHeads() ? shape.heads + 1 : 2);
    }

    /**
     * Bytes of llama.cpp's buffers for the widest layer of a batch, measured with v0.5.0. Logits are not among them.
     *
     * @param batchTokens of a batch at most
     */
    public long workBytes(int batchTokens) {
        long wide = number(metadata("general.architecture") + ".feed_forward_length", 4L * shape.embedding);
        return workBytes(batchTokens, wide, shape.embedding);
    }

    /**
     * The same for a model that is not loaded.
     *
     * @param wide numbers that a feed-forward layer has for each token
     * @param embedding numbers that go from layer to layer for each token
     */
    public static long workBytes(int batchTokens, long wide, long embedding) {
        return (long) Float.BYTES * batchTokens * (3 * wide + 9 * embedding);
    }

    private long number(String key, long fallback) {
        String text = metadata(key);
        try {
            return text == null ? fallback : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    /**
     * A scalar value of the file's metadata, as text.
     *
     * @return null if it has none under this key
     */
    public @Nullable String metadata(String key) {
        long handle = acquire();
        try {
            byte[] value = metadata(handle, key.getBytes(UTF_8));
            return value == null ? null : new String(value, UTF_8);
        } finally {
            release();
        }
    }

    /** The instruction that a policy was trained with, empty for none; null if the file does not say. */
    public @Nullable String systemPrompt() {
        return metadata("espalier.system_prompt");
    }

    /** The chat template's own text (Jinja); null if the file has none. */
    public @Nullable String chatTemplateText() {
        long handle = acquire();
        try {
            byte[] text = chatTemplate(handle);
            return text == null ? null : new String(text, UTF_8);
        } finally {
            release();
        }
    }

    /**
     * The file's chat template, run by llama.cpp's engine; where that cannot run it, one of the known families that llama.cpp
     * writes without running anything. It does not write the token that begins a text, see
     * {@link NativeTokenizer#beginning()}.
     *
     * @return null if the file has none, or one that is neither
     */
    public @Nullable ChatTemplate chatTemplate() {
        return foundTemplate().template();
    }

    /** Why the file's chat template cannot be run as its authors meant it, in a line; empty if it can, or there is none. */
    public Optional<String> chatTemplateFault() {
        return Optional.ofNullable(foundTemplate().fault());
    }

    private FoundTemplate foundTemplate() {
        FoundTemplate known = found;
        if (known == null) {
            known = findTemplate();
            found = known;
        }
        return known;
    }

    private FoundTemplate findTemplate() {
        String text = chatTemplateText();
        if (text == null) {
            return new FoundTemplate(null, null);
        }
        JinjaTemplate own = new JinjaTemplate(templateSource(text));
        Optional<String> fault = own.fault();
        if (fault.isEmpty()) {
            return new FoundTemplate(own, null);
        }
        if (render(text, List.of(ChatMessage.user("")), true) == null) {
            return new FoundTemplate(null, fault.get());
        }
        ChatTemplate known = (messages, openReply) -> {
            String rendered = render(text, messages, openReply);
            if (rendered == null) {
                throw new EspalierException("the chat template of " + file + " cannot be applied to these messages");
            }
            return rendered;
        };
        return new FoundTemplate(known, fault.get());
    }

    private JinjaTemplate.Source templateSource(String text) {
        String toolText = metadata("tokenizer.chat_template.tool_use");
        int end = endToken();
        long handle = acquire();
        try {
            String beginning = tokenText(handle, NativeTokenizer.beginning(handle));
            Map<String, String> tokens = Map.of(
                    "bos_token", tokenText(handle, NativeTokenizer.textStart(handle)),
                    "eos_token", tokenText(handle, end));
            return new JinjaTemplate.Source(String.valueOf(file.getFileName()), text, toolText, tokens, beginning);
        } finally {
            release();
        }
    }

    /** The token that ends a text, as the file says; -1 if it does not. */
    int endToken() {
        return (int) number("tokenizer.ggml.eos_token_id", -1);
    }

    private static String tokenText(long handle, int token) {
        byte[] text = token < 0 ? null : NativeTokenizer.text(handle, token);
        return text == null ? "" : new String(text, UTF_8);
    }

    private static @Nullable String render(String template, List<ChatMessage> messages, boolean openReply) {
        byte[][] roles = new byte[messages.size()][];
        byte[][] contents = new byte[messages.size()][];
        for (int i = 0; i < roles.length; i++) {
            roles[i] = messages.get(i).role().getBytes(UTF_8);
            contents[i] = messages.get(i).content().getBytes(UTF_8);
        }
        byte[] rendered = applyTemplate(template.getBytes(UTF_8), roles, contents, openReply);
        return rendered == null ? null : new String(rendered, UTF_8);
    }

    @Override
    void free(long handle) {
        close(handle);
        if (mapped != null) {
            mapped.close();
        }
    }

    private static native long open(
            byte[] path, int gpuLayers, long mappedFiles, boolean useExtraBuffers, boolean vocabularyOnly);

    private static native void close(long handle);

    private static native Shape shape(long handle);

    private static native byte @Nullable [] description(long handle);

    private static native byte @Nullable [] metadata(long handle, byte[] key);

    private static native byte @Nullable [] chatTemplate(long handle);

    private static native byte @Nullable [] applyTemplate(
            byte[] template, byte[][] roles, byte[][] contents, boolean addAssistant);
}

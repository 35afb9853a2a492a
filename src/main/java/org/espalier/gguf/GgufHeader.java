package org.espalier.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What a GGUF file (version 2 or 3, little-endian) says about itself. Only the header is read; what the file does not
 * say is empty here, never guessed.
 */
public final class GgufHeader {
    static final String TOKENS = "tokenizer.ggml.tokens";

    private static final int MAGIC = 0x46554747;
    /** How a Git LFS pointer starts: what a clone without LFS has in a model's place. */
    private static final int LFS_POINTER = 0x73726576;

    private static final long DEFAULT_ALIGNMENT = 32;
    private static final long MAX_ALIGNMENT = 1 << 20;
    /** ggml's own. */
    private static final long MAPPED_ALIGNMENT = 32;

    private static final int CACHE_BYTES_PER_NUMBER = 2;

    private final Path path;
    private final int version;
    private final Map<String, Object> metadata;
    private final List<GgufTensor> tensors;
    private final long fileBytes;
    private final long data;
    private final long expectedBytes;
    private final boolean repeatsToken;

    private GgufHeader(Path path, int version, GgufParser.Contents contents, GgufReader in) throws IOException {
        this.path = path;
        this.version = version;
        metadata = Collections.unmodifiableMap(contents.metadata());
        tensors = List.copyOf(contents.tensors());
        repeatsToken = contents.repeatsToken();
        fileBytes = in.size();
        data = data(in);
        expectedBytes = end(in);
    }

    /**
     * Reads a file's header. A file that ends within its tensors is read as well: see {@link #requireComplete()}.
     *
     * @throws EspalierException if it cannot be read, is not a GGUF file, or has a header that makes no sense
     */
    public static GgufHeader read(Path path) {
        return open(path, Set.of());
    }

    /**
     * Returns the same with all tokens of the vocabulary, of which {@link #read} keeps the number alone if there are
     * many.
     */
    public static GgufHeader readWithVocabulary(Path path) {
        return open(path, Set.of(TOKENS));
    }

    private static GgufHeader open(Path path, Set<String> whole) {
        if (Files.isDirectory(path)) {
            throw new EspalierException(path + " is a folder, not a GGUF file");
        }
        try (GgufReader in = new GgufReader(path)) {
            return read(path, in, whole);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + path + ": " + Reason.of(e), e);
        }
    }

    /** @param whole keys of lists that are kept however long they are */
    static GgufHeader read(Path path, GgufReader in, Set<String> whole) throws IOException {
        int magic = in.size() < Integer.BYTES ? 0 : in.int32();
        if (magic == LFS_POINTER) {
            throw new EspalierException(path + " is a Git LFS pointer: `git lfs pull` gets the model itself");
        }
        if (magic != MAGIC) {
            throw new EspalierException(path + " is not a GGUF file");
        }
        int version = in.int32();
        if (version != 2 && version != 3) {
            boolean bigEndian = version != 0 && (version & 0xffff) == 0;
            throw new EspalierException(
                    bigEndian
                            ? path + " is a big-endian GGUF file, which cannot be used here"
                            : "%s has GGUF version %s, of which only 2 and 3 can be used"
                                    .formatted(path, Integer.toUnsignedString(version)));
        }
        return new GgufHeader(path, version, new GgufParser(in, whole).parse(), in);
    }

    /** Offset at which the tensors begin. */
    private long data(GgufReader in) throws IOException {
        if (tensors.isEmpty()) {
            return in.position();
        }
        long alignment = number("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw in.damaged("an alignment of " + alignment);
        }
        return (in.position() + alignment - 1) & -alignment;
    }

    /** Offset at which the last tensor ends. */
    private long end(GgufReader in) {
        long alignment = number("general.alignment").orElse(DEFAULT_ALIGNMENT);
        long end = 0;
        List<GgufTensor> inOrder = tensors.stream()
                .sorted(Comparator.comparingLong(GgufTensor::offset).thenComparingLong(GgufTensor::bytes))
                .toList();
        for (GgufTensor tensor : inOrder) {
            String name = GgufReader.quoted(tensor.name());
            if (tensor.offset() % alignment != 0) {
                throw in.damaged("a tensor %s that is not aligned".formatted(name));
            }
            if (tensor.offset() < end) {
                throw in.damaged("a tensor %s inside another one".formatted(name));
            }
            end = tensor.offset() + tensor.bytes();
            if (end < 0 || end > Long.MAX_VALUE - data) {
                throw in.damaged("a tensor %s at an impossible place".formatted(name));
            }
        }
        return data + end;
    }

    /**
     * The numbers of a tensor in half or single precision, the contiguous dimension first.
     *
     * @throws EspalierException if the file has no such tensor, or it cannot be read or is of another type
     */
    public float[] floats(String tensorName) {
        GgufTensor tensor = tensors.stream()
                .filter(each -> each.name().equals(tensorName))
                .findFirst()
                .orElseThrow(() -> new EspalierException(path + " has no tensor " + tensorName));
        requireComplete();
        return GgufNumbers.read(path, tensor, data + tensor.offset());
    }

    /** @throws EspalierException if the file is shorter than its header says */
    public GgufHeader requireComplete() {
        if (isTruncated()) {
            throw new EspalierException("%s is cut off: it has %d of %d bytes; get the whole file"
                    .formatted(path, fileBytes, expectedBytes));
        }
        return this;
    }

    /**
     * Refuses what llama.cpp would end the process for instead of reporting it.
     *
     * @throws EspalierException if the file is shorter than its header says, or says something that no model can have
     */
    public GgufHeader requireLoadable() {
        requireComplete();
        new GgufChecks(path, this).run(repeatsToken);
        return this;
    }

    /** Returns whether the file is shorter than its header says. */
    public boolean isTruncated() {
        return fileBytes < expectedBytes;
    }

    public int version() {
        return version;
    }

    /** Each value is a Long, Double, Boolean, String or {@link GgufArray}; unsigned 64-bit numbers keep their bits. */
    public Map<String, Object> metadata() {
        return metadata;
    }

    public List<GgufTensor> tensors() {
        return tensors;
    }

    public long fileBytes() {
        return fileBytes;
    }

    /** The least size of the complete file. */
    public long expectedBytes() {
        return expectedBytes;
    }

    /** Such as {@code llama} or {@code qwen2}. */
    public Optional<String> architecture() {
        return text("general.architecture");
    }

    public Optional<String> name() {
        return text("general.name");
    }

    /** Returns what its family is called, without size and version. */
    public Optional<String> baseName() {
        return text("general.basename");
    }

    /** In Jinja. */
    public Optional<String> chatTemplate() {
        return text("tokenizer.chat_template");
    }

    /** Name of the PRM profile by which the model is fed and read. */
    public Optional<String> prmProfile() {
        return text("espalier.prm_profile");
    }

    /** Tokens that the model was made for. */
    public OptionalLong contextLength() {
        return ownNumber("context_length");
    }

    /** Number of blocks. */
    public OptionalLong layers() {
        return ownNumber("block_count");
    }

    /** Width of the hidden state. */
    public OptionalLong embeddingLength() {
        return ownNumber("embedding_length");
    }

    /** Number of tokens in the vocabulary. */
    public OptionalLong vocabularySize() {
        return metadata.get(TOKENS) instanceof GgufArray tokens
                ? OptionalLong.of(tokens.length())
                : ownNumber("vocab_size");
    }

    /** Numbers in all tensors. */
    public long parameterCount() {
        return tensors.stream().mapToLong(GgufTensor::elements).sum();
    }

    /** The tensors' types by share of the parameters, such as {@code "Q4_K 61%, Q6_K 38%, F32 <1%"}. */
    public String quantisation() {
        return quantisation(tensors);
    }

    /** The {@link #quantisation()} of tensors that may be in several files. */
    public static String quantisation(List<GgufTensor> tensors) {
        long all = Math.max(1, tensors.stream().mapToLong(GgufTensor::elements).sum());
        Map<String, Long> byType = tensors.stream()
                .collect(Collectors.groupingBy(
                        tensor -> tensor.type().map(GgmlType::name).orElse("type " + tensor.typeId()),
                        Collectors.summingLong(GgufTensor::elements)));
        return byType.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(share -> share.getKey() + " " + percent(share.getValue(), all))
                .collect(Collectors.joining(", "));
    }

    private static String percent(long part, long all) {
        long rounded = Math.round(100.0 * part / all);
        return rounded == 0 ? "<1%" : String.format(Locale.ROOT, "%d%%", rounded);
    }

    /**
     * Bytes of the KV cache that one token takes in half precision, over all layers. An estimate: a sliding window
     * takes less in long contexts, and recurrent layers that the header does not tell from the others take none.
     */
    public OptionalLong cacheBytesPerToken() {
        OptionalLong layers = layers();
        OptionalLong keyLength = headLength("attention.key_length");
        OptionalLong valueLength = headLength("attention.value_length");
        if (layers.isEmpty() || keyLength.isEmpty() || valueLength.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong heads = total("attention.head_count_kv", layers.getAsLong());
        if (heads.isEmpty()) {
            heads = total("attention.head_count", layers.getAsLong());
        }
        return heads.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        heads.getAsLong() * (keyLength.getAsLong() + valueLength.getAsLong()) * CACHE_BYTES_PER_NUMBER);
    }

    /** Numbers of one head: as stated, or the hidden state's share of it. */
    OptionalLong headLength(String key) {
        OptionalLong stated = ownNumber(key);
        OptionalLong width = embeddingLength();
        OptionalLong heads = ownNumber("attention.head_count");
        if (stated.isPresent() || width.isEmpty() || heads.orElse(0) <= 0) {
            return stated;
        }
        return OptionalLong.of(width.getAsLong() / heads.getAsLong());
    }

    /** The sum over all layers of a value that is either one for all layers or a list of one for each. */
    private OptionalLong total(String key, long layers) {
        Object value = own(key);
        if (value instanceof GgufArray perLayer) {
            return OptionalLong.of(perLayer.values().stream()
                    .mapToLong(each -> each instanceof Long number ? number : 0)
                    .sum());
        }
        return value instanceof Long number ? OptionalLong.of(number * layers) : OptionalLong.empty();
    }

    /** Returns whether each tensor begins where llama.cpp can map it. */
    boolean isMappable() {
        return tensors.stream().allMatch(tensor -> (data + tensor.offset()) % MAPPED_ALIGNMENT == 0);
    }

    private Optional<String> text(String key) {
        return metadata.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private OptionalLong number(String key) {
        return metadata.get(key) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** A number whose key starts with the architecture. */
    OptionalLong ownNumber(String key) {
        return own(key) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** A value whose key starts with the architecture. */
    @Nullable
    Object own(String key) {
        return architecture().map(name -> metadata.get(name + "." + key)).orElse(null);
    }
}

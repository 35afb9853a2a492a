package org.espalier.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.gguf.GgmlType;
import org.espalier.model.EspalierException;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * Makes the GGUF file of a published model as its tensors arrive, in any order: matrices in Q8_0, the rest in single
 * precision. A plan says which bytes go where; nothing else of the model is held in memory.
 *
 * <p>Knows the architectures {@code qwen2} and {@code granite}, which llama.cpp's converter leaves as they are but for names
 * and, in granite, the order of the rows of queries and keys.
 */
public final class GgufMaker {
    private static final int Q8_0_FILE = 7;
    private static final int QUANTISATION_VERSION = 2;

    private final byte[] header;
    private final List<Placed> placed;
    private final long dataBytes;
    private final Optional<SplitHead> head;

    /**
     * A tensor and its place.
     *
     * @param at where its bytes begin behind the header
     * @param heads over which the rows are to be interleaved; 0 to leave them as they are
     */
    private record Placed(Tensor tensor, GgmlType type, long at, int heads) {
        long rows() {
            return tensor.shape().size() < 2 ? 1 : tensor.shape().get(0);
        }

        long columns() {
            return tensor.shape().get(tensor.shape().size() - 1);
        }

        long rowBytes() {
            return columns() / type.blockElements() * type.blockBytes();
        }

        /** Where a row of the published tensor goes. */
        long target(long row) {
            if (heads == 0) {
                return row;
            }
            long size = rows() / heads;
            long inHead = row % size;
            long half = size / 2;
            return row - inHead + (inHead % half) * 2 + inHead / half;
        }
    }

    private GgufMaker(byte[] header, List<Placed> placed, long dataBytes, Optional<SplitHead> head) {
        this.header = header;
        this.placed = List.copyOf(placed);
        this.dataBytes = dataBytes;
        this.head = head;
    }

    /**
     * Plans a file.
     *
     * @param name of the model
     * @param config {@code config.json}
     * @param tokenizer {@code tokenizer.json}
     * @param settings {@code tokenizer_config.json}
     * @param tensors of all files
     * @throws EspalierException if the model is of another kind, or something of it is missing; the message is the reason
     *     alone
     */
    public static GgufMaker plan(
            String name, JsonNode config, JsonNode tokenizer, JsonNode settings, List<Tensor> tensors) {
        String type = config.path("model_type").asString("");
        boolean granite = type.equals("granite");
        if (!granite && !type.equals("qwen2")) {
            throw new EspalierException(
                    "its model_type is '%s', and only qwen2 and granite are made here: get its whole".formatted(type)
                            + " checkpoint, and import it");
        }
        boolean causal = config.path("architectures").path(0).asString("").endsWith("ForCausalLM");
        Optional<SplitHead> head = causal ? Optional.empty() : SplitHead.find(tensors, number(config, "hidden_size"));
        if (!causal && head.isEmpty()) {
            throw new EspalierException("it has no head of a known name");
        }
        Set<String> ofHead = head.map(SplitHead::names).orElse(Set.of());
        GgufHeaderWriter header = new GgufHeaderWriter();
        metadata(header, type, name, config);
        long heads = number(config, "num_attention_heads");
        long keyHeads = config.path("num_key_value_heads").asLong(heads);
        List<Tensor> taken = new ArrayList<>();
        List<GgmlType> types = new ArrayList<>();
        List<Integer> interleaved = new ArrayList<>();
        long rows = 0;
        for (Tensor tensor : tensors) {
            // Nothing is written by a model that judges: its output matrix would be dead weight.
            boolean unused = (head.isPresent() && tensor.name().endsWith("lm_head.weight"))
                    || tensor.name().endsWith(".rotary_emb.inv_freq");
            if (ofHead.contains(tensor.name()) || unused) {
                continue;
            }
            String called = TensorNames.of(tensor.name())
                    .orElseThrow(() -> new EspalierException("there is no place for its tensor " + tensor.name()));
            boolean matrix = tensor.shape().size() == 2;
            GgmlType stored =
                    matrix && tensor.shape().get(1) % GgmlType.Q8_0.blockElements() == 0 ? GgmlType.Q8_0 : GgmlType.F32;
            header.tensor(called, tensor.shape(), stored);
            taken.add(tensor);
            types.add(stored);
            boolean query = granite && called.contains(".attn_q.");
            boolean key = granite && called.contains(".attn_k.");
            interleaved.add((int) (query ? heads : key ? keyHeads : 0));
            rows = called.equals("token_embd.weight") ? tensor.shape().get(0) : rows;
        }
        TokenizerMetadata.write(header, tokenizer, settings, config, granite ? "refact" : "qwen2", rows);
        List<Placed> placed = new ArrayList<>();
        for (int i = 0; i < taken.size(); i++) {
            placed.add(new Placed(taken.get(i), types.get(i), header.offsets().get(i), interleaved.get(i)));
        }
        return new GgufMaker(header.toBytes(), placed, header.dataBytes(), head);
    }

    private static void metadata(GgufHeaderWriter header, String type, String name, JsonNode config) {
        long heads = number(config, "num_attention_heads");
        JsonNode rope = config.path("rope_parameters");
        if (config.path("rope_scaling").isObject()
                || !rope.path("rope_type").asString("default").equals("default")) {
            throw new EspalierException("its positions are scaled (rope_scaling), which is not made here");
        }
        header.text("general.architecture", type)
                .text("general.type", "model")
                .text("general.name", name)
                .number("general.file_type", Q8_0_FILE)
                .number("general.quantization_version", QUANTISATION_VERSION)
                .number(type + ".block_count", number(config, "num_hidden_layers"))
                .number(type + ".context_length", number(config, "max_position_embeddings"))
                .number(type + ".embedding_length", number(config, "hidden_size"))
                .number(type + ".feed_forward_length", number(config, "intermediate_size"))
                .number(type + ".attention.head_count", heads)
                .number(
                        type + ".attention.head_count_kv",
                        config.path("num_key_value_heads").asLong(heads))
                .real(
                        type + ".rope.freq_base",
                        config.path("rope_theta")
                                .asDouble(rope.path("rope_theta").asDouble(10_000)))
                .real(
                        type + ".attention.layer_norm_rms_epsilon",
                        config.path("rms_norm_eps").asDouble(1e-6));
        if (type.equals("granite")) {
            header.number("granite.vocab_size", number(config, "vocab_size"))
                    .number("granite.rope.dimension_count", number(config, "hidden_size") / heads)
                    .real(
                            "granite.attention.scale",
                            config.path("attention_multiplier").asDouble(1))
                    .real(
                            "granite.embedding_scale",
                            config.path("embedding_multiplier").asDouble(1))
                    .real(
                            "granite.residual_scale",
                            config.path("residual_multiplier").asDouble(1))
                    .real("granite.logit_scale", config.path("logits_scaling").asDouble(1));
        }
    }

    private static long number(JsonNode config, String key) {
        long value = config.path(key).asLong(0);
        if (value < 1) {
            throw new EspalierException("its config.json has no " + key);
        }
        return value;
    }

    /** The head, which is to be a file of its own; empty for a causal language model. */
    public Optional<SplitHead> head() {
        return head;
    }

    /** Tensors that the file is made of. */
    public List<Tensor> tensors() {
        return placed.stream().map(Placed::tensor).toList();
    }

    /** Bytes of the file. */
    public long bytes() {
        return header.length + dataBytes;
    }

    /** Writes the header, and gives the file its length. */
    public void begin(FileChannel out) throws IOException {
        writeAll(out, ByteBuffer.wrap(header), 0);
        writeAll(out, ByteBuffer.wrap(new byte[1]), bytes() - 1);
    }

    /**
     * Writes rows of a tensor.
     *
     * @param row the first
     * @param bytes of whole rows as they are published, little-endian
     * @param path what messages call the published file
     */
    public void write(FileChannel out, Tensor tensor, long row, ByteBuffer bytes, Path path) throws IOException {
        Placed place = placed.stream()
                .filter(one -> one.tensor().equals(tensor))
                .findFirst()
                .orElseThrow();
        float[] values = SafetensorsFile.values(tensor, bytes.order(ByteOrder.LITTLE_ENDIAN), path);
        int columns = (int) place.columns();
        ByteBuffer made = ByteBuffer.allocate((int) place.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length / columns; i++) {
            made.clear();
            if (place.type() == GgmlType.Q8_0) {
                quantise(values, i * columns, columns, made);
            } else {
                for (int j = 0; j < columns; j++) {
                    made.putFloat(values[i * columns + j]);
                }
            }
            writeAll(out, made.flip(), header.length + place.at() + place.target(row + i) * place.rowBytes());
        }
    }

    /** As ggml's reference does: blocks of 32 numbers, each a half-precision scale and whole numbers to 127. */
    private static void quantise(float[] values, int from, int columns, ByteBuffer out) {
        for (int block = from; block < from + columns; block += 32) {
            float largest = 0;
            for (int i = block; i < block + 32; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float scale = largest / 127;
            float inverse = scale == 0 ? 0 : 1 / scale;
            out.putShort(HalfFloat.fromFloat(scale));
            for (int i = block; i < block + 32; i++) {
                double scaled = values[i] * inverse;
                out.put((byte) Math.copySign(Math.floor(Math.abs(scaled) + 0.5), scaled));
            }
        }
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += out.write(bytes, to);
        }
    }
}

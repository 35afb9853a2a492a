package org.espalier.gguf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Llama-3.2-1B's shape and vocabulary's size, in a file whose weights are all zero and take no room on a disk that knows holes.
 * What it costs to look at, load and compute with is what the model costs.
 */
public final class RealShape {
    public static final int VOCABULARY = 128_256;
    private static final int LAYERS = 16;
    private static final int WIDTH = 2048;
    private static final int KEY_VALUE_WIDTH = 512;
    private static final int WIDE = 8192;
    private static final int ALIGNMENT = 32;

    private final GgufWriter writer = new GgufWriter();
    private long bytes;

    private RealShape() {}

    /** Writes it. Of the same length as the model, 0.7 GiB, and little of it on the disk. */
    public static Path write(Path file) throws IOException {
        RealShape shape = new RealShape();
        shape.metadata();
        shape.tensors();
        Files.write(file, shape.writer.toBytes());
        try (RandomAccessFile model = new RandomAccessFile(file.toFile(), "rw")) {
            model.setLength((model.length() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + shape.bytes);
        }
        return file;
    }

    private void metadata() {
        writer.text("general.architecture", "llama")
                .number("llama.block_count", LAYERS)
                .number("llama.context_length", 131_072)
                .number("llama.embedding_length", WIDTH)
                .number("llama.feed_forward_length", WIDE)
                .number("llama.attention.head_count", 32)
                .number("llama.attention.head_count_kv", 8)
                .number("llama.rope.dimension_count", 64)
                .real("llama.rope.freq_base", 500_000)
                .real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        List<String> bytes =
                IntStream.range(0, 256).mapToObj(RealShape::character).toList();
        List<String> tokens = new ArrayList<>(bytes);
        List<String> merges = new ArrayList<>();
        IntFunction<String> letter = i -> Character.toString('a' + i % 26);
        // All words of two letters, of three, and so on, each merged of the word before and a letter.
        List<String> words = List.of("");
        while (tokens.size() < VOCABULARY) {
            List<String> longer = new ArrayList<>();
            for (String word : words) {
                for (int i = 0; i < 26 && tokens.size() < VOCABULARY; i++) {
                    longer.add(word + letter.apply(i));
                    if (!word.isEmpty()) {
                        tokens.add(word + letter.apply(i));
                        merges.add(word + " " + letter.apply(i));
                    }
                }
            }
            words = longer;
        }
        writer.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "llama-bpe")
                .texts("tokenizer.ggml.tokens", tokens)
                .signedNumbers(
                        "tokenizer.ggml.token_type",
                        IntStream.range(0, VOCABULARY)
                                .map(i -> i == VOCABULARY - 1 ? 3 : 1)
                                .boxed()
                                .toList())
                .texts("tokenizer.ggml.merges", merges)
                .number("tokenizer.ggml.bos_token_id", VOCABULARY - 1)
                .number("tokenizer.ggml.eos_token_id", VOCABULARY - 1);
    }

    /** How a vocabulary of bytes writes them: what is not printable has a character of its own. */
    private static String character(int value) {
        boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xff && value != 0xad);
        return Character.toString(printable ? value : 0x4e00 + value);
    }

    private void tensors() {
        tensor("token_embd.weight", GgmlType.Q6_K, WIDTH, VOCABULARY);
        tensor("output_norm.weight", GgmlType.F32, WIDTH);
        for (int layer = 0; layer < LAYERS; layer++) {
            String block = "blk." + layer + ".";
            tensor(block + "attn_norm.weight", GgmlType.F32, WIDTH);
            tensor(block + "attn_q.weight", GgmlType.Q4_K, WIDTH, WIDTH);
            tensor(block + "attn_k.weight", GgmlType.Q4_K, WIDTH, KEY_VALUE_WIDTH);
            tensor(block + "attn_v.weight", GgmlType.Q4_K, WIDTH, KEY_VALUE_WIDTH);
            tensor(block + "attn_output.weight", GgmlType.Q4_K, WIDTH, WIDTH);
            tensor(block + "ffn_norm.weight", GgmlType.F32, WIDTH);
            tensor(block + "ffn_gate.weight", GgmlType.Q4_K, WIDTH, WIDE);
            tensor(block + "ffn_up.weight", GgmlType.Q4_K, WIDTH, WIDE);
            tensor(block + "ffn_down.weight", GgmlType.Q4_K, WIDE, WIDTH);
        }
    }

    private void tensor(String name, GgmlType type, long... shape) {
        writer.rawTensor(name, type.id(), bytes, shape);
        long elements = 1;
        for (long length : shape) {
            elements *= length;
        }
        bytes += elements / type.blockElements() * type.blockBytes();
        bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

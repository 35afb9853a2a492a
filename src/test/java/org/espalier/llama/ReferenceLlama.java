package org.espalier.llama;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.gguf.GgmlType;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;

/**
 * A model of the llama or the qwen2 architecture computed as its paper has it, from the file alone: whole token lists, no cache, no
 * batches, double precision, nothing of llama.cpp. What it says is what the engine must say, whatever way the tokens took
 * into the cache.
 */
final class ReferenceLlama {
    /** What llama.cpp takes where a file does not say. */
    private static final double DEFAULT_ROPE_BASE = 10_000;

    /** Rows of {@code columns} numbers each, which a vector of that length is multiplied with. */
    private record Matrix(int columns, double[] values) {
        double[] row(int index) {
            return Arrays.copyOfRange(values, index * columns, (index + 1) * columns);
        }

        double[] times(double[] vector) {
            double[] product = new double[values.length / columns];
            for (int i = 0; i < product.length; i++) {
                for (int j = 0; j < columns; j++) {
                    product[i] += values[i * columns + j] * vector[j];
                }
            }
            return product;
        }
    }

    /** @param bias of zeros where the architecture has none */
    private record Projection(Matrix weights, double[] bias) {
        double[] of(double[] vector) {
            double[] result = weights.times(vector);
            add(result, bias);
            return result;
        }
    }

    private record Layer(
            double[] attentionNorm,
            Projection query,
            Projection key,
            Projection value,
            Matrix attentionOutput,
            double[] feedForwardNorm,
            Matrix gate,
            Matrix up,
            Matrix down) {}

    private final String architecture;
    private final int heads;
    private final int headsPerKey;
    private final int headSize;
    private final int rotated;
    /** Whether a number is turned with the one half a head away, as in qwen2, and not with its neighbour. */
    private final boolean rotatesHalves;

    private final double ropeBase;
    private final double epsilon;
    private final Matrix embedding;
    private final Matrix head;
    private final double[] outputNorm;
    private final List<Layer> layers = new ArrayList<>();

    private ReferenceLlama(Map<String, Object> metadata, Map<String, Matrix> tensors) {
        architecture = (String) metadata.get("general.architecture");
        rotatesHalves = architecture.equals("qwen2");
        int width = integer(metadata, "embedding_length");
        heads = integer(metadata, "attention.head_count");
        headsPerKey = heads / integer(metadata, "attention.head_count_kv");
        headSize = width / heads;
        rotated = integer(metadata, "rope.dimension_count");
        ropeBase = (double) metadata.getOrDefault(architecture + ".rope.freq_base", DEFAULT_ROPE_BASE);
        epsilon = (double) metadata.get(architecture + ".attention.layer_norm_rms_epsilon");
        embedding = take(tensors, "token_embd");
        outputNorm = take(tensors, "output_norm").values();
        head = tensors.containsKey("output.weight") ? take(tensors, "output") : embedding;
        for (int i = 0; i < integer(metadata, "block_count"); i++) {
            String layer = "blk." + i + ".";
            layers.add(new Layer(
                    take(tensors, layer + "attn_norm").values(),
                    projection(tensors, layer + "attn_q"),
                    projection(tensors, layer + "attn_k"),
                    projection(tensors, layer + "attn_v"),
                    take(tensors, layer + "attn_output"),
                    take(tensors, layer + "ffn_norm").values(),
                    take(tensors, layer + "ffn_gate"),
                    take(tensors, layer + "ffn_up"),
                    take(tensors, layer + "ffn_down")));
        }
        // A bias or a table of rotations that is not looked at would make the reference wrong.
        if (!tensors.isEmpty()
                || metadata.keySet().stream().anyMatch(key -> key.contains(".rope.scaling"))
                || metadata.keySet().stream().anyMatch(key -> key.contains(".attention.key_length"))) {
            throw new IllegalArgumentException("more than the plain architecture: " + tensors.keySet());
        }
    }

    static ReferenceLlama read(Path file) throws IOException {
        GgufHeader header = GgufHeader.read(file).requireComplete();
        if (!List.of("llama", "qwen2").contains(header.architecture().orElse(""))) {
            throw new IllegalArgumentException(file + " is of another architecture");
        }
        // The header gives the tensors' offsets in a section whose place only its end tells.
        long dataBytes = header.tensors().stream()
                .mapToLong(tensor -> tensor.offset() + tensor.bytes())
                .max()
                .orElseThrow();
        long data = header.expectedBytes() - dataBytes;
        Map<String, Matrix> tensors = new HashMap<>();
        try (FileChannel channel = FileChannel.open(file)) {
            for (GgufTensor tensor : header.tensors()) {
                ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, data + tensor.offset(), tensor.bytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
                tensors.put(tensor.name(), matrix(tensor, bytes));
            }
        }
        return new ReferenceLlama(header.metadata(), tensors);
    }

    private static Matrix matrix(GgufTensor tensor, ByteBuffer bytes) {
        GgmlType type = tensor.type().orElseThrow();
        double[] values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case F32 -> bytes.getFloat();
                case F16 -> half(bytes.getShort());
                default -> throw new IllegalArgumentException(tensor.name() + " is of type " + type);
            };
        }
        return new Matrix(tensor.shape().get(0).intValue(), values);
    }

    /** IEEE 754 half precision, finite. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude =
                exponent == 0 ? Math.scalb(fraction, -24) : Math.scalb((double) (fraction + 1024), exponent - 25);
        return bits < 0 ? -magnitude : magnitude;
    }

    private int integer(Map<String, Object> metadata, String key) {
        return (int) (long) metadata.get(architecture + "." + key);
    }

    private static Matrix take(Map<String, Matrix> tensors, String name) {
        Matrix matrix = tensors.remove(name + ".weight");
        if (matrix == null) {
            throw new IllegalArgumentException("there is no tensor " + name + ".weight");
        }
        return matrix;
    }

    private static Projection projection(Map<String, Matrix> tensors, String name) {
        Matrix weights = take(tensors, name);
        Matrix bias = tensors.remove(name + ".bias");
        return new Projection(
                weights, bias == null ? new double[weights.values().length / weights.columns()] : bias.values());
    }

    /** Log-probabilities of all tokens after each of these: those after the last one come last. */
    double[][] logProbs(int[] tokens) {
        double[][] states = hidden(tokens);
        for (int i = 0; i < states.length; i++) {
            states[i] = logSoftmax(head.times(states[i]));
        }
        return states;
    }

    /** The states after the final norm, of each token: what a head reads. */
    double[][] hidden(int[] tokens) {
        double[][] states = new double[tokens.length][];
        for (int i = 0; i < tokens.length; i++) {
            states[i] = embedding.row(tokens[i]);
        }
        for (Layer layer : layers) {
            attend(layer, states);
            for (double[] state : states) {
                feedForward(layer, state);
            }
        }
        for (int i = 0; i < states.length; i++) {
            states[i] = normalised(states[i], outputNorm);
        }
        return states;
    }

    private void attend(Layer layer, double[][] states) {
        double[][] keys = new double[states.length][];
        double[][] values = new double[states.length][];
        for (int i = 0; i < states.length; i++) {
            double[] input = normalised(states[i], layer.attentionNorm);
            double[] queries = rotated(layer.query.of(input), i);
            keys[i] = rotated(layer.key.of(input), i);
            values[i] = layer.value.of(input);
            double[] seen = new double[queries.length];
            for (int h = 0; h < heads; h++) {
                look(h, queries, i + 1, keys, values, seen);
            }
            add(states[i], layer.attentionOutput.times(seen));
        }
    }

    /** One head's view of the first {@code count} positions. */
    private void look(int h, double[] queries, int count, double[][] keys, double[][] values, double[] seen) {
        int own = h * headSize;
        int shared = h / headsPerKey * headSize;
        double[] scores = new double[count];
        for (int j = 0; j < count; j++) {
            for (int d = 0; d < headSize; d++) {
                scores[j] += queries[own + d] * keys[j][shared + d] / Math.sqrt(headSize);
            }
        }
        double[] logShares = logSoftmax(scores);
        for (int j = 0; j < count; j++) {
            double share = Math.exp(logShares[j]);
            for (int d = 0; d < headSize; d++) {
                seen[own + d] += share * values[j][shared + d];
            }
        }
    }

    /** Turns each head's numbers, taken as pairs, by angles that grow with the position. */
    private double[] rotated(double[] vector, int position) {
        double[] turned = vector.clone();
        for (int start = 0; start < vector.length; start += headSize) {
            for (int d = 0; d < rotated; d += 2) {
                double angle = position * Math.pow(ropeBase, -(double) d / rotated);
                int one = start + (rotatesHalves ? d / 2 : d);
                int other = rotatesHalves ? one + rotated / 2 : one + 1;
                double x = vector[one];
                double y = vector[other];
                turned[one] = x * Math.cos(angle) - y * Math.sin(angle);
                turned[other] = x * Math.sin(angle) + y * Math.cos(angle);
            }
        }
        return turned;
    }

    private void feedForward(Layer layer, double[] state) {
        double[] input = normalised(state, layer.feedForwardNorm);
        double[] gate = layer.gate.times(input);
        double[] inner = layer.up.times(input);
        for (int i = 0; i < inner.length; i++) {
            inner[i] *= gate[i] / (1 + Math.exp(-gate[i]));
        }
        add(state, layer.down.times(inner));
    }

    private double[] normalised(double[] vector, double[] weights) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        double scale = 1 / Math.sqrt(squares / vector.length + epsilon);
        double[] result = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            result[i] = vector[i] * scale * weights[i];
        }
        return result;
    }

    private static void add(double[] state, double[] change) {
        for (int i = 0; i < state.length; i++) {
            state[i] += change[i];
        }
    }

    private static double[] logSoftmax(double[] logits) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double logSum = max
                + Math.log(Arrays.stream(logits)
                        .map(logit -> Math.exp(logit - max))
                        .sum());
        return Arrays.stream(logits).map(logit -> logit - logSum).toArray();
    }
}

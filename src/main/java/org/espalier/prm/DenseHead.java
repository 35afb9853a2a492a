package org.espalier.prm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reward model of family B has in place of the vocabulary: one linear layer over the hidden state after the final
 * norm, or two with a ReLU between them. Immutable; {@link #weights()} is not to be written to.
 */
public final class DenseHead {
    /** More outputs than any published reward model has; they travel in the words of watched tokens. */
    public static final int MAX_CLASSES = 8;

    /**
     * A linear layer.
     *
     * @param width of its input
     * @param weights a row for each output
     * @param bias one number for each output; null for none
     */
    @SuppressWarnings("ArrayRecordComponent") // taken apart at once, never compared
    public record Layer(int width, float[] weights, float @Nullable [] bias) {
        /** @throws IllegalArgumentException if the numbers do not make whole rows, or the bias is of another height */
        public Layer {
            if (width < 1 || weights.length == 0 || weights.length % width != 0) {
                throw new IllegalArgumentException(weights.length + " weights do not make rows of " + width);
            }
            if (bias != null && bias.length != weights.length / width) {
                throw new IllegalArgumentException(
                        "a bias of " + bias.length + " for " + weights.length / width + " outputs");
            }
        }

        int outputs() {
            return weights.length / width;
        }
    }

    private final int width;
    private final int middle;
    private final int classes;
    private final boolean middleBias;
    private final boolean classBias;
    private final float[] weights;

    private DenseHead(@Nullable Layer dense, Layer out) {
        width = dense == null ? out.width() : dense.width();
        middle = dense == null ? 0 : dense.outputs();
        classes = out.outputs();
        middleBias = dense != null && dense.bias() != null;
        classBias = out.bias() != null;
        if (dense != null && middle != out.width()) {
            throw new IllegalArgumentException(
                    "a layer of " + middle + " outputs before one of " + out.width() + " inputs");
        }
        if (classes > MAX_CLASSES) {
            throw new IllegalArgumentException(classes + " outputs are more than " + MAX_CLASSES);
        }
        weights = joined(dense == null ? List.of(out) : List.of(dense, out));
    }

    /** @throws IllegalArgumentException if it has more than {@value #MAX_CLASSES} outputs */
    public static DenseHead linear(Layer out) {
        return new DenseHead(null, out);
    }

    /** @throws IllegalArgumentException if the layers do not fit, or it has more than {@value #MAX_CLASSES} outputs */
    public static DenseHead twoLayers(Layer dense, Layer out) {
        return new DenseHead(dense, out);
    }

    private static float[] joined(List<Layer> layers) {
        int size = 0;
        for (Layer layer : layers) {
            size += layer.weights().length + (layer.bias() == null ? 0 : layer.outputs());
        }
        float[] all = new float[size];
        int at = 0;
        for (Layer layer : layers) {
            System.arraycopy(layer.weights(), 0, all, at, layer.weights().length);
            at += layer.weights().length;
            float[] bias = layer.bias();
            if (bias != null) {
                System.arraycopy(bias, 0, all, at, bias.length);
                at += bias.length;
            }
        }
        return all;
    }

    /** Of the hidden states that it reads. */
    public int width() {
        return width;
    }

    /** Width of the layer between; 0 if there is none. */
    public int middle() {
        return middle;
    }

    /** Numbers that it gives for a token. */
    public int classes() {
        return classes;
    }

    public boolean hasMiddleBias() {
        return middleBias;
    }

    public boolean hasClassBias() {
        return classBias;
    }

    /** All weights, layer after layer, row by row, each layer's bias after it. */
    public float[] weights() {
        return weights;
    }
}

package org.espalier.prm;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * How the outputs of a {@link DenseHead} become a score.
 *
 * @param classes outputs that the head has
 * @param activation what is done to them first
 * @param plus the outputs that count for the step
 * @param minus those that count against it
 */
public record HeadReading(
        int classes,
        Activation activation,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Integer> plus,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Integer> minus) {
    /** What is done to a head's outputs before they are added up. */
    public enum Activation {
        /** They become probabilities that sum to 1. */
        SOFTMAX,
        /** Each becomes a probability by itself. */
        SIGMOID,
        /** They stay as they are. */
        NONE
    }

    /** @throws IllegalArgumentException if nothing counts, or an output that there is not */
    public HeadReading {
        plus = List.copyOf(plus);
        minus = List.copyOf(minus);
        if (plus.isEmpty() || classes < 1 || classes > DenseHead.MAX_CLASSES) {
            throw new IllegalArgumentException("a head of " + classes + " classes of which " + plus + " count");
        }
        for (List<Integer> outputs : List.of(plus, minus)) {
            if (outputs.stream().anyMatch(output -> output < 0 || output >= classes)) {
                throw new IllegalArgumentException("class " + outputs + " of a head of " + classes);
            }
        }
    }

    /** Returns whether the score is a probability. */
    public boolean isProbability() {
        return activation != Activation.NONE && minus.isEmpty();
    }

    /** The score of a head's outputs. */
    public double score(float[] outputs) {
        double[] values = activated(outputs);
        double score = 0;
        for (int output : plus) {
            score += values[output];
        }
        for (int output : minus) {
            score -= values[output];
        }
        return score;
    }

    private double[] activated(float[] outputs) {
        double[] values = new double[classes];
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < classes; i++) {
            max = Math.max(max, outputs[i]);
        }
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            values[i] = switch (activation) {
                case SOFTMAX -> Math.exp(outputs[i] - max);
                case SIGMOID -> 1 / (1 + Math.exp(-outputs[i]));
                case NONE -> outputs[i];
            };
            sum += values[i];
        }
        for (int i = 0; i < classes && activation == Activation.SOFTMAX; i++) {
            values[i] /= sum;
        }
        return values;
    }
}

package org.espalier.safetensors;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The dense head of a reward model, as its tensors are called in the checkpoint: one linear layer over the hidden state, or
 * two with a ReLU between them.
 *
 * @param denseWeight of the layer below; null if there is one layer
 * @param denseBias null for none
 * @param outWeight a row for each class
 * @param outBias null for none
 */
public record SplitHead(
        @Nullable Tensor denseWeight,
        @Nullable Tensor denseBias,
        Tensor outWeight,
        @Nullable Tensor outBias) {
    /** More outputs than any published reward model has; something else has the name of a head. */
    private static final long MOST_CLASSES = 8;

    /**
     * How a family of models calls its head.
     *
     * @param dense null for one layer
     */
    private record Names(@Nullable String dense, String out) {}

    private static final List<Names> KNOWN = List.of(
            // Qwen2ForProcessRewardModel, Qwen2ForRewardModel: Sequential(Linear, ReLU, Linear).
            new Names("score.0", "score.2"),
            // ...ForTokenClassification and ...ForSequenceClassification.
            new Names(null, "score"),
            new Names(null, "classifier"),
            // Qwen2ForPrmModel (Skywork) and TRL's value heads.
            new Names(null, "v_head.summary"),
            // ReasonEval.
            new Names(null, "score_head"));

    /**
     * The head among a checkpoint's tensors.
     *
     * @return empty if there is none of a known name
     * @throws EspalierException if its layers do not fit each other or the hidden state
     */
    public static Optional<SplitHead> find(List<Tensor> tensors, long width) {
        for (Names names : KNOWN) {
            Tensor out = named(tensors, names.out() + ".weight");
            Tensor dense = names.dense() == null ? null : named(tensors, names.dense() + ".weight");
            if (out != null && (names.dense() == null || dense != null)) {
                SplitHead head = new SplitHead(
                        dense,
                        names.dense() == null ? null : named(tensors, names.dense() + ".bias"),
                        out,
                        named(tensors, names.out() + ".bias"));
                head.check(width);
                return Optional.of(head);
            }
        }
        return Optional.empty();
    }

    private static @Nullable Tensor named(List<Tensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void check(long width) {
        long below = width;
        if (denseWeight != null) {
            below = checkLayer(denseWeight, denseBias, width);
        }
        long classes = checkLayer(outWeight, outBias, below);
        if (classes > MOST_CLASSES) {
            throw new EspalierException("the head %s has %d outputs; reward models have at most %d"
                    .formatted(outWeight.name(), classes, MOST_CLASSES));
        }
    }

    private static long checkLayer(Tensor weight, @Nullable Tensor bias, long inputs) {
        if (weight.shape().size() != 2 || weight.shape().get(1) != inputs) {
            throw new EspalierException("the head %s has the shape %s where %d inputs are needed"
                    .formatted(weight.name(), weight.shape(), inputs));
        }
        long outputs = weight.shape().get(0);
        if (bias != null && !bias.shape().equals(List.of(outputs))) {
            throw new EspalierException("the head %s has the shape %s where %d numbers are needed"
                    .formatted(bias.name(), bias.shape(), outputs));
        }
        return outputs;
    }

    public long classes() {
        return outWeight.shape().get(0);
    }

    public Set<String> names() {
        return Stream.of(denseWeight, denseBias, outWeight, outBias)
                .flatMap(Stream::ofNullable)
                .map(Tensor::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Such as "two layers, 2 classes". */
    public String describe() {
        return "%s, %d %s"
                .formatted(
                        denseWeight == null ? "one layer" : "two layers",
                        classes(),
                        classes() == 1 ? "output" : "classes")
                .toLowerCase(Locale.ROOT);
    }
}

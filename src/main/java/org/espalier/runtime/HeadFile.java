package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.Internal;
import org.espalier.model.Parameter;
import org.espalier.model.Wording;
import org.espalier.prm.DenseHead;
import org.espalier.prm.DenseHead.Layer;
import org.jspecify.annotations.Nullable;

/** A PRM's head in a GGUF file of its own, as {@link HeadFormat} says. */
@Internal
public final class HeadFile {
    private static final List<String> TENSORS =
            List.of(HeadFormat.DENSE_WEIGHT, HeadFormat.DENSE_BIAS, HeadFormat.OUT_WEIGHT, HeadFormat.OUT_BIAS);

    private final Path path;
    private final GgufHeader header;

    private HeadFile(Path path, GgufHeader header) {
        this.path = path;
        this.header = header;
    }

    /**
     * Opens a head.
     *
     * @throws EspalierException if the file cannot be read or holds something else
     */
    public static HeadFile open(Path path) {
        GgufHeader header = GgufHeader.read(path).requireComplete();
        if (!header.architecture().orElse("").equals(HeadFormat.ARCHITECTURE)) {
            throw new EspalierException(Wording.of(
                    "%s is not a PRM's head but a model: give the head that 'espalier models import' wrote, and the"
                            + " model with %s",
                    path, Parameter.of("prm")));
        }
        return new HeadFile(path, header);
    }

    public Path path() {
        return path;
    }

    /** Name of the profile by which model and head are read; empty if the file does not say. */
    public Optional<String> profile() {
        return header.metadata().get(HeadFormat.PROFILE) instanceof String profile
                ? Optional.of(profile)
                : Optional.empty();
    }

    /** @throws EspalierException if its tensors do not make a head */
    public DenseHead read() {
        for (GgufTensor tensor : header.tensors()) {
            if (!TENSORS.contains(tensor.name())) {
                throw unusable("a tensor " + tensor.name() + ", which no head has");
            }
        }
        try {
            Layer out = layer(HeadFormat.OUT_WEIGHT, HeadFormat.OUT_BIAS);
            return find(HeadFormat.DENSE_WEIGHT) == null
                    ? DenseHead.linear(out)
                    : DenseHead.twoLayers(layer(HeadFormat.DENSE_WEIGHT, HeadFormat.DENSE_BIAS), out);
        } catch (IllegalArgumentException e) {
            throw unusable(e.getMessage());
        }
    }

    private Layer layer(String weightName, String biasName) {
        GgufTensor weight = find(weightName);
        if (weight == null) {
            throw unusable("no tensor " + weightName);
        }
        if (weight.shape().isEmpty()
                || weight.shape().size() > 2
                || weight.elements() == 0
                || weight.shape().get(0) > Integer.MAX_VALUE) {
            throw unusable("a tensor " + weight.name() + " of shape " + weight.shape());
        }
        GgufTensor bias = find(biasName);
        return new Layer(
                weight.shape().get(0).intValue(),
                header.floats(weight.name()),
                bias == null ? null : header.floats(bias.name()));
    }

    private @Nullable GgufTensor find(String name) {
        return header.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private EspalierException unusable(@Nullable String what) {
        return new EspalierException(path + " is not a usable PRM head: it has " + what);
    }
}

package org.espalier.gguf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the dense head of a PRM is kept: in a GGUF file of its own beside the model's, of the architecture {@value
 * #ARCHITECTURE}, with the output layer and, if it has two layers, the dense one before it. A weight is [inputs, outputs],
 * the contiguous dimension first; biases may be missing.
 */
public final class HeadFormat {
    public static final String ARCHITECTURE = "prm-head";
    /** Key of the profile's name, if it is known. */
    public static final String PROFILE = "espalier.prm.profile";

    public static final String DENSE_WEIGHT = "head.dense.weight";
    public static final String DENSE_BIAS = "head.dense.bias";
    public static final String OUT_WEIGHT = "head.out.weight";
    public static final String OUT_BIAS = "head.out.bias";

    /** Of a head's file, in the place of a model's {@code .gguf}. */
    public static final String EXTENSION = ".head.gguf";

    private static final String MODEL_EXTENSION = ".gguf";

    private HeadFormat() {}

    /** The head that belongs to a model file by its name: {@code model.head.gguf} beside {@code model.gguf}. */
    public static Optional<Path> beside(Path model) {
        String name = String.valueOf(model.getFileName());
        String stem =
                name.endsWith(MODEL_EXTENSION) ? name.substring(0, name.length() - MODEL_EXTENSION.length()) : name;
        return Optional.of(model.resolveSibling(stem + EXTENSION)).filter(Files::isRegularFile);
    }
}

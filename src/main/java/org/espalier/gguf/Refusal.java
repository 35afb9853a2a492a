package org.espalier.gguf;

import java.nio.file.Path;
import org.espalier.model.EspalierException;

/** Refuses a file for which something does not hold that llama.cpp takes for granted. */
final class Refusal {
    private final Path path;
    private final String has;

    private Refusal(Path path, String has) {
        this.path = path;
        this.has = has;
    }

    static Refusal ofModel(Path path) {
        return new Refusal(path, "GGUF file: its header has");
    }

    static Refusal ofAdapter(Path path) {
        return new Refusal(path, "LoRA adapter: it has");
    }

    /**
     * Refuses the file unless a condition holds.
     *
     * @param what the file has where it does not
     * @throws EspalierException in that case
     */
    void require(boolean holds, String what) {
        if (!holds) {
            throw new EspalierException("%s is not a usable %s %s".formatted(path, has, what));
        }
    }

    /** @throws EspalierException if llama.cpp cannot compute with a tensor of this type */
    void requireComputable(GgufTensor tensor) {
        require(
                TensorTypes.isUsable(tensor),
                "a tensor %s of type %s, with which llama.cpp cannot compute"
                        .formatted(
                                GgufReader.quoted(tensor.name()),
                                tensor.type().map(GgmlType::name).orElse("")));
    }
}

package org.espalier.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.espalier.catalog.FileTree;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.safetensors.HeadWriter;
import org.espalier.safetensors.SplitHead;
import org.jspecify.annotations.Nullable;

/** Makes a GGUF file of a checkpoint, and a sidecar file of its dense head if it has one. */
public final class CheckpointImport {
    private final LlamaConverter converter;
    private final Consumer<String> stages;

    /**
     * @param cache where the converter and its environment are kept
     * @param checkout the root of the checkout that this build is from; null if it is not in one
     * @param stages hears what is being done, a line each
     */
    public CheckpointImport(
            Path cache, Map<String, String> environment, @Nullable Path checkout, Consumer<String> stages) {
        converter = new LlamaConverter(cache, environment, checkout, stages);
        this.stages = stages;
    }

    /**
     * What was made.
     *
     * @param model the GGUF file
     * @param head its sidecar file; null for a causal language model
     */
    public record Imported(Path model, @Nullable Path head) {}

    /**
     * Imports. Started again after it was ended, it begins with the conversion anew; the environment stays.
     *
     * @param type of the weights: f32, f16, bf16 or q8_0
     * @param profile of the PRM, for its sidecar file; empty if it is not known
     * @param folder where the files are made, under a name that they keep; made if it is not there
     * @throws EspalierException if it cannot be imported; the message says why
     */
    public Imported run(Checkpoint checkpoint, String type, Optional<String> profile, Path folder, String name) {
        try {
            Path work = folder.resolve(name + ".import");
            FileTree.delete(work);
            Path staged = Files.createDirectories(work.resolve("checkpoint"));
            requireSpace(checkpoint, folder);
            Optional<SplitHead> head = checkpoint.head();
            if (head.isPresent()) {
                stages.accept("Splitting the head off: " + head.get().describe());
            }
            Set<String> leftOut = StagedCheckpoint.stage(checkpoint, staged);
            Path model = work.resolve(name + ".gguf");
            convert(checkpoint, staged, leftOut, type, model);
            Path headFile = null;
            if (head.isPresent()) {
                headFile = work.resolve(name + HeadFormat.EXTENSION);
                HeadWriter.write(headFile, head.get(), profile, checkpoint::read);
            }
            return new Imported(model, headFile);
        } catch (IOException e) {
            throw new EspalierException(
                    "cannot import %s: %s (in %s)".formatted(checkpoint.folder(), Reason.of(e), folder), e);
        } catch (EspalierException e) {
            throw new EspalierException("cannot import %s: %s".formatted(checkpoint.folder(), e.getMessage()), e);
        }
    }

    private void convert(Checkpoint checkpoint, Path staged, Set<String> leftOut, String type, Path model)
            throws IOException {
        try {
            converter.convert(staged, checkpoint.names().get(0), type, model);
        } catch (EspalierException e) {
            if (leftOut.isEmpty()) {
                throw e;
            }
            throw new EspalierException(
                    "%s; its settings name Python code (%s), which is never run: the import may be impossible without it"
                            .formatted(e.getMessage(), String.join(", ", leftOut)),
                    e);
        }
    }

    /** The weights once more, and the files from which a head is taken out. */
    private static void requireSpace(Checkpoint checkpoint, Path folder) throws IOException {
        long usable = Files.getFileStore(folder).getUsableSpace();
        long needed = 2 * checkpoint.bytes();
        if (usable < needed) {
            throw new EspalierException("the disk has %d MB free, the import may need %d MB"
                    .formatted(usable / 1_000_000, needed / 1_000_000));
        }
    }
}

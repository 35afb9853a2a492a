package org.espalier.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.espalier.catalog.ModelPieces;
import org.espalier.engine.MemoryPlan;
import org.espalier.engine.MemoryPlan.Demand;
import org.espalier.engine.MemoryPlan.Limit;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.llama.NativeModel;
import org.espalier.model.Internal;
import org.espalier.runtime.LoadedModels.Use;
import org.espalier.search.SearchConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a search would take, by the headers of its models: an estimate, as {@link GgufHeader#cacheBytesPerToken()} is.
 *
 * @param n completions
 * @param weightBytes of all models
 * @param wholeBytes with a cache in which all branches stay
 * @param leastBytes with a cache of one branch; parked branches are computed again when they are needed
 */
@Internal
public record MemoryNeed(int n, long weightBytes, long wholeBytes, long leastBytes) {
    /** Tokens of a prompt that is not known yet. */
    private static final int EXPECTED_PROMPT = 256;

    /** So much that all can be used. */
    static final Limit NO_LIMIT = new Limit(1L << 50, false);

    /**
     * Estimates.
     *
     * @param policy its file, the first one if it is in pieces
     * @param prm null if the policy judges itself
     * @return empty if a header does not say enough
     */
    public static Optional<MemoryNeed> of(Path policy, @Nullable Path prm, int n, int maxTokens) {
        Optional<ModelShape> policyShape = shape(policy);
        Optional<ModelShape> prmShape = Optional.ofNullable(prm).flatMap(MemoryNeed::shape);
        if (policyShape.isEmpty() || (prm != null && prmShape.isEmpty())) {
            return Optional.empty();
        }
        MemoryPlan whole = plan(policyShape.get(), prmShape, n, maxTokens);
        MemoryPlan one = plan(policyShape.get(), prmShape, 1, maxTokens);
        return Optional.of(new MemoryNeed(
                n,
                policyShape.get().weightBytes()
                        + prmShape.map(ModelShape::weightBytes).orElse(0L),
                bytes(whole, whole.sequences(), policyShape.get(), prmShape),
                bytes(one, whole.sequences(), policyShape.get(), prmShape)));
    }

    private static MemoryPlan plan(ModelShape policy, Optional<ModelShape> prm, int n, int maxTokens) {
        return MemoryPlan.of(policy, prm, new Demand(n, EXPECTED_PROMPT, maxTokens, Optional.empty(), true), NO_LIMIT);
    }

    private static long bytes(MemoryPlan plan, int sequences, ModelShape policy, Optional<ModelShape> prm) {
        long bytes = of(policy, plan.policyCells(), sequences);
        return prm.map(shape -> bytes + of(shape, plan.prmCells(), sequences)).orElse(bytes);
    }

    private static long of(ModelShape shape, int cells, int sequences) {
        return shape.weightBytes() + cells * shape.cellBytes() + (long) sequences * shape.vocabulary() * Float.BYTES;
    }

    private static Optional<ModelShape> shape(Path file) {
        return shape(file, false);
    }

    /**
     * A model's shape by its header.
     *
     * @param withBuffers whether it counts llama.cpp's buffers, and the table of tokens twice where it is the last layer too:
     *     once where it is looked up, once in the layout of this processor
     * @return empty if the header does not say enough
     */
    static Optional<ModelShape> shape(Path file, boolean withBuffers) {
        return shape(file, withBuffers, false);
    }

    /** The same of a model that is loaded already: llama.cpp's buffers and its cells, without its weights. */
    static Optional<ModelShape> shapeOfLoaded(Path file) {
        return shape(file, true, true);
    }

    private static Optional<ModelShape> shape(Path file, boolean withBuffers, boolean loaded) {
        GgufHeader header = GgufHeader.read(file);
        OptionalLong cell = header.cacheBytesPerToken();
        OptionalLong vocabulary = header.vocabularySize();
        if (cell.isEmpty() || vocabulary.isEmpty()) {
            return Optional.empty();
        }
        List<GgufTensor> tensors = ModelPieces.tensors(file);
        long weights =
                loaded ? 0 : tensors.stream().mapToLong(GgufTensor::bytes).sum();
        long context = Math.min(header.contextLength().orElse(0), Integer.MAX_VALUE);
        long embedding = header.embeddingLength().orElse(0);
        long wide = tensors.stream()
                .filter(tensor -> tensor.name().endsWith("ffn_up.weight"))
                .mapToLong(tensor -> tensor.shape().get(tensor.shape().size() - 1))
                .max()
                .orElse(4 * embedding);
        return Optional.of(new ModelShape(
                weights
                        + (withBuffers
                                ? NativeModel.workBytes(Use.BATCH_TOKENS, wide, embedding)
                                        + (loaded ? 0 : tiedBytes(tensors))
                                : 0),
                cell.getAsLong(),
                (int) vocabulary.getAsLong(),
                (int) Math.max(0, context),
                0,
                withBuffers ? 2L * Float.BYTES * Use.BATCH_TOKENS : 0));
    }

    /** Bytes of the table of tokens if it is the last layer too, in blocks that are copied for most processors; else 0. */
    private static long tiedBytes(List<GgufTensor> tensors) {
        return tensors.stream().anyMatch(tensor -> tensor.name().equals("output.weight"))
                ? 0
                : tensors.stream()
                        .filter(tensor -> tensor.name().equals("token_embd.weight"))
                        .filter(tensor -> tensor.type()
                                .filter(type -> type.blockElements() > 1)
                                .isPresent())
                        .mapToLong(GgufTensor::bytes)
                        .sum();
    }

    public static int defaultMaxTokens() {
        return SearchConfig.DEFAULT.maxTokens();
    }
}

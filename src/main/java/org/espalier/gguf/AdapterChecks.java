package org.espalier.gguf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.model.PieceName;
import org.jspecify.annotations.Nullable;

/**
 * What llama.cpp v0.5.0 takes for granted about a LoRA adapter and the model that it changes: it ends the process where one of
 * these does not hold ({@code llama-adapter.cpp}, and the products of the graph).
 */
public final class AdapterChecks {
    private static final String A = ".lora_a";
    private static final String B = ".lora_b";

    private static final Set<String> TEXTS = Set.of("general.type", "general.architecture", "adapter.type");
    private static final String ALPHA = "adapter.lora.alpha";

    private final Refusal refusal;
    private final GgufHeader adapter;

    private AdapterChecks(Path path, GgufHeader adapter) {
        refusal = Refusal.ofAdapter(path);
        this.adapter = adapter;
    }

    /**
     * Refuses an adapter that llama.cpp could not use.
     *
     * @throws org.espalier.model.EspalierException if it is damaged, is no LoRA or does not fit the model
     */
    public static void require(Path model, Path adapter) {
        GgufHeader header = GgufHeader.read(adapter).requireComplete();
        new AdapterChecks(adapter, header)
                .run(PieceName.filesOf(model).stream()
                        .flatMap(piece -> GgufHeader.read(piece).tensors().stream())
                        .toList());
    }

    private void run(List<GgufTensor> model) {
        for (String key : TEXTS) {
            Object value = adapter.metadata().get(key);
            refusal.require(value instanceof String, "no text under the key " + key);
        }
        Object alpha = adapter.metadata().get(ALPHA);
        refusal.require(
                alpha == null || (alpha instanceof Double number && Double.isFinite(number)), ALPHA + " of " + alpha);
        Map<String, GgufTensor> weights = model.stream()
                .collect(Collectors.toMap(GgufTensor::name, Function.identity(), (first, second) -> first));
        Map<String, GgufTensor> parts =
                adapter.tensors().stream().collect(Collectors.toMap(GgufTensor::name, Function.identity()));
        refusal.require(!parts.isEmpty(), "no tensors");
        for (GgufTensor part : adapter.tensors()) {
            String name = part.name();
            if (name.endsWith(A) || name.endsWith(B)) {
                refusal.requireComputable(part);
                String weight = name.substring(0, name.length() - A.length());
                requirePair(weight, weights.get(weight), parts.get(weight + A), parts.get(weight + B));
            }
        }
    }

    private void requirePair(String name, @Nullable GgufTensor weight, @Nullable GgufTensor a, @Nullable GgufTensor b) {
        if (weight == null || a == null || b == null) {
            return;
        }
        boolean experts = weight.shape().size() == 3 && name.contains("_exps");
        int dimensions = experts ? 3 : 2;
        for (GgufTensor part : List.of(a, b)) {
            refusal.require(
                    part.shape().size() == dimensions && part.elements() > 0,
                    "a tensor %s of shape %s".formatted(GgufReader.quoted(part.name()), part.shape()));
        }
        refusal.require(!name.equals("token_embd.weight"), "changes of the embedding, which cannot be applied here");
        long rank = a.shape().get(1);
        boolean fits = weight.shape().size() == dimensions
                && a.shape().get(0).equals(weight.shape().get(0))
                && b.shape().get(1).equals(weight.shape().get(1))
                && b.shape().get(0) == rank
                && (!experts
                        || (a.shape().get(2).equals(weight.shape().get(2))
                                && b.shape().get(2).equals(weight.shape().get(2))));
        refusal.require(
                fits,
                "%s of shapes %s and %s for a weight of %s: it is another model's"
                        .formatted(GgufReader.quoted(name), a.shape(), b.shape(), weight.shape()));
    }
}

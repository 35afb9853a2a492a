package org.espalier.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.MemoryPlan.Limit;
import org.espalier.gguf.GgufHeader;
import org.espalier.llama.AvailableMemory;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Internal;
import org.espalier.runtime.ModelFiles.Shapes;
import org.espalier.wire.SearchOutcome.Model;

/**
 * The memory of a process that several runtimes share, each with models of its own. What is asked before anything is loaded is
 * by the files' headers.
 */
@Internal
public final class SharedMemory {
    private final ResourceSettings resources;
    private final long allowed;
    private final OptionalLong gpuAtFirst;

    /**
     * The models of one runtime.
     *
     * @param models the policy first
     * @param bytes of their files, each counted once
     * @param contextTokens as the policy's file says; 0 if it does not
     */
    public record Files(List<Model> models, long bytes, int contextTokens) {}

    /** To be made before any model is loaded. */
    public SharedMemory(ResourceSettings resources) {
        this.resources = resources;
        MemoryAllowance memory = MemoryAllowance.of(resources);
        allowed = memory.bytes();
        gpuAtFirst = memory.onGpu() ? AvailableMemory.onGpu() : OptionalLong.empty();
    }

    /**
     * Finds the models of a runtime, and fetches those that are not here if it may.
     *
     * @throws org.espalier.model.UsageException if one is not known, or not here
     * @throws EspalierException if a file cannot be used
     */
    public static Files files(RuntimeOptions options, Workload work, FetchListener fetches) {
        ResolvedModels models = ResolvedModels.of(options, true, ModelStore.open(), fetches);
        ModelFile policy = models.policy();
        ModelFile judge = models.judge();
        List<Model> all = new ArrayList<>(List.of(new Model("policy", policy.name(), policy.knownSha256())));
        if (judge != null) {
            all.add(new Model("prm", judge.name(), judge.knownSha256()));
        }
        Optional<ModelFile> larger = LargerPolicy.file(options, work, fetches);
        larger.ifPresent(file -> all.add(new Model("largerPolicy", file.name(), file.knownSha256())));
        long bytes = ModelFiles.of(models, larger).bytes();
        long context = GgufHeader.read(policy.path()).contextLength().orElse(0);
        return new Files(List.copyOf(all), bytes, (int) Math.min(context, Integer.MAX_VALUE));
    }

    /**
     * Passes if models may fit when nothing else is loaded. To be asked before anything is.
     *
     * @throws EspalierException if they cannot, with what would help
     */
    public void require(RuntimeOptions options, Workload work) {
        ResolvedModels models = ResolvedModels.of(options, work.needsPrm(), ModelStore.open(), FetchListener.NONE);
        EarlyFit.require(
                models,
                LargerPolicy.file(options, work, RuntimeListener.NONE),
                resources,
                work,
                MemoryAllowance.of(resources));
    }

    /** What the next runtime may take: on a GPU, what those that are loaded have left. */
    public ResourceSettings rest() {
        if (gpuAtFirst.isEmpty()) {
            return resources.withMemory(allowed);
        }
        long taken = gpuAtFirst.getAsLong() - AvailableMemory.onGpu().orElse(gpuAtFirst.getAsLong());
        return resources.withMemory(Math.max(1, allowed - Math.max(0, taken)));
    }

    /** Whether there is room for all that models can use beside what is loaded; false also where a header does not say. */
    public boolean holdsWhole(RuntimeOptions options, Workload work) {
        ResolvedModels models = ResolvedModels.of(options, work.needsPrm(), ModelStore.open(), FetchListener.NONE);
        Optional<Shapes> known = ModelFiles.of(models, LargerPolicy.file(options, work, RuntimeListener.NONE))
                .shapes();
        if (known.isEmpty()) {
            return false;
        }
        Shapes shapes = known.get();
        MemoryAllowance memory = MemoryAllowance.of(rest());
        try {
            Placement whole = placement(shapes, work, MemoryNeed.NO_LIMIT);
            Placement here = placement(shapes, work, memory.limitBefore(shapes.words(), Optional::empty));
            return here.plan().equals(whole.plan());
        } catch (EspalierException doesNotFit) {
            return false;
        }
    }

    private Placement placement(Shapes shapes, Workload work, Limit limit) {
        return Placement.of(
                resources, shapes.policy(), resources.attentionOrPreferred(), shapes.beside(), 0, work, limit);
    }
}

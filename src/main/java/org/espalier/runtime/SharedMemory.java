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
import org.espalier.llama.ModelOptions;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Internal;
import org.espalier.runtime.ModelFiles.Shapes;
import org.espalier.runtime.SharedModels.Held;
import org.espalier.wire.SearchOutcome.Model;

/**
 * The memory of a process that several runtimes share, each with models of its own; a file that several of them use, such as a
 * PRM, is loaded once. What is asked before anything is loaded is by the files' headers. To be used by one thread at a time;
 * its runtimes may be closed by any.
 */
@Internal
public final class SharedMemory {
    private final ResourceSettings resources;
    private final long allowed;
    private final OptionalLong gpuAtFirst;
    private final SharedModels shared = new SharedModels();
    /** What is loaded of the files of the runtime that is to be made next. */
    private List<Held> awaited = List.of();

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
                MemoryAllowance.of(resources),
                shared);
    }

    /** What the next runtime may take: on a GPU, what those that are loaded have left. */
    private ResourceSettings rest() {
        if (gpuAtFirst.isEmpty()) {
            return resources.withMemory(allowed);
        }
        long taken = gpuAtFirst.getAsLong() - AvailableMemory.onGpu().orElse(gpuAtFirst.getAsLong());
        return resources.withMemory(Math.max(1, allowed - Math.max(0, taken)));
    }

    /**
     * Loads models, but for files that other runtimes of this have loaded: they share these.
     *
     * @throws org.espalier.model.UsageException as {@link LocalRuntime} does
     * @throws EspalierException likewise
     */
    public LocalRuntime open(RuntimeOptions options, Workload work, RuntimeListener listener, Task task) {
        try {
            return new LocalRuntime(options.withResources(rest()), work, listener, task, shared);
        } finally {
            await(List.of());
        }
    }

    private void await(List<Held> next) {
        List<Held> before = awaited;
        awaited = next;
        before.forEach(Held::close);
    }

    /**
     * Whether there is room for all that models can use beside what is loaded; false also where a header does not say. What is
     * loaded of their files stays until they are, also if the runtime that has loaded it is closed before.
     */
    public boolean holdsWhole(RuntimeOptions options, Workload work) {
        ResolvedModels models = ResolvedModels.of(options, work.needsPrm(), ModelStore.open(), FetchListener.NONE);
        ModelFiles files = ModelFiles.of(models, LargerPolicy.file(options, work, RuntimeListener.NONE));
        ModelOptions loading = resources.modelOptions();
        await(files.all().stream()
                .flatMap(file -> shared.held(file, loading).stream())
                .toList());
        Optional<Shapes> known = files.shapes(file -> shared.has(file, loading));
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

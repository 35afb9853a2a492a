package org.espalier.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.catalog.ModelFile;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.gguf.AdapterChecks;
import org.espalier.llama.ContextOptions.CacheType;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeAdapter;
import org.espalier.llama.NativeModel;
import org.espalier.model.Closer;
import org.espalier.model.PieceName;
import org.espalier.model.Wording;
import org.espalier.prompt.ChatTemplate;
import org.espalier.runtime.SharedModels.Held;
import org.jspecify.annotations.Nullable;

/**
 * The files that a runtime has loaded: each of them once, whatever it serves as, also beside other runtimes that share it.
 * Closed after what uses them.
 */
final class LoadedModels implements AutoCloseable {
    /**
     * A model, with what is added to it for one use.
     *
     * @param adapter null for the model as it is
     * @param counted whether its weights were in memory for another use already
     * @param withBuffers whether its shape counts llama.cpp's buffers
     */
    record Use(NativeModel model, @Nullable NativeAdapter adapter, boolean counted, boolean withBuffers) {
        static final int BATCH_TOKENS = 512;

        /** @param ownTokens that this use writes or is told beside a path's */
        ModelShape shape(int ownTokens) {
            // Where all is counted, what is no file's is counted with what the process takes already.
            long weights = withBuffers ? model.mappedBytes() : model.bytes();
            return new ModelShape(
                    (counted ? 0 : weights)
                            + (adapter == null ? 0 : adapter.bytes())
                            + (withBuffers ? model.workBytes(BATCH_TOKENS) : 0),
                    model.bytesPerCell(CacheType.F16),
                    model.vocabularySize(),
                    model.trainedContext(),
                    ownTokens,
                    withBuffers ? model.workBytesPerCell(BATCH_TOKENS) : 0);
        }

        /** The file's own chat template, else ChatML. */
        ChatTemplate template() {
            ChatTemplate own = model.chatTemplate();
            return own == null ? ChatTemplate.CHATML : own;
        }
    }

    private final ModelOptions options;
    private final LoadCheck check;
    private final boolean withBuffers;
    private final RuntimeListener listener;
    private final SharedModels shared;
    private final List<LoadedModel> files = new ArrayList<>();
    private final Map<Path, NativeModel> models = new HashMap<>();
    /** What closes them, the latest first: an adapter before its model. */
    private final Closer open = new Closer();

    /**
     * @param check what each file has to pass before it is loaded
     * @param withBuffers whether the shapes of what is loaded count llama.cpp's buffers
     * @param shared what other runtimes have loaded
     */
    LoadedModels(
            ModelOptions options, LoadCheck check, boolean withBuffers, RuntimeListener listener, SharedModels shared) {
        this.options = options;
        this.check = check;
        this.withBuffers = withBuffers;
        this.listener = listener;
        this.shared = shared;
    }

    /**
     * Loads what one role needs and is not loaded.
     *
     * @param adapter null for the model as it is
     * @param readsHead whether a head is read in place of logits
     * @throws org.espalier.model.EspalierException if a file cannot be loaded, or the adapter is another model's
     */
    Use load(String role, ModelFile file, @Nullable Path adapter, boolean readsHead) {
        if (adapter != null) {
            AdapterChecks.require(file.path(), adapter);
        }
        check.require(file, adapter, readsHead);
        files.add(new LoadedModel(role, file));
        NativeModel own = models.get(file.path());
        if (own != null) {
            return use(own, adapter, true);
        }
        Held held = shared.hold(file.path(), options, () -> load(file));
        open.add(held);
        models.put(file.path(), held.model());
        if (!held.wasThere()) {
            warnOfTemplate(file, held.model());
        }
        return use(held.model(), adapter, held.wasThere());
    }

    private Use use(NativeModel model, @Nullable Path adapter, boolean counted) {
        return new Use(model, adapter == null ? null : adapter(model, adapter), counted, withBuffers);
    }

    private void warnOfTemplate(ModelFile file, NativeModel model) {
        if (model.chatTemplateText() != null && model.chatTemplate() == null) {
            listener.warning(Wording.of(
                    "The chat template of %s cannot be used, because %s: ChatML is used instead, which may not be"
                            + " what the model was trained with",
                    file.name(), model.chatTemplateFault().orElse("llama.cpp does not know it")));
        }
    }

    private NativeModel load(ModelFile file) {
        long bytes = PieceName.bytesOf(file.path());
        if (bytes < LoadProgress.LEAST_BYTES) {
            return NativeModel.open(file.path(), options);
        }
        try (LoadProgress progress = new LoadProgress(file.name(), bytes, options.mapsFileOf(bytes), listener)) {
            progress.start();
            return NativeModel.open(file.path(), options);
        }
    }

    private NativeAdapter adapter(NativeModel model, Path file) {
        NativeAdapter adapter = NativeAdapter.open(model, file);
        open.add(adapter);
        return adapter;
    }

    List<LoadedModel> files() {
        return List.copyOf(files);
    }

    /** Why one of them cannot be relied on any more; empty if all can. To be asked before they are closed; any thread. */
    Optional<String> failure() {
        return models.values().stream()
                .flatMap(model -> model.failure().stream())
                .findFirst();
    }

    @Override
    public void close() {
        open.close();
    }
}

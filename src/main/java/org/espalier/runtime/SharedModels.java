package org.espalier.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;

/**
 * Weights that several runtimes use: each file is loaded once, and closed when nothing uses it any more. A file that has been
 * replaced meanwhile is another one. Safe from any thread.
 */
final class SharedModels {
    private final Map<Identity, Shared> open = new HashMap<>();

    /** A file as it was when it was loaded. */
    private record Identity(Path file, long bytes, FileTime modified, ModelOptions options) {
        static Identity of(Path file, ModelOptions options) {
            try {
                return new Identity(file.toRealPath(), Files.size(file), Files.getLastModifiedTime(file), options);
            } catch (IOException e) {
                throw new EspalierException("the model file " + file + " cannot be read: " + Reason.of(e), e);
            }
        }
    }

    private static final class Shared {
        private final NativeModel model;
        private int uses;

        private Shared(NativeModel model) {
            this.model = model;
        }
    }

    /** A model that stays until this is closed; a second call does nothing. */
    final class Held implements AutoCloseable {
        private final Identity identity;
        private final Shared shared;
        private final boolean wasThere;
        private boolean closed;

        private Held(Identity identity, Shared shared, boolean wasThere) {
            this.identity = identity;
            this.shared = shared;
            this.wasThere = wasThere;
            shared.uses++;
        }

        NativeModel model() {
            return shared.model;
        }

        /** Whether it had been loaded before, so that its weights are in memory already. */
        boolean wasThere() {
            return wasThere;
        }

        @Override
        public void close() {
            release(this);
        }
    }

    /**
     * Holds a model, which is loaded if it is not there.
     *
     * @throws EspalierException if the file cannot be read, or as {@code load} does
     */
    Held hold(Path file, ModelOptions options, Supplier<NativeModel> load) {
        Optional<Held> there = held(file, options);
        if (there.isPresent()) {
            return there.get();
        }
        Identity identity = Identity.of(file, options);
        // Not under the lock: it may take minutes.
        Shared loaded = new Shared(load.get());
        synchronized (this) {
            open.put(identity, loaded);
            return new Held(identity, loaded, false);
        }
    }

    /** Holds a model if it is there and can be relied on. */
    synchronized Optional<Held> held(Path file, ModelOptions options) {
        if (open.isEmpty()) {
            return Optional.empty();
        }
        Identity identity = Identity.of(file, options);
        return Optional.ofNullable(open.get(identity))
                .filter(shared -> shared.model.failure().isEmpty())
                .map(shared -> new Held(identity, shared, true));
    }

    /** Whether a model is there and can be relied on. */
    boolean has(Path file, ModelOptions options) {
        Optional<Held> there = held(file, options);
        there.ifPresent(Held::close);
        return there.isPresent();
    }

    private void release(Held held) {
        synchronized (this) {
            if (held.closed) {
                return;
            }
            held.closed = true;
            held.shared.uses--;
            if (held.shared.uses > 0) {
                return;
            }
            open.remove(held.identity, held.shared);
        }
        held.shared.model.close();
    }
}

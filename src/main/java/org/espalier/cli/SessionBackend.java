package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.espalier.catalog.ModelFile;
import org.espalier.cli.LoadedModels.LoadedModel;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.search.Solver;
import org.espalier.server.Backend;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session as a server sees it. The models' digests are computed on a thread of its own, so that no request waits. */
final class SessionBackend implements Backend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionBackend.class);

    private final Session session;
    private final Map<Path, String> digests = new ConcurrentHashMap<>();
    private final Thread reading;

    SessionBackend(Session session) {
        this.session = session;
        reading = new Thread(this::computeDigests, "espalier-digests");
        reading.setDaemon(true);
        reading.start();
    }

    private void computeDigests() {
        for (LoadedModel model : session.models()) {
            ModelFile file = model.file();
            try {
                digests.put(file.path(), file.sha256());
            } catch (EspalierException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                LOG.warn("answers do not say the digest of {}: {}", file.name(), e.getMessage());
            }
        }
    }

    @Override
    public List<Model> models() {
        return session.models().stream()
                .map(model -> new Model(
                        model.role(),
                        model.file().name(),
                        digests.get(model.file().path())))
                .toList();
    }

    @Override
    public Solver solver(@Nullable String instruction) {
        return instruction == null ? session.solver() : session.solver(instruction);
    }

    @Override
    public int promptTokens(Problem problem, @Nullable String instruction) {
        return session.promptTokens(problem, instruction);
    }

    @Override
    public int contextTokens() {
        return session.contextTokens();
    }

    @Override
    public Map<String, Long> gauges() {
        return session.liveCells().entrySet().stream()
                .collect(Collectors.toMap(
                        cells -> "espalier_" + cells.getKey() + "_cells", cells -> (long) cells.getValue()));
    }

    @Override
    public Optional<String> failure() {
        return session.failure();
    }

    @Override
    public void interrupt() {
        session.interrupt();
    }

    /** Stops reading files. */
    @Override
    public void close() {
        reading.interrupt();
    }
}

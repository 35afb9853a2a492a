package org.espalier.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.model.Problem;
import org.espalier.search.Solver;
import org.espalier.server.Backend;
import org.jspecify.annotations.Nullable;

/** A session as a server sees it. */
record SessionBackend(Session session) implements Backend {
    @Override
    public List<Model> models() {
        return session.models().stream()
                .map(model -> new Model(
                        model.role(), model.file().name(), model.file().sha256()))
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
}

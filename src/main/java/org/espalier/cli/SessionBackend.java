package org.espalier.cli;

import java.util.List;
import java.util.Map;
import org.espalier.engine.LaneStats;
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
        LaneStats policy = session.policyStats();
        return Map.of("espalier_policy_cells", (long) policy.liveCells(), "espalier_policy_peak_cells", (long)
                policy.peakCells());
    }

    @Override
    public void interrupt() {
        session.interrupt();
    }
}

package org.espalier.server;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.code.CodeSolver;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.code.ProgramPool;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestSuite;
import org.espalier.model.Futures;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;
import org.espalier.server.SolveRequest.Program;
import org.jspecify.annotations.Nullable;

/**
 * What requests for programs run them with: the sandbox that this machine has, and in it processes for each language that was
 * asked for, which all requests share. Nothing is looked for before the first such request.
 */
final class ProgramService implements AutoCloseable {
    private final Supplier<Sandboxes.Finding> finder;
    private final Map<String, ProgramPool> pools = new HashMap<>();
    private @Nullable Sandbox sandbox;
    private boolean closed;

    /** @param finder looks for a sandbox; is asked again as long as there is none */
    ProgramService(Supplier<Sandboxes.Finding> finder) {
        this.finder = finder;
    }

    /**
     * A program that is asked for, and the runs of those that will be drawn.
     *
     * @param runs with counts of their own
     */
    record Asked(CodeTask task, ProgramRuns runs) {}

    /**
     * Gets ready to run programs for a problem. Tests that are given and cannot be run are refused; those that are found in the
     * problem's text are left out.
     *
     * @throws ApiException if there is no sandbox, the language is not installed, or the tests cannot be run
     */
    Asked prepare(Problem problem, Program program) {
        ProgramRuns runs = new ProgramRuns(pool(program.language()));
        TestSuite given = program.tests();
        CodeTask task = CodeTask.of(problem, program.language(), given);
        if (given == null) {
            return new Asked(Futures.await(CodeSolver.soundTask(runs, task), () -> {}), runs);
        }
        try {
            CodeSolver.requireTests(runs, given);
        } catch (UsageException e) {
            throw ApiException.invalid("espalier.tests", "'espalier.tests': " + e.getMessage());
        }
        return new Asked(task, runs);
    }

    private synchronized ProgramPool pool(Language language) {
        if (closed) {
            throw ApiException.stopping();
        }
        ProgramPool open = pools.get(language.name());
        if (open == null) {
            try {
                open = new ProgramPool(language, sandbox(), Limits.USUAL, ProgramPool.usualAtOnce());
            } catch (UsageException e) {
                throw ApiException.cannotRun(String.valueOf(e.getMessage()));
            }
            pools.put(language.name(), open);
        }
        return open;
    }

    private Sandbox sandbox() {
        Sandbox known = sandbox;
        if (known == null) {
            Sandboxes.Finding found = finder.get();
            known = found.sandbox();
            if (known == null) {
                throw ApiException.cannotRun(
                        "this server has no sandbox to run programs in: its operator must mend that; " + found.lack());
            }
            sandbox = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        closed = true;
        pools.values().forEach(ProgramPool::close);
        pools.clear();
    }
}

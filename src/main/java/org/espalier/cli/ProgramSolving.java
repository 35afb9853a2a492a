package org.espalier.cli;

import org.espalier.code.CodeDocument;
import org.espalier.code.CodeOptions;
import org.espalier.code.CodeSolution;
import org.espalier.code.CodeSolver;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestSuite;
import org.espalier.model.Budget;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/** Solves one problem whose answer is a program. */
final class ProgramSolving {
    private final ProgramOptions program;
    private final SearchMethod method;
    private final boolean quiet;

    /** @throws UsageException if the method draws no programs */
    ProgramSolving(ProgramOptions program, SearchMethod method, boolean quiet) {
        if (!CodeOptions.METHODS.contains(method)) {
            throw new UsageException("--method %s does not write programs: choose %s"
                    .formatted(method.cliName(), CodeOptions.METHODS_IN_WORDS));
        }
        this.program = program;
        this.method = method;
        this.quiet = quiet;
    }

    /**
     * What is drawn: auto draws no more than usual unless the user says so.
     *
     * @param hasDelimiter whether the user says what ends a step
     */
    SearchConfig config(SearchConfig asked, boolean named, boolean hasDelimiter) {
        boolean greedy = method == SearchMethod.GREEDY;
        int n = greedy ? 1 : named ? asked.n() : CodeOptions.USUAL_N;
        SearchConfig.Builder builder = asked.toBuilder().n(n);
        SearchConfig config = (greedy ? builder.sampling(asked.sampling().greedy()) : builder).build();
        return CodeOptions.drawing(method, config, hasDelimiter);
    }

    /** The models, told to write programs of a language where the user tells them nothing. */
    static RuntimeOptions models(RuntimeOptions asked, Language language) {
        RuntimeOptions writing = asked.policy() == null ? asked.withPolicy(DomainOptions.USUAL_POLICY) : asked;
        return asked.system() == null ? writing.withSystem(CodeTask.instruction(language)) : writing;
    }

    /** Solves and prints; returns the exit code. */
    int solve(Problem problem, SearchConfig config, RuntimeOptions models, Budget budget, boolean json) {
        Language language = program.language();
        TestSuite named = program.tests();
        CodeOptions options = program.options(method);
        try (ProgramRuns runs = program.open(language)) {
            CodeTask asked = CodeTask.of(problem, language, named);
            if (named != null) {
                CodeSolver.requireTests(runs, named);
            }
            CodeTask task = named != null ? asked : Futures.await(CodeSolver.soundTask(runs, asked), () -> {});
            Workload work = Workload.of(SearchMethod.MAJORITY, config.n(), config.maxTokens(), problem);
            try (FetchProgress fetches = new FetchProgress();
                    LocalRuntime runtime = new LocalRuntime(models(models, language), work, fetches)) {
                CodeSolution solution = searched(runtime, task, runs, config, options, budget);
                return print(CodeDocument.of(solution, task, runs.sandbox().name()), json);
            }
        }
    }

    private static int print(CodeDocument document, boolean json) {
        if (json) {
            System.out.println(PrettyJson.of(document));
        } else {
            new ProgramReport(Terminal.output()).print(document);
        }
        return document.program() == null ? ExitCode.NO_ANSWER : ExitCode.ANSWERED;
    }

    /**
     * Has a server solve, and prints what it would print of its own; returns the exit code.
     *
     * @param system the policy's instruction; null for the usual one
     */
    int solve(
            RemoteSolver solver,
            Problem problem,
            SearchConfig config,
            @Nullable String system,
            Budget budget,
            boolean json) {
        // What is wrong with them is said here, as if they were for this machine.
        Language unused = program.language();
        TestSuite unusedTests = program.tests();
        try {
            return print(
                    solver.program(
                            problem,
                            method,
                            config,
                            budget,
                            program.wish(),
                            system,
                            () -> Interruption.callOnInterrupt(solver::stop)),
                    json);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private CodeSolution searched(
            LocalRuntime runtime,
            CodeTask task,
            ProgramRuns runs,
            SearchConfig config,
            CodeOptions options,
            Budget budget) {
        Meter meter = runtime.meter(budget);
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        ProgramCounts counts = new ProgramCounts();
        try (SolveProgress progress = SolveProgress.begin(quiet, method, config.n(), meter, counts::words)) {
            CodeSolver solver = new CodeSolver(runtime.solver(), runs);
            return Futures.await(
                    solver.start(task, config, options, meter, SolveProgress.listener(progress), counts),
                    meter::cancel);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }
}

package org.espalier.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.espalier.code.TestRun.Status;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.Futures;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.ChosenBy;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;

/** Solves tasks: has programs drawn, runs them, and chooses one. May be called from any thread. */
public final class CodeSolver {
    private static final TestRun NOT_RUN = new TestRun(List.of(), Status.RAN, null, 0, 0);

    private final Solver solver;
    private final ProgramRuns runs;

    public CodeSolver(Solver solver, ProgramRuns runs) {
        this.solver = solver;
        this.runs = runs;
    }

    /**
     * Refuses tests that cannot be run, before anything is drawn.
     *
     * @throws UsageException if they cannot
     */
    public static void requireTests(ProgramRuns runs, TestSuite tests) {
        if (tests.tests().isBlank()) {
            return;
        }
        try {
            TestRun run = Futures.await(runs.run("", tests), () -> {});
            if (run.checks().isEmpty() && tests.examples().isEmpty()) {
                throw new UsageException(
                        "there is no test in the tests: write assert statements, functions test_..., or a function check(candidate)");
            }
        } catch (BrokenTestsException broken) {
            throw new UsageException(String.valueOf(broken.getMessage()));
        }
    }

    /** A task without those of its given tests that cannot be run, where they were found in a text. */
    public static CompletableFuture<CodeTask> soundTask(ProgramRuns runs, CodeTask task) {
        TestSuite given = task.given();
        if (given.tests().isBlank()) {
            return CompletableFuture.completedFuture(task);
        }
        return isSound(runs, given).thenCompose(sound -> {
            if (sound) {
                return CompletableFuture.completedFuture(task);
            }
            List<String> lines = given.tests().lines().toList();
            List<CompletableFuture<Boolean>> each = lines.stream()
                    .map(line -> isSound(runs, TestSuite.of(line, given.entry()).after(given.setup())))
                    .toList();
            return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                    .thenApply(done -> {
                        StringBuilder left = new StringBuilder();
                        for (int i = 0; i < lines.size(); i++) {
                            left.append(each.get(i).join() ? lines.get(i) + "\n" : "");
                        }
                        TestSuite some =
                                TestSuite.of(left.toString(), given.entry()).after(given.setup());
                        return new CodeTask(task.problem(), task.language(), task.entry(), task.begun(), some);
                    });
        });
    }

    private static CompletableFuture<Boolean> isSound(ProgramRuns runs, TestSuite tests) {
        return runs.run("", tests).thenApply(run -> true).exceptionally(CodeSolver::isUsable);
    }

    /**
     * Starts to solve a task. Ends as {@link Solver#start} does.
     *
     * @param meter of this task alone
     */
    public CompletableFuture<CodeSolution> start(
            CodeTask task,
            SearchConfig config,
            CodeOptions options,
            Meter meter,
            SearchListener listener,
            CodeListener programs) {
        int runsBefore = runs.runs();
        double cpuBefore = runs.cpuSeconds();
        ProgramSearch drawing = CodeOptions.isStepwise(options.method())
                ? new StepwiseSearch(task, runs, options.method(), solver.executor(), programs)
                : new CodeSearch(task, runs, options, solver.executor(), programs);
        boolean writes = options.writtenTests() || task.given().isEmpty();
        CompletableFuture<WrittenTests> tests =
                writes ? written(task, config, meter) : CompletableFuture.completedFuture(WrittenTests.NONE);
        return tests.thenCompose(written -> solver.with(drawing)
                .reading(reply -> answer(reply, task))
                .start(task.problem(), SearchMethod.MAJORITY, config, meter, listener)
                .thenCompose(solution -> all(tried(solution, drawing), written, task)
                        .thenApply(done ->
                                solution(solution, done, written, options, drawing.refuted(), runsBefore, cpuBefore))));
    }

    private Optional<Answer> answer(String reply, CodeTask task) {
        String program = CodeBlocks.program(reply, task);
        return program.isBlank() ? Optional.empty() : Optional.of(new Answer(program, task.normalised(program), true));
    }

    private CompletableFuture<WrittenTests> written(CodeTask task, SearchConfig config, Meter meter) {
        Problem request = new Problem(task.problem().id() + "-tests", WrittenTests.request(task));
        SearchConfig once = config.toBuilder().n(1).build();
        return solver.reading(reply -> Optional.empty())
                .start(request, SearchMethod.GREEDY, once, meter)
                .thenCompose(solution -> {
                    Completion reply = solution.selected();
                    return reply == null
                            ? CompletableFuture.completedFuture(WrittenTests.NONE)
                            : usable(WrittenTests.in(reply.text(), task), task);
                });
    }

    /** Without those that cannot be run. */
    private CompletableFuture<WrittenTests> usable(WrittenTests written, CodeTask task) {
        List<CompletableFuture<Boolean>> each = written.tests().stream()
                .map(test -> runs.run("", TestSuite.of(test, task.entry()))
                        .thenApply(run -> run.checks().size() == 1)
                        .exceptionally(CodeSolver::isUsable))
                .toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<String> tests = new ArrayList<>();
                    List<String> calls = new ArrayList<>();
                    for (int i = 0; i < each.size(); i++) {
                        if (each.get(i).join()) {
                            tests.add(written.tests().get(i));
                            calls.add(written.calls().get(i));
                        }
                    }
                    return new WrittenTests(tests, calls);
                });
    }

    private static boolean isUsable(Throwable thrown) {
        Throwable cause = Futures.cause(thrown);
        if (cause instanceof BrokenTestsException) {
            return false;
        }
        throw thrown instanceof CompletionException known ? known : new CompletionException(thrown);
    }

    private static List<Tried> tried(Solution solution, ProgramSearch drawing) {
        List<Tried> programs = new ArrayList<>();
        for (int i = 0; i < drawing.attempts().size(); i++) {
            Attempt attempt = drawing.attempts().get(i);
            Completion reply = solution.ballots().get(i).completion();
            programs.add(new Tried(
                    attempt.slot(),
                    attempt.program(),
                    attempt.repairs(),
                    reply.logProb(),
                    reply.tokens(),
                    attempt.run(),
                    null,
                    null));
        }
        return programs;
    }

    /** All with the tests that the policy wrote. */
    private CompletableFuture<List<Tried>> all(List<Tried> programs, WrittenTests written, CodeTask task) {
        if (written.tests().isEmpty()) {
            return CompletableFuture.completedFuture(programs);
        }
        TestSuite tests = TestSuite.of(String.join("\n", written.tests()), task.entry());
        TestSuite calls = TestSuite.values(written.calls(), task.entry());
        List<CompletableFuture<Tried>> each = programs.stream()
                .map(program -> program.program().isBlank()
                        ? CompletableFuture.completedFuture(program.with(NOT_RUN, NOT_RUN))
                        : runs.run(program.program(), tests)
                                .thenCombine(runs.run(program.program(), calls), program::with))
                .toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> each.stream().map(CompletableFuture::join).toList());
    }

    private CodeSolution solution(
            Solution search,
            List<Tried> programs,
            WrittenTests written,
            CodeOptions options,
            int refuted,
            int runsBefore,
            double cpuBefore) {
        List<ProgramGroup> groups = options.choice().groups(programs);
        Tried chosen = groups.isEmpty() ? null : groups.get(0).first();
        long distinct = programs.stream()
                .filter(program -> !program.program().isBlank())
                .map(program -> ProgramText.normalised(program.program(), runs.language()))
                .distinct()
                .count();
        Solution found = chosen == null
                ? search
                : search.choosing(search.ballots().get(programs.indexOf(chosen)).completion(), ChosenBy.EXECUTION);
        return new CodeSolution(
                found,
                programs,
                chosen,
                options.choice(),
                groups,
                chosen != null && chosen.given().passedAll(),
                written.tests(),
                (int) distinct,
                refuted,
                runs.runs() - runsBefore,
                runs.cpuSeconds() - cpuBefore);
    }
}

package org.espalier.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.code.TestRun.Check;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchSteps;

/**
 * Draws programs independently of each other and runs each as soon as it is written (Chen et al. 2021, arXiv 2107.03374). With
 * tests, nothing more is drawn once a program passes all: few are begun at first, then four times as many. A program that
 * fails a test may be mended: the test and what the program did with it are put to the policy, which has the program still
 * in its cache (Chen et al. 2023, arXiv 2304.05128, simple and trace feedback).
 *
 * <p>One search; on the policy's thread.
 */
final class CodeSearch implements ProgramSearch {
    private static final int FIRST_WAVE = 4;
    private static final int WAVE_FACTOR = 4;

    private final CodeTask task;
    private final ProgramRuns runs;
    private final CodeOptions options;
    private final Executor thread;
    private final CodeListener listener;
    private final List<Attempt> attempts = new ArrayList<>();
    private boolean solved;

    CodeSearch(CodeTask task, ProgramRuns runs, CodeOptions options, Executor thread, CodeListener listener) {
        this.task = task;
        this.runs = runs;
        this.options = options;
        this.thread = thread;
        this.listener = listener;
    }

    @Override
    public List<Attempt> attempts() {
        return attempts;
    }

    @Override
    public int refuted() {
        return 0;
    }

    @Override
    public CompletableFuture<List<SearchNode>> run(SearchSteps search) {
        boolean stops = options.stopsAtFirst() && !task.given().isEmpty();
        int first = stops
                ? Math.min(FIRST_WAVE, search.config().n())
                : search.config().n();
        return wave(search, 0, first).thenApply(done -> {
            attempts.sort(Comparator.comparingInt(Attempt::slot).thenComparingInt(Attempt::repairs));
            return attempts.stream().map(Attempt::end).toList();
        });
    }

    private CompletableFuture<Void> wave(SearchSteps search, int from, int end) {
        List<CompletableFuture<Void>> drawn = new ArrayList<>();
        for (int slot = from; slot < end; slot++) {
            drawn.add(attempt(search, search.root(), slot, slot, 0));
        }
        return CompletableFuture.allOf(drawn.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> {
                    int n = search.config().n();
                    return solved || end >= n || search.isStopped()
                            ? CompletableFuture.completedFuture(null)
                            : wave(search, end, Math.min(n, end * WAVE_FACTOR));
                });
    }

    private CompletableFuture<Void> attempt(SearchSteps search, SearchNode parent, int child, int slot, int repairs) {
        return drawn(search, search.propose(parent, child)).thenCompose(end -> {
            if (search.mayGrow(end)) {
                search.prune(end);
                return CompletableFuture.completedFuture(null);
            }
            listener.drawn();
            String program = CodeBlocks.program(end.pathText(), task);
            return runs.runOf(program, task)
                    .thenComposeAsync(
                            result -> judged(search, new Attempt(slot, repairs, end, program, result)), thread);
        });
    }

    /** To the reply's end, or as far as it is when another program has passed. */
    private CompletableFuture<SearchNode> drawn(SearchSteps search, CompletableFuture<SearchNode> step) {
        return step.thenCompose(node -> {
            if (solved || !search.mayGrow(node)) {
                return CompletableFuture.completedFuture(node);
            }
            search.keep(node);
            CompletableFuture<SearchNode> next = search.propose(node, 0);
            search.retire(node);
            return drawn(search, next);
        });
    }

    private CompletableFuture<Void> judged(SearchSteps search, Attempt attempt) {
        attempts.add(attempt);
        listener.ran(attempt.slot(), attempt.repairs(), attempt.end(), attempt.run());
        boolean passed = attempt.run().passedAll();
        solved |= passed && options.stopsAtFirst();
        boolean mends = !passed && !solved && attempt.repairs() < options.repairs();
        Optional<SearchNode> question = mends ? search.ask(attempt.end(), 0, complaint(attempt)) : Optional.empty();
        search.retire(attempt.end());
        return question.map(asked -> {
                    CompletableFuture<Void> mended = attempt(search, asked, 0, attempt.slot(), attempt.repairs() + 1);
                    search.retire(asked);
                    return mended;
                })
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** What a program did wrong, for the policy. */
    private static String complaint(Attempt attempt) {
        TestRun run = attempt.run();
        Optional<Check> failed = run.firstFailure();
        String what = failed.map(check -> "It fails this test:\n\n" + check.text() + "\n\n" + check.why())
                .orElse("It does not work: " + run.failure());
        return "The program is wrong. " + what + "\n\nFind the mistake, and write the whole program again without it.";
    }
}

package org.espalier.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.espalier.code.TestRun.Status;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchSteps;
import org.jspecify.annotations.Nullable;

/**
 * Writes programs step by step and cuts off what can no longer become a right one: beam search (Snell et al. 2024, arXiv
 * 2408.03314, §5.2) and diverse verifier tree search (Beeching, Tunstall and Rush 2024) with the language and the given tests
 * as the verifier, in the place of a PRM.
 *
 * <p>The budget is n programs. While r of them are open, r candidates for the next step are drawn, and ⌈r/M⌉ of those that go on are
 * kept; with DVTS there are n/M such groups of M programs each, which do not compete. Of candidates that say the same one is
 * kept. A candidate is
 *
 * <ul>
 *   <li>refuted if no further line can make a program of it, if statements of it that have come to their end fail, or if those pass none of
 *       the tests, and none fails for a name that is not written yet;
 *   <li>at its end if its block is closed or those statements pass all tests: its program is run, and it takes one of the n;
 *   <li>otherwise open: those that pass more tests come first, then the likelier ones per token.
 * </ul>
 *
 * <p>Deviations from the papers: where all candidates are refuted, as many are drawn again, {@value #RETRIES} times, before their
 * paths are given up; the first program that passes all tests ends the search.
 *
 * <p>One search; on the policy's thread.
 */
final class StepwiseSearch implements ProgramSearch {
    private static final int RETRIES = 2;

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(Candidate::share)
            .thenComparingDouble(Candidate::likelihood)
            .reversed();

    private final CodeTask task;
    private final ProgramRuns runs;
    private final Executor thread;
    private final CodeListener listener;
    private final SearchMethod method;
    private final List<Attempt> attempts = new ArrayList<>();
    private @Nullable Candidate lost;
    private int refuted;
    private boolean solved;

    /** @param method beam search or DVTS */
    StepwiseSearch(CodeTask task, ProgramRuns runs, SearchMethod method, Executor thread, CodeListener listener) {
        this.task = task;
        this.runs = runs;
        this.method = method;
        this.thread = thread;
        this.listener = listener;
    }

    @Override
    public List<Attempt> attempts() {
        return attempts;
    }

    @Override
    public int refuted() {
        return refuted;
    }

    @Override
    public CompletableFuture<List<SearchNode>> run(SearchSteps search) {
        int n = search.config().n();
        int size = method == SearchMethod.BEAM ? n : search.config().beamWidth();
        List<CompletableFuture<?>> groups = new ArrayList<>();
        for (int first = 0; first + size <= n; first += size) {
            groups.add(new Group(search, first, size).grow(List.of(search.root()), first, 1, RETRIES));
        }
        return all(groups).thenCompose(done -> shown(search)).thenApply(done -> {
            attempts.sort(Comparator.comparingInt(Attempt::slot));
            return attempts.stream().map(Attempt::end).toList();
        });
    }

    /** So that there is a program to show, and why it fails, where all were cut off or nothing came to its end in time. */
    private CompletableFuture<Void> shown(SearchSteps search) {
        Candidate likeliest = lost;
        return likeliest != null && attempts.isEmpty()
                ? new Group(search, 0, 1).run(likeliest.node())
                : CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
    }

    /** What becomes of a candidate. */
    private enum Fate {
        OPEN,
        ENDED,
        REFUTED
    }

    /**
     * A candidate that was looked at.
     *
     * @param share of the tests that its statements pass
     */
    private record Candidate(SearchNode node, Fate fate, double share) {
        /** Per token, so that a long path is not behind a short one. */
        double likelihood() {
            double sum = node.path().stream().mapToDouble(SearchNode::logProb).sum();
            return sum / Math.max(1, node.pathTokens());
        }
    }

    /** Paths that compete with each other. */
    private final class Group {
        private final SearchSteps search;
        private int slot;
        private int left;

        /**
         * @param first of its programs' places among the n
         * @param size programs of it
         */
        Group(SearchSteps search, int first, int size) {
            this.search = search;
            slot = first;
            left = size;
        }

        /**
         * Grows paths by a step, and goes on.
         *
         * @param first of the children that are drawn now
         */
        CompletableFuture<Void> grow(List<SearchNode> parents, int first, int iteration, int retries) {
            boolean last = iteration >= search.config().maxIterations();
            List<CompletableFuture<Candidate>> drawn = new ArrayList<>();
            for (int j = 0; j < left; j++) {
                SearchNode parent = parents.get(j % parents.size());
                int child = first + j / parents.size();
                drawn.add((last ? search.complete(parent, child) : search.propose(parent, child))
                        .thenCompose(this::lookedAt));
            }
            // Groups share their root: no two children of it are drawn alike.
            int next = first + search.config().n();
            return all(drawn)
                    .thenComposeAsync(
                            done -> sorted(
                                    parents,
                                    drawn.stream().map(CompletableFuture::join).toList(),
                                    next,
                                    iteration,
                                    retries),
                            thread);
        }

        private CompletableFuture<Candidate> lookedAt(SearchNode node) {
            String text = node.pathText();
            boolean ended = !search.mayGrow(node)
                    || (task.isClosedIn(text) && !task.programIn(text).isBlank());
            if (ended) {
                return CompletableFuture.completedFuture(new Candidate(node, Fate.ENDED, 0));
            }
            String begun = CodeBlocks.begun(text, task);
            if (begun.isEmpty()) {
                return CompletableFuture.completedFuture(new Candidate(node, Fate.OPEN, 0));
            }
            return runs.begin(begun)
                    .thenCompose(beginning -> beginning.error() != null
                            ? CompletableFuture.completedFuture(new Candidate(node, Fate.REFUTED, 0))
                            : tried(node, beginning.closed()));
        }

        /** Runs statements that no further line can change. */
        private CompletableFuture<Candidate> tried(SearchNode node, String closed) {
            String program = closed.isBlank() ? "" : CodeBlocks.untried(closed, task);
            if (program.isBlank() || !task.given().examples().isEmpty()) {
                // A whole program's output, and whether it reads all of its input, is not known before its end.
                return CompletableFuture.completedFuture(new Candidate(node, Fate.OPEN, 0));
            }
            boolean callable = !task.language().definedIn(program).isEmpty();
            return runs.run(program, callable ? task.given() : TestSuite.NONE).thenApply(run -> judged(node, run));
        }

        private Candidate judged(SearchNode node, TestRun run) {
            if (run.passedAll()) {
                return new Candidate(node, Fate.ENDED, 1);
            }
            boolean fails = run.checks().isEmpty()
                    ? run.status() != Status.RAN
                    : run.passed() == 0 && (run.status() == Status.BROKEN || !lacks(run));
            return new Candidate(node, fails ? Fate.REFUTED : Fate.OPEN, run.share());
        }

        private boolean lacks(TestRun run) {
            return run.checks().stream().anyMatch(check -> task.language().isMissingIn(String.valueOf(check.why())));
        }

        private CompletableFuture<Void> sorted(
                List<SearchNode> parents, List<Candidate> candidates, int next, int iteration, int retries) {
            List<Candidate> open = new ArrayList<>();
            List<CompletableFuture<Void>> ended = new ArrayList<>();
            Set<String> texts = new HashSet<>();
            for (Candidate candidate : candidates) {
                if (candidate.fate() == Fate.ENDED) {
                    ended.add(run(candidate.node()));
                } else if (candidate.fate() == Fate.REFUTED) {
                    refuted++;
                    lost = lost == null || BEST_FIRST.compare(candidate, lost) < 0 ? candidate : lost;
                    search.prune(candidate.node());
                } else if (texts.add(candidate.node().pathText())) {
                    open.add(candidate);
                } else {
                    search.prune(candidate.node());
                }
            }
            left -= ended.size();
            return all(ended).thenComposeAsync(done -> goOn(parents, open, next, iteration, retries), thread);
        }

        private CompletableFuture<Void> goOn(
                List<SearchNode> parents, List<Candidate> open, int next, int iteration, int retries) {
            boolean over = solved || left <= 0 || search.isStopped();
            boolean again = !over && open.isEmpty() && retries > 0;
            open.sort(BEST_FIRST);
            if (search.isStopped() && !open.isEmpty()) {
                lost = open.get(0);
            }
            int width = search.config().beamWidth();
            List<Candidate> kept =
                    over ? List.of() : open.subList(0, Math.min((left + width - 1) / width, open.size()));
            open.subList(kept.size(), open.size()).forEach(one -> search.prune(one.node()));
            if (again) {
                return grow(parents, next, iteration, retries - 1);
            }
            parents.stream().filter(parent -> parent != search.root()).forEach(search::retire);
            List<SearchNode> from = kept.stream().map(Candidate::node).toList();
            from.forEach(search::keep);
            return from.isEmpty() ? CompletableFuture.completedFuture(null) : grow(from, 0, iteration + 1, RETRIES);
        }

        /** Runs the program of a path that ends here. */
        private CompletableFuture<Void> run(SearchNode end) {
            int place = slot++;
            listener.drawn();
            String program = CodeBlocks.program(end.pathText(), task);
            return runs.runOf(program, task)
                    .thenAcceptAsync(
                            result -> {
                                attempts.add(new Attempt(place, 0, end, program, result));
                                listener.ran(place, 0, end, result);
                                solved |= result.passedAll();
                                search.retire(end);
                            },
                            thread);
        }
    }
}

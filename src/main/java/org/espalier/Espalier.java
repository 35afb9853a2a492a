package org.espalier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.model.Budget;
import org.espalier.model.Closer;
import org.espalier.model.EspalierException;
import org.espalier.model.ExitHook;
import org.espalier.model.Meter;
import org.espalier.model.Policy;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.SolutionJudging;
import org.espalier.search.SolutionSteps;
import org.espalier.search.Solver;
import org.espalier.verify.VerifierPrm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Solves problems with a small local model, by searching over its reasoning.
 *
 * <pre>{@code
 * try (Espalier espalier = Espalier.open(EspalierOptions.defaults())) {
 *     System.out.println(espalier.solve("Start with 12, then multiply by 7. What is the result?").answer());
 * }
 * }</pre>
 *
 * <p>Open one and keep it: opening loads the models, and problems that are solved at the same time share each decode. Any
 * thread may call any method, and several instances may be open at once, each with models of its own. Searches run on a
 * thread of the instance; listeners are called there and must neither wait for a search nor close the instance.
 *
 * <p>Failures are {@link EspalierException}s with one line that says what is wrong and what to do; a {@link
 * UsageException} if the options, not the machine or a file, are at fault. Models never end the JVM: a file that llama.cpp
 * does not survive is found out in a process of its own.
 */
public final class Espalier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Espalier.class);
    /** How long the end of the JVM waits for the searches that run. */
    private static final int EXIT_SECONDS = 10;

    private final SearchMethod method;
    private final SearchConfig search;
    private final EspalierOptions options;
    private final Closer resources = new Closer();
    private final @Nullable LocalRuntime runtime;
    private final Policy policy;
    private final @Nullable ProcessRewardModel prm;
    private final Solver solver;
    private final Semaphore places;
    private final ExitHook atExit;
    /** Also the lock between starting a search and closing. */
    private final List<SolutionFuture> running = new ArrayList<>();

    private boolean closed;

    /**
     * Opens an instance: fetches what is not on this disk, tries models that never ran here, and loads them.
     *
     * @throws UsageException if the options contradict each other or name something unknown
     * @throws EspalierException if a model cannot be had, does not fit into the memory, or the native library is missing
     */
    public static Espalier open(EspalierOptions options) {
        return new Espalier(options);
    }

    private Espalier(EspalierOptions options) {
        this.options = options;
        method = options.method();
        SearchConfig asked = options.search();
        asked.validateFor(method);
        try {
            Policy own = options.ownPolicy();
            runtime = own == null ? openRuntime(options, asked) : null;
            search = runtime == null ? asked : runtime.planned(asked, method, options.plan());
            policy = own == null ? loaded(runtime).policy() : own;
            prm = judge(policy);
            Policy larger = runtime == null ? null : runtime.largerPolicy();
            solver = new Solver(policy, larger, prm, options.answerReader())
                    .with(options.strategy())
                    .warning(problem -> runtime == null ? List.of() : runtime.cautions(problem));
            solver.requireSolvable(method, search);
            places = new Semaphore(runtime == null ? options.inFlight() : runtime.inFlight(), true);
            atExit = ExitHook.add(this::endBeforeExit);
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private LocalRuntime openRuntime(EspalierOptions options, SearchConfig asked) {
        Workload work = Workload.open(method, asked, options.inFlight());
        LocalRuntime opened =
                new LocalRuntime(options.models(), options.loadsPrm() ? work : work.withoutPrm(), options.listener());
        resources.add(opened);
        return opened;
    }

    private static LocalRuntime loaded(@Nullable LocalRuntime runtime) {
        if (runtime == null) {
            throw new IllegalStateException("no models are loaded");
        }
        return runtime;
    }

    /** The caller's PRM, else the loaded one, each with the caller's verifier; null if nothing judges. */
    private @Nullable ProcessRewardModel judge(Policy policy) {
        ProcessRewardModel own = options.ownPrm();
        boolean judged = method.needsPrm();
        ProcessRewardModel model = own != null
                ? new ConfinedPrm(own, policy.executor())
                : judged && runtime != null && options.loadsPrm() ? runtime.prm(method) : null;
        Verifier verifier = options.verifier();
        if (verifier == null) {
            return model;
        }
        VerifierPrm judge = new VerifierPrm(List.of(verifier), model, options.answerReader(), policy.executor());
        resources.add(judge);
        return judge;
    }

    /** Solves a problem that is named by its own text. See {@link #solve(Problem)}. */
    public Solution solve(String problem) {
        return solve(Problem.of(problem));
    }

    /** Solves without a listener. See {@link #solve(Problem, SearchListener)}. */
    public Solution solve(Problem problem) {
        return solve(problem, SearchListener.NONE);
    }

    /**
     * Searches, and waits for the end. A budget that is exceeded ends the search with what it has, which {@link
     * Solution#stoppedBy()} tells; so does an interrupt of this thread, which is still set afterwards.
     *
     * @param listener hears each step as it is written and judged, and a greedy completion's text as it grows. What it
     *     throws fails this search alone, and is thrown here
     * @return what was found; without an {@link Solution#answer()} if no completion states one
     * @throws EspalierException if the problem is too long, or a model fails
     * @throws IllegalStateException if this instance is closed
     */
    public Solution solve(Problem problem, SearchListener listener) {
        return submit(problem, listener).await();
    }

    /** Starts a search without a listener. See {@link #submit(Problem, SearchListener)}. */
    public SolutionFuture submit(Problem problem) {
        return submit(problem, SearchListener.NONE);
    }

    /**
     * Starts a search. Where as many run already as may at a time ({@link #inFlight()}), waits until one of them has ended.
     *
     * @throws CancellationException if this thread is interrupted while it waits; the interrupt is still set
     * @throws IllegalStateException if this instance is closed
     */
    public SolutionFuture submit(Problem problem, SearchListener listener) {
        try {
            if (!places.tryAcquire()) {
                places.acquire();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while other searches had to end first");
        }
        return start(problem, listener);
    }

    /** With a place that has been taken. */
    private SolutionFuture start(Problem problem, SearchListener listener) {
        SolutionFuture future;
        try {
            synchronized (running) {
                requireOpen();
                Meter meter = meter(options.budget());
                CompletableFuture<Solution> run = solver.start(problem, method, search, meter, listener);
                future = new SolutionFuture(problem, run, () -> stop(meter));
                running.add(future);
            }
        } catch (RuntimeException | Error e) {
            places.release();
            throw e;
        }
        CompletableFuture<Solution> unused = future.run().whenComplete((solution, thrown) -> {
            synchronized (running) {
                running.remove(future);
            }
            places.release();
        });
        return future;
    }

    private void stop(Meter meter) {
        meter.cancel();
        if (runtime != null) {
            runtime.interrupt();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this Espalier is closed: open another one");
        }
    }

    /**
     * Solves many problems as one batch, {@link #inFlight()} at a time. Problems are taken from the source, and searches
     * started, as the iterator is asked for more: it hands out futures in the problems' order, keeps the following searches
     * running meanwhile, and waits where too many run. To be iterated by one thread, once.
     *
     * @param problems is iterated by the same thread; may be endless
     */
    public Iterable<SolutionFuture> solveAll(Iterable<Problem> problems) {
        return () -> new Batch(
                problems.iterator(),
                inFlight(),
                places::tryAcquire,
                this::submit,
                problem -> start(problem, SearchListener.NONE));
    }

    /**
     * Judges a solution that is there already, without a search: scores what the PRM, with the verifier if there is one, says of
     * each step.
     *
     * @param solution its steps end where a search's would: with the delimiter of the search settings, usually a blank line
     * @return a score for each step, what it says as {@link ProcessRewardModel#scope()} tells; {@link Double#NaN} from where
     *     the solution is too long for the PRM; empty if there is no text
     * @throws UsageException if the method has no steps judged, or only the policy judges, and only what it writes itself
     * @throws EspalierException if the problem is too long, or the model fails
     * @throws IllegalStateException if this instance is closed
     */
    public List<Double> stepScores(Problem problem, String solution) {
        ProcessRewardModel judge = prm;
        if (judge == null || (runtime != null && options.loadsPrm() && !runtime.hasJudge())) {
            throw new UsageException(
                    "nothing here judges a solution that is there already: open Espalier with a PRM, and with"
                            + " a method that has steps judged");
        }
        List<String> steps = SolutionSteps.of(solution, search.delimiter());
        SolutionJudging judging = new SolutionJudging(judge, search.delimiter());
        Meter meter;
        synchronized (running) {
            requireOpen();
            meter = meter(Budget.UNLIMITED);
        }
        return judging.await(problem, steps, meter, policy.executor());
    }

    private Meter meter(Budget budget) {
        return runtime == null ? new Meter(budget) : runtime.meter(budget);
    }

    /** Searches that may run at the same time: as many as were asked for, or fewer if the memory is not enough. */
    public int inFlight() {
        return runtime == null ? options.inFlight() : runtime.inFlight();
    }

    /**
     * Ends the searches that run, which give what they have, and lets go of the models. A second call does nothing. Not to be
     * called by a listener.
     */
    @Override
    public void close() {
        List<SolutionFuture> ending = refuseMore();
        ending.forEach(SolutionFuture::stop);
        ending.forEach(future -> future.run().handle((solution, thrown) -> true).join());
        atExit.remove();
        resources.close();
    }

    /**
     * As the JVM ends: llama.cpp's own data are destroyed then, and must not be read by a decode. A search whose thread is
     * the one that ends the JVM is not waited for; it decodes nothing.
     */
    private void endBeforeExit() {
        List<SolutionFuture> ending = refuseMore();
        ending.forEach(SolutionFuture::stop);
        CompletableFuture<Void> all =
                CompletableFuture.allOf(ending.stream().map(SolutionFuture::run).toArray(CompletableFuture<?>[]::new));
        try {
            all.handle((nothing, thrown) -> true).get(EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("searches that had not ended as the JVM did", e);
        }
    }

    /** From now on no search is started. Returns those that run; none if this was closed already. */
    private List<SolutionFuture> refuseMore() {
        synchronized (running) {
            List<SolutionFuture> ending = closed ? List.of() : List.copyOf(running);
            closed = true;
            return ending;
        }
    }
}

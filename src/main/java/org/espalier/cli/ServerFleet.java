package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.espalier.cli.ServerClient.BusyException;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Usage;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/**
 * Spreads problems over servers. Each server takes the next problem when it is done with one, so that a slow one gets fewer.
 * What a server does not solve, because it dies for instance, is the first that another one gets; a server that is there again
 * goes on. Which server solves a problem does not change what is drawn.
 */
final class ServerFleet implements AutoCloseable {
    private static final int POLL_MILLIS = 50;
    private static final int BUSY_MILLIS = 500;
    /** A problem with which servers fail again and again is the reason, not the servers. */
    private static final int MOST_TRIES = 5;

    private final List<FleetServer> servers;
    private final int each;
    private final long patienceNanos;
    private final BlockingDeque<Job> waiting = new LinkedBlockingDeque<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> daemon(task, "espalier-fleet"));
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile long aliveNanos = System.nanoTime();

    /** A problem until it is solved. */
    private static final class Job {
        private final Problem problem;
        private final SearchMethod method;
        private final SearchConfig config;
        private final Meter meter;
        private final CompletableFuture<Solution> result = new CompletableFuture<>();
        private int tries;

        Job(Problem problem, SearchMethod method, SearchConfig config, Meter meter) {
            this.problem = problem;
            this.method = method;
            this.config = config;
            this.meter = meter;
        }
    }

    /**
     * @param each how many problems a server has at a time, at most
     * @param patienceSeconds after which it gives up if no server answers
     */
    ServerFleet(List<FleetServer> servers, int each, int patienceSeconds) {
        this.servers = servers;
        this.each = each;
        patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread made = new Thread(task, name);
        made.setDaemon(true);
        return made;
    }

    /**
     * Waits until every server says which models it has, and begins.
     *
     * @return the models, which are the same on all
     * @throws UsageException if they are not
     * @throws EspalierException if a server cannot be reached, or does not know its models in time
     */
    List<Model> begin() {
        List<Model> first = List.of();
        for (FleetServer server : servers) {
            List<Model> models = known(server);
            if (first.isEmpty()) {
                first = models;
            } else if (!models.equals(first)) {
                throw new UsageException("%s has %s, and %s has %s: a run is of the same models"
                        .formatted(servers.get(0).url(), shown(first), server.url(), shown(models)));
            }
            server.expect(models);
        }
        for (FleetServer server : servers) {
            for (int i = 0; i < each; i++) {
                daemon(() -> work(server), "espalier-fleet-" + server.url()).start();
            }
        }
        return first;
    }

    private List<Model> known(FleetServer server) {
        long begin = System.nanoTime();
        while (true) {
            List<Model> models = server.models();
            if (models.stream().allMatch(model -> model.sha256() != null)) {
                return models;
            }
            if (System.nanoTime() - begin > patienceNanos || pause(BUSY_MILLIS)) {
                throw new EspalierException(server.url() + " does not know the SHA-256 of its models yet: try again");
            }
        }
    }

    private static String shown(List<Model> models) {
        return models.stream()
                .map(model -> "%s (SHA-256 %.12s…)".formatted(model.name(), model.sha256()))
                .collect(Collectors.joining(" with "));
    }

    /** The thread on which results are completed. */
    Executor executor() {
        return thread;
    }

    /** Problems that all servers together have at a time. */
    int inFlight() {
        return each * servers.size();
    }

    /** Has a problem solved; the result comes on {@link #executor}. */
    CompletableFuture<Solution> start(Problem problem, SearchMethod method, SearchConfig config, Meter meter) {
        Job job = new Job(problem, method, config, meter);
        waiting.add(job);
        return job.result.whenCompleteAsync((solution, thrown) -> {}, thread);
    }

    /** Asks all servers to end what they do for this run; safe from any thread. */
    void stop() {
        stopped = true;
        servers.forEach(FleetServer::stop);
    }

    private void work(FleetServer server) {
        while (closed.getCount() > 0) {
            if (!server.isUp()) {
                giveUpWithoutServers();
                if (pause(POLL_MILLIS)) {
                    return;
                }
                continue;
            }
            aliveNanos = System.nanoTime();
            Job job = next();
            if (job != null && server.trouble() != null) {
                // It failed while this thread waited for a problem: another server has it.
                waiting.addFirst(job);
            } else if (job != null) {
                solve(server, job);
            }
        }
    }

    private @Nullable Job next() {
        try {
            return waiting.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void solve(FleetServer server, Job job) {
        if (stopped
                || job.meter
                        .exceeded()
                        .filter(limit -> limit == Limit.CANCELLED)
                        .isPresent()) {
            job.result.completeExceptionally(new CancellationException());
            return;
        }
        try {
            Solution solution = server.solve(job.problem, job.method, job.config, job.meter.budget());
            count(solution.usage(), job.meter);
            job.result.complete(solution);
        } catch (UsageException e) {
            job.result.completeExceptionally(e);
        } catch (BusyException e) {
            waiting.addFirst(job);
            pause(BUSY_MILLIS);
        } catch (EspalierException e) {
            giveBack(server, job, e);
        } catch (RuntimeException | Error e) {
            job.result.completeExceptionally(e);
        }
    }

    private void giveBack(FleetServer server, Job job, EspalierException e) {
        if (stopped) {
            job.result.completeExceptionally(new CancellationException());
            return;
        }
        server.fail(e);
        aliveNanos = System.nanoTime();
        if (++job.tries >= MOST_TRIES) {
            job.result.completeExceptionally(e);
        } else {
            waiting.addFirst(job);
        }
    }

    /** What is left to spend for the others depends on it. */
    private static void count(Usage usage, Meter meter) {
        meter.add(Count.POLICY_TOKENS, usage.policyTokens());
    }

    private void giveUpWithoutServers() {
        boolean nobody = servers.stream().allMatch(server -> server.trouble() != null);
        if (stopped || (nobody && System.nanoTime() - aliveNanos > patienceNanos)) {
            String why = servers.stream()
                    .map(server -> String.valueOf(server.trouble()))
                    .collect(Collectors.joining("; "));
            for (Job job = waiting.poll(); job != null; job = waiting.poll()) {
                job.result.completeExceptionally(
                        stopped
                                ? new CancellationException()
                                : new EspalierException(
                                        "no server works any more (" + why + "); the same command goes on from here"));
            }
        }
    }

    /** Returns whether it was closed meanwhile. */
    private boolean pause(int millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** A line about each server: what it did. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        for (FleetServer server : servers) {
            String back = server.givenBack() == 0 ? "" : ", gave %d back".formatted(server.givenBack());
            lines.add("%s solved %d%s".formatted(server.url(), server.solved(), back));
        }
        return lines;
    }

    @Override
    public void close() {
        closed.countDown();
        thread.shutdown();
    }
}

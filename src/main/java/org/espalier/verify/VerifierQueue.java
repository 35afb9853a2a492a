package org.espalier.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.Verifier;
import org.espalier.model.Verifier.Candidate;

/**
 * Asks a verifier on a thread of its own, about all that has come meanwhile in one call. What a run that has ended still waits
 * for is given up at once, though the verifier may take longer. Safe for use by several threads.
 */
final class VerifierQueue implements AutoCloseable {
    /** Candidates of one call at most: what fails is asked about again. */
    private static final int MOST = 256;

    private static final long WATCH_MILLIS = 50;

    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "espalier-verifier-watch");
        daemon.setDaemon(true);
        return daemon;
    });

    /** A question, and the run that pays for it. */
    private record Question(Candidate candidate, Meter meter, CompletableFuture<Double> score) {}

    private final Verifier verifier;
    private final BlockingQueue<Question> waiting = new LinkedBlockingQueue<>();
    private final Set<Question> open = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    VerifierQueue(Verifier verifier) {
        this.verifier = verifier;
        thread = new Thread(this::serve, "espalier-verifier");
        thread.setDaemon(true);
        thread.start();
    }

    Verifier verifier() {
        return verifier;
    }

    /**
     * Asks about a candidate.
     *
     * @param meter of the run
     * @return the score, on the verifier's thread; fails with what the verifier throws, or with a {@link
     *     CancellationException} if the run ends before
     */
    CompletableFuture<Double> ask(Candidate candidate, Meter meter) {
        Question question = new Question(candidate, meter, new CompletableFuture<>());
        if (closed) {
            question.score.completeExceptionally(new CancellationException("closed"));
            return question.score;
        }
        open.add(question);
        waiting.add(question);
        return question.score.whenComplete((score, thrown) -> open.remove(question));
    }

    /** Questions that the verifier has not been asked yet. */
    int waiting() {
        return waiting.size();
    }

    private void serve() {
        try {
            while (!closed) {
                List<Question> batch = new ArrayList<>(List.of(waiting.take()));
                waiting.drainTo(batch, MOST - 1);
                ScheduledFuture<?> watching =
                        WATCH.scheduleWithFixedDelay(this::giveUp, 0, WATCH_MILLIS, TimeUnit.MILLISECONDS);
                try {
                    answer(batch);
                } finally {
                    watching.cancel(false);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            open.forEach(question -> question.score.completeExceptionally(new CancellationException("closed")));
        }
    }

    /** Nobody waits for what is asked for a run that has ended. */
    private void giveUp() {
        for (Question question : open) {
            if (question.meter.exceeded().isPresent()) {
                question.score.completeExceptionally(new CancellationException());
            }
        }
    }

    /** What fails is asked about again, each problem's candidates alone, so that it fails no other one's. */
    private void answer(List<Question> batch) {
        List<Question> asked =
                batch.stream().filter(question -> !question.score.isDone()).toList();
        if (asked.isEmpty()) {
            return;
        }
        List<Double> scores;
        try {
            scores = checked(
                    verifier.scores(asked.stream().map(Question::candidate).toList()), asked.size());
        } catch (RuntimeException | Error thrown) {
            Map<Problem, List<Question>> problems = new LinkedHashMap<>();
            asked.forEach(
                    question -> problems.computeIfAbsent(question.candidate.problem(), problem -> new ArrayList<>())
                            .add(question));
            if (problems.size() > 1 && !closed) {
                problems.values().forEach(this::answer);
            } else {
                asked.forEach(question -> question.score.completeExceptionally(thrown));
            }
            return;
        }
        for (int i = 0; i < scores.size(); i++) {
            asked.get(i).score.complete(scores.get(i));
        }
    }

    private static List<Double> checked(List<Double> scores, int count) {
        if (scores.size() != count) {
            throw new IllegalArgumentException(
                    "a verifier must give a score for each candidate: %d for %d".formatted(scores.size(), count));
        }
        for (double score : scores) {
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("a verifier's score must be in 0..1, not " + score);
            }
        }
        return scores;
    }

    /** Ends the thread; what is still waited for is given up. The verifier itself belongs to whoever made it. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}

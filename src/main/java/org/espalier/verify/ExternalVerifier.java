package org.espalier.verify;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.espalier.model.EspalierException;
import org.espalier.model.Excerpt;
import org.espalier.model.ExitHook;
import org.espalier.model.Parameter;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.model.VerifierException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.espalier.sandbox.LineProcess;
import org.jspecify.annotations.Nullable;

/**
 * A program of the user's that judges, in any language: it reads a line of JSON for each candidate, and writes one with the
 * score. It is started once and kept running; what crashes, hangs or answers nonsense is ended, and started anew for the next
 * question. It runs as the user would run it: with the user's rights and environment, in the current folder.
 *
 * <p>Safe for use by several threads, one call at a time.
 */
public final class ExternalVerifier implements Verifier, AutoCloseable {
    /** How long an answer may take unless the user says. */
    public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

    private static final int LONGEST_ANSWER = 1 << 20;
    private static final int SHOWN = 80;
    private static final long AT_ONCE_MILLIS = 200;

    private final String command;
    private final List<String> words;
    private final Scope scope;
    private final Duration timeout;
    private final ExitHook atExit;
    private volatile @Nullable LineProcess running;
    private volatile boolean closed;
    private long asked;

    private ExternalVerifier(String command, Scope scope, Duration timeout) {
        this.command = command;
        this.scope = scope;
        this.timeout = timeout;
        words = CommandWords.of(command);
        atExit = ExitHook.add(this::end);
    }

    /**
     * Starts a program.
     *
     * @param command in words, as a shell takes them apart
     * @param scope what its scores speak of
     * @param timeout of each answer, the first one too
     * @throws UsageException if there is no such program, or it ends at once
     */
    public static ExternalVerifier open(String command, Scope scope, Duration timeout) {
        ExternalVerifier verifier = new ExternalVerifier(command, scope, timeout);
        try {
            verifier.requireRunning();
            return verifier;
        } catch (RuntimeException | Error e) {
            verifier.close();
            throw e;
        }
    }

    private synchronized void requireRunning() {
        LineProcess process;
        try {
            process = start();
        } catch (IOException e) {
            boolean missing = String.valueOf(e.getMessage()).contains("error=2,");
            throw new UsageException(List.of(
                    missing
                            ? Violation.of("verifier", "%s: there is no program %s here", words.get(0))
                            : Violation.of("verifier", "%s: cannot start %s: %s", words.get(0), Reason.of(e))));
        }
        try {
            if (process.process().waitFor(AT_ONCE_MILLIS, TimeUnit.MILLISECONDS)) {
                // Its last words may still be on their way.
                String unused = process.receive(timeout);
                throw new UsageException(List.of(Violation.of(
                        "verifier",
                        "%s: %s %s before it was asked anything: it must run and answer as long as its input is open",
                        Excerpt.within(command, SHOWN),
                        ended(process))));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Scope scope() {
        return scope;
    }

    @Override
    public double score(Candidate candidate) {
        return scores(List.of(candidate)).get(0);
    }

    /** @throws VerifierException if it crashes, hangs or answers what is no score */
    @Override
    public synchronized List<Double> scores(List<Candidate> candidates) {
        try {
            return answers(candidates);
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    private List<Double> answers(List<Candidate> candidates) {
        LineProcess process = running();
        requireNothingUnasked(process);
        StringBuilder lines = new StringBuilder();
        long first = asked;
        for (int i = 0; i < candidates.size(); i++) {
            lines.append(VerifierProtocol.question(candidates.get(i), first + i, candidates.size() - 1 - i));
        }
        asked += candidates.size();
        // It may read nothing, or write before it has read all.
        Thread sending = new Thread(() -> process.send(lines.toString()), "espalier-verifier-in");
        sending.setDaemon(true);
        sending.start();
        List<Double> scores = new ArrayList<>();
        while (scores.size() < candidates.size()) {
            scores.add(answer(process, first + scores.size(), scores.size(), candidates.size()));
        }
        return scores;
    }

    private double answer(LineProcess process, long id, int done, int of) {
        String line = process.receive(timeout);
        if (line == null && !process.isOver()) {
            throw failure(
                    "gave no answer for %s s (%d of %d were there): it is started anew for the next problem; %s allows more",
                    seconds(), done, of, Parameter.of("verifierTimeout"));
        }
        if (line == null) {
            throw failure("%s after %d of %d answers", ended(process), done, of);
        }
        OptionalDouble score = VerifierProtocol.score(line, id);
        if (score.isEmpty()) {
            throw failure("answered what is no score from 0 to 1: \"%s\"", Excerpt.within(line.strip(), SHOWN));
        }
        return score.getAsDouble();
    }

    private String seconds() {
        return BigDecimal.valueOf(timeout.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    /** An answer too many would be taken for one to the next question. */
    private void requireNothingUnasked(LineProcess process) {
        String line = process.receive(Duration.ZERO);
        if (line != null) {
            throw failure("wrote a line that nobody asked for: \"%s\"", Excerpt.within(line.strip(), SHOWN));
        }
    }

    private VerifierException failure(String format, Object... arguments) {
        return new VerifierException(
                Wording.of("the verifier %s %s", Excerpt.within(command, SHOWN), Wording.of(format, arguments)));
    }

    private static String ended(LineProcess process) {
        String code;
        try {
            boolean dead = process.process().waitFor(AT_ONCE_MILLIS, TimeUnit.MILLISECONDS);
            code = dead ? "ended with code " + process.process().exitValue() : "closed its output";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            code = "ended";
        }
        String last = process.lastError();
        return last.isEmpty() ? code : "%s (%s)".formatted(code, Excerpt.within(last, SHOWN));
    }

    private LineProcess running() {
        LineProcess now = running;
        if (now != null && now.process().isAlive()) {
            return now;
        }
        if (closed) {
            throw new IllegalStateException("this verifier is closed");
        }
        end();
        try {
            return start();
        } catch (IOException e) {
            throw new EspalierException("cannot start the verifier " + command + ": " + Reason.of(e), e);
        }
    }

    private LineProcess start() throws IOException {
        Process process = new ProcessBuilder(words).start();
        LineProcess started = new LineProcess(process, "espalier-verifier", LONGEST_ANSWER, () -> {});
        running = started;
        return started;
    }

    private void end() {
        LineProcess now = running;
        running = null;
        if (now != null) {
            now.close();
        }
    }

    /** Ends the program. */
    @Override
    public void close() {
        closed = true;
        end();
        atExit.remove();
    }
}

package org.espalier.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicInteger;
import me.tongfei.progressbar.ProgressBar;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.search.SearchNode;

/**
 * What the screen shows while a search runs: how far it is, by whichever of its budget's limits or its completions is
 * nearest to the end, and what has become of the steps. The search's thread only counts; a timer redraws.
 */
final class SolveProgress implements SolveCommand.Progress {
    private static final long REDRAW_MILLIS = 100;
    private static final int PERCENT = 100;

    private final AtomicInteger proposed = new AtomicInteger();
    private final AtomicInteger scored = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicInteger pruned = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();

    private final Meter meter;
    private final int n;
    private final ProgressBar bar;
    private final Timer timer = new Timer("espalier-progress", true);

    SolveProgress(String method, int n, Meter meter) {
        this.meter = meter;
        this.n = n;
        bar = Terminal.error()
                .progressBar(method + " " + n)
                .setInitialMax(PERCENT)
                .setUpdateIntervalMillis((int) REDRAW_MILLIS)
                .setUnit("%", 1)
                .hideEta()
                .clearDisplayOnFinish()
                .build();
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        redraw();
                    }
                },
                0,
                REDRAW_MILLIS);
    }

    private void redraw() {
        bar.stepTo(Math.round(PERCENT * fraction()));
        long tokens = meter.get(Count.POLICY_TOKENS);
        double seconds = meter.elapsed().toMillis() / 1e3;
        bar.setExtraMessage(String.format(
                Locale.ROOT,
                " proposed %d, scored %d, kept %d, pruned %d, finished %d/%d; %,d tokens, %.0f/s",
                proposed.get(),
                scored.get(),
                kept.get(),
                pruned.get(),
                completed.get(),
                n,
                tokens,
                seconds == 0 ? 0 : tokens / seconds));
    }

    private double fraction() {
        Budget budget = meter.budget();
        double done = (double) completed.get() / n;
        done = Math.max(done, (double) meter.get(Count.POLICY_TOKENS) / budget.tokens());
        Duration deadline = budget.deadline();
        if (deadline != null) {
            done = Math.max(done, (double) meter.elapsed().toNanos() / deadline.toNanos());
        }
        return Math.min(1, done);
    }

    @Override
    public void proposed(SearchNode node) {
        if (isCandidate(node)) {
            proposed.getAndIncrement();
        }
    }

    @Override
    public void scored(SearchNode node) {
        if (isCandidate(node)) {
            scored.getAndIncrement();
        }
    }

    private static boolean isCandidate(SearchNode node) {
        return node.childIndex() != SearchNode.LOOKAHEAD_CHILD;
    }

    @Override
    public void kept(SearchNode node) {
        kept.getAndIncrement();
    }

    @Override
    public void pruned(SearchNode node) {
        pruned.getAndIncrement();
    }

    @Override
    public void completed(SearchNode node) {
        completed.getAndIncrement();
    }

    @Override
    public void close() {
        timer.cancel();
        bar.close();
    }
}

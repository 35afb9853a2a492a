package org.espalier.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.jspecify.annotations.Nullable;

/**
 * What is shown while a search runs. On a terminal two lines, redrawn and never wider than it: how far the search is, by
 * whichever of its budget's limits or its completions is nearest to the end, and the end of the text of one path. Elsewhere
 * a line every {@value Heartbeat#MILLIS} ms. The search's thread only counts; a timer draws.
 */
final class SolveProgress implements SearchListener, AutoCloseable {
    private static final long REDRAW_MILLIS = 200;
    private static final int BAR = 16;

    private final AtomicInteger proposed = new AtomicInteger();
    private final AtomicInteger pruned = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final FollowedPath path = new FollowedPath();

    private final String method;
    private final int n;
    private final Meter meter;
    private final Terminal terminal;
    private final Supplier<List<String>> others;
    private final @Nullable Timer timer;
    private final @Nullable Heartbeat heartbeat;
    private boolean drawn;
    private boolean closed;

    /** Begins to show on standard error; null where nothing is to be shown. */
    static @Nullable SolveProgress begin(boolean quiet, SearchMethod method, int n, Meter meter) {
        return begin(quiet, method, n, meter, List::of);
    }

    /** The same with what else there is to count, which is shown before the rest. */
    static @Nullable SolveProgress begin(
            boolean quiet, SearchMethod method, int n, Meter meter, Supplier<List<String>> others) {
        return quiet ? null : new SolveProgress(method.cliName(), n, meter, Terminal.error(), others);
    }

    /** What a search tells; nothing is shown of it if there is no progress. */
    static SearchListener listener(@Nullable SolveProgress progress) {
        return progress == null ? SearchListener.NONE : progress;
    }

    /** Begins to show, on a terminal if this one is redrawn. */
    SolveProgress(String method, int n, Meter meter, Terminal terminal) {
        this(method, n, meter, terminal, List::of);
    }

    private SolveProgress(String method, int n, Meter meter, Terminal terminal, Supplier<List<String>> others) {
        this.others = others;
        this.method = method;
        this.n = n;
        this.meter = meter;
        this.terminal = terminal;
        if (!terminal.redraws()) {
            timer = null;
            heartbeat = new Heartbeat(Heartbeat.MILLIS, () -> String.join(", ", counts()));
            return;
        }
        heartbeat = null;
        timer = new Timer("espalier-progress", true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        redraw();
                    }
                },
                REDRAW_MILLIS,
                REDRAW_MILLIS);
    }

    private synchronized void redraw() {
        if (!closed) {
            int columns = terminal.columns();
            terminal.redraw(first(columns), path.tail(columns - 1));
            drawn = true;
        }
    }

    /** The bar and as many of the counts as there is room for; the last column stays free. */
    String first(int columns) {
        int done = (int) Math.round(BAR * fraction());
        StringBuilder line =
                new StringBuilder(method).append(' ').append("█".repeat(done)).append("░".repeat(BAR - done));
        for (String count : counts()) {
            if (line.length() + 2 + count.length() >= columns) {
                break;
            }
            line.append("  ").append(count);
        }
        return line.length() < columns ? line.toString() : line.substring(0, Math.max(0, columns - 1));
    }

    /** The most important first. */
    private List<String> counts() {
        long tokens = meter.get(Count.POLICY_TOKENS);
        double seconds = meter.elapsed().toMillis() / 1e3;
        List<String> counts = new ArrayList<>(others.get());
        counts.add("%d of %d finished".formatted(completed.get(), n));
        counts.add(String.format(Locale.ROOT, "%,d tokens", tokens));
        if (seconds > 0) {
            counts.add(String.format(Locale.ROOT, "%.0f/s", tokens / seconds));
        }
        if (pruned.get() > 0) {
            counts.add("%d of %d steps cut off".formatted(pruned.get(), proposed.get()));
        }
        return counts;
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
    public boolean readsAlong() {
        return timer != null;
    }

    @Override
    public void writing(SearchNode node, String text) {
        path.writing(node, text);
    }

    @Override
    public void settled(String text) {
        path.settled(text);
    }

    @Override
    public void proposed(SearchNode node) {
        if (node.childIndex() != SearchNode.LOOKAHEAD_CHILD) {
            proposed.getAndIncrement();
        }
    }

    @Override
    public void pruned(SearchNode node) {
        pruned.getAndIncrement();
        path.pruned(node);
    }

    @Override
    public void completed(SearchNode node) {
        completed.getAndIncrement();
        path.completed(node);
    }

    @Override
    public void abandoned(SearchNode node) {
        path.abandoned(node);
    }

    /** Takes away what was drawn. */
    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        if (heartbeat != null) {
            heartbeat.close();
        }
        if (drawn) {
            terminal.eraseBelow();
        }
    }
}

package org.espalier.eval;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * A budget for all problems of a run together: each may spend an equal part of what is left when it begins, so that what
 * easy ones leave over is for those that come later. Thread-safe.
 *
 * <p>Time and energy are of the machine, so with a limit on them one problem is to be worked on at a time.
 */
public final class RunBudget {
    private final Budget whole;
    private final Budget each;
    private final Function<Budget, Meter> meters;
    private final Meter run;
    private final Map<Meter, Long> reserved = new HashMap<>();
    private long spentTokens;
    private double spentJoules;
    private int waiting;

    /**
     * @param whole for all problems
     * @param each at most for one
     * @param problems that are to come, 1 or more
     * @param meters starts counting against a budget
     * @throws UsageException if there is less than a token for each problem
     */
    public RunBudget(Budget whole, Budget each, int problems, Function<Budget, Meter> meters) {
        if (whole.tokens() < problems) {
            throw new UsageException(Wording.of(
                    "%s is less than a token for each of %d problems: raise it, or lower %s",
                    Parameter.of("runBudgetTokens").with(whole.tokens()), problems, Parameter.of("limit")));
        }
        this.whole = whole;
        this.each = each;
        this.meters = meters;
        waiting = problems;
        run = new Meter(whole);
    }

    /** Whether a limit is on what the machine does, and not on what a problem asks for. */
    public static boolean isOfMachine(Budget budget) {
        return budget.deadline() != null || budget.joules() < Double.POSITIVE_INFINITY;
    }

    /** The meter of the next problem. */
    public synchronized Meter next() {
        int left = Math.max(1, waiting--);
        long tokens = each.tokens();
        if (whole.tokens() != Long.MAX_VALUE) {
            long open = reserved.values().stream().mapToLong(Long::longValue).sum();
            tokens = Math.min(tokens, Math.max(1, (whole.tokens() - spentTokens - open) / left));
        }
        Meter meter = meters.apply(new Budget(tokens, deadline(left), joules(left)));
        reserved.put(meter, tokens == Long.MAX_VALUE ? 0 : tokens);
        return meter;
    }

    private @Nullable Duration deadline(int left) {
        if (whole.deadline() == null) {
            return each.deadline();
        }
        long nanos = Math.max(1, whole.deadline().minus(run.elapsed()).toNanos() / left);
        Duration share = Duration.ofNanos(nanos);
        return each.deadline() == null || share.compareTo(each.deadline()) < 0 ? share : each.deadline();
    }

    private double joules(int left) {
        double share = Math.max(Double.MIN_NORMAL, (whole.joules() - spentJoules) / left);
        return Math.min(each.joules(), share);
    }

    /** A problem is done: what it has not spent is for the others. */
    public synchronized void done(Meter meter) {
        reserved.remove(meter);
        spentTokens += meter.get(Count.POLICY_TOKENS);
        spentJoules += meter.joules();
    }
}

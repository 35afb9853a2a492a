package org.espalier.search;

import org.espalier.model.UsageException;

/**
 * How many completions a search that may stop early asks for at a time: small windows waste less behind the point where more
 * would not change the answer, and wait more often.
 *
 * @param least completions of a window, 1 or more
 * @param growth what a window has at least, as a share of the completions that there are: 0 to 1
 */
public record Windows(int least, double growth) {
    private static final int MOST = 1024;

    /** What is usual. */
    public static final Windows USUAL = new Windows(4, 0.5);

    /** @throws UsageException if a value is out of its range */
    public Windows {
        if (least < 1 || least > MOST) {
            throw new UsageException("a window must have 1 to %d completions, not %d".formatted(MOST, least));
        }
        if (!(growth >= 0 && growth <= 1)) {
            throw new UsageException("a window must grow by 0 to 1 of the completions that there are, not " + growth);
        }
    }

    /**
     * Completions of the window that follows, if so many are still missing.
     *
     * @param from completions that there are
     * @param unit of the method: a window has a multiple of it
     */
    int size(int from, int unit) {
        return Math.max(unit, Math.max(least, (int) (growth * from)) / unit * unit);
    }
}

package org.espalier.reward;

import org.espalier.model.ProcessRewardModel.Judgement;

/**
 * A reply that goes on, or has not begun, as they hold it who judge whole replies. All replies to a problem share what is open
 * of it, until the last of them is closed.
 *
 * @param <P> what is open of the problem
 */
final class Unfinished<P> implements Judgement {
    private final Shared<P> shared;
    private final String text;
    private boolean closed;

    private static final class Shared<P> {
        private final P problem;
        private final Runnable close;
        private int replies;

        Shared(P problem, Runnable close) {
            this.problem = problem;
            this.close = close;
        }
    }

    /** @param close ends what is open of the problem */
    Unfinished(P problem, Runnable close) {
        this(new Shared<>(problem, close), "");
    }

    private Unfinished(Shared<P> shared, String text) {
        this.shared = shared;
        this.text = text;
        shared.replies++;
    }

    P problem() {
        return shared.problem;
    }

    /** All that was written. */
    String text() {
        return text;
    }

    /** The reply with more of its text, which goes on as well. */
    Unfinished<P> with(String more) {
        return new Unfinished<>(shared, text + more);
    }

    @Override
    public double score() {
        return Double.NaN;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            shared.replies--;
            if (shared.replies == 0) {
                shared.close.run();
            }
        }
    }
}

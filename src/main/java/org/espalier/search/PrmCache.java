package org.espalier.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.ForwardingPrm;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;

/**
 * A PRM of one run that is asked about a text once, however many branches write it: where the policy is sure, most of a
 * tree's candidates repeat each other word for word. A judgement stays open as long as a branch holds it, or another one may
 * still come to the same text. Used on the policy's thread.
 */
final class PrmCache extends ForwardingPrm {
    PrmCache(ProcessRewardModel prm) {
        super(prm);
    }

    /** A judged text, and the texts that go on from it. */
    private static final class Text {
        private final Judgement judgement;
        private final Map<String, CompletableFuture<Text>> asked = new HashMap<>();
        private final List<Text> answered = new ArrayList<>();
        private int holders;
        /** Whether the text before can still be asked about. */
        private boolean repeatable;

        private boolean closed;

        Text(Judgement judgement) {
            this.judgement = judgement;
        }

        Text then(Judgement next) {
            Text text = new Text(next);
            text.repeatable = !closed;
            answered.add(text);
            return text;
        }

        Handle hold() {
            holders++;
            return new Handle(this);
        }

        void release() {
            holders--;
            closeIfUnused();
        }

        private void closeIfUnused() {
            if (holders > 0 || repeatable || closed) {
                return;
            }
            closed = true;
            judgement.close();
            for (Text text : answered) {
                text.repeatable = false;
                text.closeIfUnused();
            }
        }
    }

    /** One branch's hold on a judged text. */
    private static final class Handle implements Judgement {
        private final Text text;
        private boolean closed;

        Handle(Text text) {
            this.text = text;
        }

        @Override
        public double score() {
            return text.judgement.score();
        }

        @Override
        public boolean isRefuted() {
            return text.judgement.isRefuted();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                text.release();
            }
        }
    }

    @Override
    public Judgement open(Problem problem, Meter meter) {
        return new Text(prm.open(problem, meter)).hold();
    }

    /** Another hold on what an open judgement holds. */
    Judgement retain(Judgement judgement) {
        return ((Handle) judgement).text.hold();
    }

    @Override
    public CompletableFuture<Judgement> score(Judgement before, Step step) {
        Text text = ((Handle) before).text;
        return text.asked
                .computeIfAbsent(
                        step.text(),
                        words -> RunControl.ask(() -> prm.score(text.judgement, step))
                                .thenApply(text::then))
                .thenApply(Text::hold);
    }
}

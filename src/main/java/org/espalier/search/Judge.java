package org.espalier.search;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.espalier.model.Futures;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.jspecify.annotations.Nullable;

/** Has nodes judged by the PRM, each after the one before it. */
final class Judge {
    private final @Nullable ProcessRewardModel prm;
    private final RunControl control;

    /** @param prm null if nothing is to be judged */
    Judge(@Nullable ProcessRewardModel prm, RunControl control) {
        this.prm = prm;
        this.control = control;
    }

    /** Judges a node as soon as its parent has been. Without a score if its parent has none, or the run ends before. */
    CompletableFuture<Void> judge(SearchNode node) {
        SearchNode parent = Objects.requireNonNull(node.parent());
        return parent.resources()
                .judged()
                .thenCompose(v -> score(parent.resources().judgement(), node.step()))
                .thenAccept(judgement -> judgement.ifPresent(judged -> {
                    node.judgedBy(judged, control.millis());
                    control.tell(SearchListener::scored, node);
                }))
                .whenComplete((v, thrown) -> node.resources().settleJudgement());
    }

    /** Leaves a node without a score. */
    CompletableFuture<Void> pass(SearchNode node) {
        node.resources().settleJudgement();
        return CompletableFuture.completedFuture(null);
    }

    /** Judges an empty step behind a node; its score becomes the last of the path. */
    CompletableFuture<Void> judgeEmptyStepAfter(SearchNode node) {
        Step step = node.step();
        Step empty = new Step(step.prefix(), "", 0, step.stopReason(), 0, Double.NaN);
        return score(node.resources().judgement(), empty)
                .thenAccept(judgement -> judgement.ifPresent(judged -> {
                    node.trailingScore(judged.score());
                    judged.close();
                }));
    }

    private CompletableFuture<Optional<Judgement>> score(@Nullable Judgement before, Step step) {
        ProcessRewardModel model = prm;
        if (model == null || before == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return RunControl.ask(() -> model.score(before, step)).handle((judgement, thrown) -> {
            if (thrown == null) {
                return Optional.of(judgement);
            }
            if (Futures.cause(thrown) instanceof CancellationException) {
                control.cutShort();
                return Optional.empty();
            }
            control.fail(thrown);
            throw new CompletionException(Futures.cause(thrown));
        });
    }
}

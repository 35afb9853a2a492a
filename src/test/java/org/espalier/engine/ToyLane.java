package org.espalier.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Step;

/** A lane over a {@link FakeRunner}, and the engine on whose thread it is used. */
final class ToyLane implements AutoCloseable {
    static final int[] PROMPT = new ToyModel().encode("a b c d e f g h", false);

    final FakeRunner runner;
    final Lane lane;
    private final Engine engine;

    ToyLane(Capacity capacity) {
        runner = new FakeRunner(capacity);
        lane = new Lane("policy", new ToyModel(), runner);
        engine = new Engine(List.of(lane));
    }

    /**
     * Opens the prompt.
     *
     * @param grammar as {@link FakeRunner} reads it; null for none
     */
    Sequence open(String grammar) {
        return CompletableFuture.supplyAsync(
                        () -> lane.open(PROMPT, new Meter(Budget.UNLIMITED), Role.POLICY, grammar), engine)
                .join();
    }

    /** Waits for steps that are asked for at once. */
    List<Step> run(Supplier<List<CompletableFuture<Step>>> asked) {
        return CompletableFuture.supplyAsync(asked, engine)
                .thenCompose(steps -> CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new))
                        .thenApply(done ->
                                steps.stream().map(CompletableFuture::join).toList()))
                .join();
    }

    void onEngine(Runnable task) {
        CompletableFuture.runAsync(task, engine).join();
    }

    @Override
    public void close() {
        engine.close();
    }
}

package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.engine.Engine;
import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.engine.ToyModel;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeptPromptsTest {
    private static final StepRequest STEP = StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 5, 12);
    private static final int CELLS = 200;

    private final ToyModel tokenizer = new ToyModel();
    private final FakeRunner runner = FakeRunner.unified(CELLS, 8);
    private final Lane lane = new Lane("policy", tokenizer, runner);
    private final Engine engine = new Engine(List.of(lane));
    private final KeptPrompts kept = new KeptPrompts(lane, 120, 6);

    @AfterEach
    void close() {
        engine.close();
    }

    private int[] tokens(String text) {
        return tokenizer.encode(text, false);
    }

    private void keep(String prompt, String reply) throws Exception {
        CompletableFuture.supplyAsync(() -> kept.keep(tokens(prompt + reply), prompt.length()), engine)
                .thenCompose(done -> done)
                .get(20, TimeUnit.SECONDS);
    }

    private int cells() {
        return CompletableFuture.supplyAsync(kept::cells, engine).join();
    }

    /** What is written after a prompt, and what that took. */
    private String written(String prompt, Meter meter, boolean sharing) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> {
                            Sequence root = sharing
                                    ? kept.open(tokens(prompt), meter, null)
                                    : lane.open(tokens(prompt), meter, Role.POLICY);
                            return lane.generate(root, STEP).whenComplete((step, thrown) -> root.close());
                        },
                        engine)
                .thenCompose(step -> step)
                .thenApplyAsync(
                        (Step step) -> {
                            step.prefix().close();
                            return step.text();
                        },
                        engine)
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void theNextTurnComputesOnlyWhatIsNew() throws Exception {
        keep("how much is it? ", "seven. ");
        Meter meter = new Meter(Budget.UNLIMITED);
        String next = "how much is it? seven. and then? ";
        String text = written(next, meter, true);
        assertThat(meter.get(Count.CACHED_TOKENS)).isEqualTo("how much is it? seven. ".length());
        assertThat(meter.get(Count.POLICY_TOKENS_DECODED)).isLessThanOrEqualTo("and then? ".length() + 12L);
        assertThat(text).isEqualTo(written(next, new Meter(Budget.UNLIMITED), false));
        keep(next, text);
        Meter third = new Meter(Budget.UNLIMITED);
        written(next + text + "ok ", third, true);
        assertThat(third.get(Count.CACHED_TOKENS)).isEqualTo((next + text).length());
        Meter again = new Meter(Budget.UNLIMITED);
        written(next + "x", again, true);
        assertThat(again.get(Count.CACHED_TOKENS)).as("another reply").isEqualTo(next.length());
    }

    @Test
    void anotherConversationSharesNothing() throws Exception {
        keep("how much is it? ", "seven. ");
        Meter meter = new Meter(Budget.UNLIMITED);
        written("how many are there? ", meter, true);
        assertThat(meter.get(Count.CACHED_TOKENS)).isZero();
    }

    @Test
    void aSearchTakesTheRoomThatItNeeds() throws Exception {
        keep("how much is it? ", "seven. ");
        char[] most = new char[CELLS - 20];
        Arrays.fill(most, 'z');
        written(new String(most), new Meter(Budget.UNLIMITED), true);
        assertThat(cells()).isZero();
        Meter meter = new Meter(Budget.UNLIMITED);
        String next = "how much is it? seven. and then? ";
        assertThat(written(next, meter, true)).isEqualTo(written(next, new Meter(Budget.UNLIMITED), false));
        assertThat(meter.get(Count.CACHED_TOKENS)).isZero();
    }

    @Test
    void theOldestConversationsGo() throws Exception {
        for (int i = 0; i < 6; i++) {
            keep("question " + (char) ('a' + i) + "? ", "the answer is " + (char) ('a' + i) + ". ");
        }
        assertThat(cells()).isLessThanOrEqualTo(120);
        Meter oldest = new Meter(Budget.UNLIMITED);
        written("question a? the answer is a. so ", oldest, true);
        assertThat(oldest.get(Count.CACHED_TOKENS)).isZero();
        Meter newest = new Meter(Budget.UNLIMITED);
        written("question f? the answer is f. so ", newest, true);
        assertThat(newest.get(Count.CACHED_TOKENS)).isEqualTo("question f? the answer is f. ".length());
    }

    @Test
    void whatIsGivenUpIsNotKept() throws Exception {
        CompletableFuture.runAsync(
                        () -> {
                            kept.keep(tokens("how much is it? seven. "), 16);
                            assertThat(kept.makeWay()).isTrue();
                        },
                        engine)
                .get(20, TimeUnit.SECONDS);
        Meter meter = new Meter(Budget.UNLIMITED);
        String next = "how much is it? seven. and then? ";
        assertThat(written(next, meter, true)).isEqualTo(written(next, new Meter(Budget.UNLIMITED), false));
        assertThat(meter.get(Count.CACHED_TOKENS)).isZero();
        assertThat(cells()).isZero();
    }
}

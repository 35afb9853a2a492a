package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.Sequence.Role;
import org.espalier.engine.Sequence.State;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.junit.jupiter.api.Test;

class KvCacheTest {
    private final FakeRunner runner = FakeRunner.unified(64, 3);
    private final Lane lane = new Lane("policy", new ToyModel(), runner);
    private final Meter meter = new Meter(Budget.UNLIMITED);
    private final Batch batch = new Batch(64, 64, 8);
    private final KvCache kv = new KvCache(batch, runner.capacity());

    private Sequence sequence(Sequence parent, int tokens) {
        Sequence sequence = new Sequence(lane, parent, meter, Role.POLICY);
        for (int i = 0; i < tokens; i++) {
            sequence.tokens.add(3);
        }
        return sequence;
    }

    private Sequence computed(Sequence parent, int tokens) {
        Sequence sequence = sequence(parent, tokens);
        assertThat(kv.acquire(sequence, false)).isTrue();
        kv.decoded(sequence, tokens);
        kv.complete(sequence);
        return sequence;
    }

    @Test
    void aChildSharesItsParentsCells() {
        Sequence parent = computed(null, 10);
        Sequence child = computed(parent, 4);
        assertThat(child.cached).isEqualTo(14);
        assertThat(kv.liveCells()).isEqualTo(14);
        kv.release(parent);
        assertThat(kv.liveCells()).as("the child still holds them").isEqualTo(14);
        kv.release(child);
        assertThat(kv.liveCells()).isZero();
    }

    @Test
    void theSoleChildOfAClosedParentTakesItsIdOver() {
        Sequence parent = computed(null, 10);
        Sequence child = sequence(parent, 2);
        parent.pins = 1;
        parent.close();
        int operations = batch.operations();
        int id = parent.seqId;
        assertThat(kv.acquire(child, false)).isTrue();
        assertThat(child.seqId).isEqualTo(id);
        assertThat(parent.seqId).isEqualTo(Sequence.NONE);
        assertThat(batch.operations()).as("nothing is copied").isEqualTo(operations);
    }

    @Test
    void whatOthersHoldIsEvictedFirstThenWhatNobodyWaitsForThenTheOldest() {
        Sequence shared = computed(null, 5);
        Sequence child = computed(shared, 1);
        Sequence waiting = computed(null, 5);
        waiting.state = State.WAITING;
        child.lastUsed = 2;
        assertThat(kv.evictOne()).isTrue();
        assertThat(shared.seqId).as("its cells are the child's as well").isEqualTo(Sequence.NONE);
        assertThat(kv.liveCells()).isEqualTo(11);
        assertThat(kv.evictOne()).isTrue();
        assertThat(child.seqId).as("nobody waits for it").isEqualTo(Sequence.NONE);
        assertThat(kv.evictUnwantedFor(sequence(null, 1)))
                .as("the last is waited for")
                .isFalse();
        assertThat(kv.evictOne()).isTrue();
        assertThat(kv.liveCells()).isZero();
    }

    @Test
    void whatRunsIsNeverEvicted() {
        computed(null, 5).state = State.RUNNING;
        assertThat(kv.evictOne()).isFalse();
    }

    @Test
    void aRecurrentStateCannotBeTakenBack() {
        KvCache recurrent = new KvCache(batch, new Capacity(64, 4, 64, 16, true, false));
        Sequence sequence = sequence(null, 5);
        assertThat(recurrent.acquire(sequence, false)).isTrue();
        recurrent.decoded(sequence, 5);
        assertThat(recurrent.rewind(sequence)).isFalse();
        assertThat(sequence.seqId).isEqualTo(Sequence.NONE);
        assertThat(recurrent.liveCells()).isZero();
    }

    @Test
    void forgetsWhateverTheCountsSay() {
        Sequence parent = computed(null, 10);
        Sequence child = computed(parent, 4);
        child.liveCells = -7;
        parent.duplicates = 3;
        kv.forget();
        assertThat(kv.liveCells()).isZero();
        assertThat(parent.isHeld() || child.isHeld()).isFalse();
        assertThat(child.seqId).isEqualTo(Sequence.NONE);
        assertThat(child.cached).isZero();
        computed(parent.parent, 3);
        assertThat(kv.liveCells()).isEqualTo(3);
    }
}

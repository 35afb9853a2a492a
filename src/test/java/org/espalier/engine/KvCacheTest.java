package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.engine.Demand.State;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.Sequence.Role;
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
        assertThat(child.cells.end()).isEqualTo(14);
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
        parent.demand.pin();
        parent.close();
        int operations = batch.operations();
        int id = parent.cells.seqId();
        assertThat(kv.acquire(child, false)).isTrue();
        assertThat(child.cells.seqId()).isEqualTo(id);
        assertThat(parent.cells.seqId()).isEqualTo(SequenceIds.NONE);
        assertThat(batch.operations()).as("nothing is copied").isEqualTo(operations);
    }

    @Test
    void whatOthersHoldIsEvictedFirstThenWhatNobodyWaitsForThenTheOldest() {
        Sequence shared = computed(null, 5);
        Sequence child = computed(shared, 1);
        Sequence waiting = computed(null, 5);
        waiting.demand.enter(State.WAITING);
        kv.used(child, 2);
        assertThat(kv.evictOne()).isTrue();
        assertThat(shared.cells.seqId()).as("its cells are the child's as well").isEqualTo(SequenceIds.NONE);
        assertThat(kv.liveCells()).isEqualTo(11);
        assertThat(kv.evictOne()).isTrue();
        assertThat(child.cells.seqId()).as("nobody waits for it").isEqualTo(SequenceIds.NONE);
        assertThat(kv.evictUnwantedFor(sequence(null, 1)))
                .as("the last is waited for")
                .isFalse();
        assertThat(kv.evictOne()).isTrue();
        assertThat(kv.liveCells()).isZero();
    }

    @Test
    void whatRunsIsNeverEvicted() {
        computed(null, 5).demand.enter(State.RUNNING);
        assertThat(kv.evictOne()).isFalse();
    }

    @Test
    void aRecurrentStateCannotBeTakenBack() {
        KvCache recurrent = new KvCache(batch, new Capacity(64, 4, 64, 16, true, false));
        Sequence sequence = sequence(null, 5);
        assertThat(recurrent.acquire(sequence, false)).isTrue();
        recurrent.decoded(sequence, 5);
        assertThat(recurrent.rewind(sequence)).isFalse();
        assertThat(sequence.cells.seqId()).isEqualTo(SequenceIds.NONE);
        assertThat(recurrent.liveCells()).isZero();
    }

    @Test
    void forgetsWhateverTheCountsSay() {
        Sequence parent = computed(null, 10);
        Sequence child = computed(parent, 4);
        kv.decoded(child, 7);
        kv.forget();
        assertThat(kv.liveCells()).isZero();
        assertThat(parent.cells.isHeld() || child.cells.isHeld()).isFalse();
        assertThat(child.cells.seqId()).isEqualTo(SequenceIds.NONE);
        assertThat(child.cells.end()).isZero();
        computed(parent.parent(), 3);
        assertThat(kv.liveCells()).isEqualTo(3);
    }

    @Test
    void amongEqualsTheOneUsedLongestAgoIsEvictedFirst() {
        Sequence used = computed(null, 5);
        Sequence older = computed(null, 5);
        kv.used(used, 9);
        kv.used(older, 8);
        assertThat(kv.evictOne()).isTrue();
        assertThat(older.cells.hasId()).isFalse();
        assertThat(used.cells.hasId()).isTrue();
    }

    @Test
    void whatASequenceIsToShareIsNotEvictedForIt() {
        Sequence parent = computed(null, 5);
        Sequence child = sequence(parent, 1);
        assertThat(kv.evictFor(child)).as("only its parent could go").isFalse();
        computed(null, 5);
        assertThat(kv.evictFor(child)).isTrue();
        assertThat(parent.cells.isHeld()).isTrue();
    }

    @Test
    void aTokenThatIsComputedOnceMoreTakesItsOwnCellAgain() {
        Sequence sequence = computed(null, 5);
        assertThat(kv.rewind(sequence)).isTrue();
        assertThat(sequence.pending()).isEqualTo(1);
        assertThat(kv.liveCells()).isEqualTo(4);
        kv.decoded(sequence, 1);
        assertThat(kv.liveCells()).isEqualTo(5);
    }

    @Test
    void aTokenThatAnotherIdHoldsTakesASecondCellWhenItIsComputedOnceMore() {
        Sequence parent = computed(null, 5);
        Sequence child = computed(parent, 1);
        kv.rewind(parent);
        assertThat(kv.liveCells()).as("the child holds it").isEqualTo(6);
        kv.decoded(parent, 1);
        assertThat(kv.liveCells()).isEqualTo(7);
        kv.release(parent);
        assertThat(kv.liveCells()).isEqualTo(6);
        kv.release(child);
        assertThat(kv.liveCells()).isZero();
    }

    @Test
    void tellsFreshTokensFromThoseThatAreComputedAgain() {
        Sequence sequence = sequence(null, 5);
        kv.acquire(sequence, false);
        assertThat(kv.decoded(sequence, 3)).isEqualTo(3);
        kv.release(sequence);
        kv.acquire(sequence, false);
        assertThat(kv.decoded(sequence, 5)).as("two of five are new").isEqualTo(2);
    }

    @Test
    void anIdIsTakenOnlyFromWhatNobodyWaitsForUnlessItIsAskedFor() {
        for (int i = 0; i < 3; i++) {
            computed(null, 5).demand.enter(State.WAITING);
        }
        Sequence next = sequence(null, 1);
        assertThat(kv.acquire(next, false)).isFalse();
        assertThat(kv.acquire(next, true)).isTrue();
    }

    @Test
    void aUnifiedCacheHasRoomForItsCellsAndStreamsAlwaysHave() {
        computed(null, 60);
        assertThat(kv.hasRoomFor(4)).isTrue();
        assertThat(kv.hasRoomFor(5)).isFalse();
        assertThat(new KvCache(batch, new Capacity(64, 3, 64, 64, false, true)).hasRoomFor(65))
                .isTrue();
    }

    @Test
    void betweenTwoRunsAnIdNeedsNoMoreOperationsThanTheBatchHasForIt() {
        Sequence parent = computed(null, 5);
        Sequence child = computed(parent, 1);
        batch.clear();
        kv.rewind(child);
        kv.release(child);
        assertThat(kv.acquire(sequence(parent, 1), false)).isTrue();
        assertThat(batch.operations()).as("take back, release, copy").isEqualTo(3);
        assertThat(Batch.OPERATIONS_PER_SEQUENCE).isEqualTo(4);
    }
}

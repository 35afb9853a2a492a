package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Batch(1, 2, 1);

    @Test
    void aRegionThatIsFullTakesNothingMore() {
        batch.copy(0, 1, 3);
        assertThatThrownBy(() -> batch.remove(1, 0)).isInstanceOf(IllegalStateException.class);
        batch.add(7, 3, 1);
        batch.add(8, 4, 1);
        assertThatThrownBy(() -> batch.add(9, 5, 1)).isInstanceOf(IllegalStateException.class);
        batch.watch(0);
        assertThatThrownBy(() -> batch.watch(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRowReadsATokenOfTheBatch() {
        assertThatThrownBy(() -> batch.watch(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aClearedBatchHasRoomAgain() {
        batch.copy(0, 1, 3);
        batch.clear();
        batch.copy(0, 1, 3);
    }
}

package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.espalier.runtime.LoadProgress.Resident;
import org.junit.jupiter.api.Test;

class LoadProgressTest {
    private static final long MIB = 1 << 20;

    private final List<String> heard = new ArrayList<>();
    private final RuntimeListener listener = new RuntimeListener() {
        @Override
        public void loading(String what, long done, long total) {
            heard.add("%s %d/%d".formatted(what, done / MIB, total / MIB));
        }

        @Override
        public void loaded(String name) {
            heard.add("loaded " + name);
        }
    };

    private void load(boolean maps, Resident... seen) {
        Queue<Resident> memory = new ArrayDeque<>(List.of(seen));
        try (LoadProgress progress = new LoadProgress("m", 1000 * MIB, maps, listener, memory::remove)) {
            while (!memory.isEmpty()) {
                progress.tell();
            }
        }
    }

    private static Resident resident(long mapped, long own) {
        return new Resident(mapped * MIB, own * MIB);
    }

    @Test
    void aMappedFileIsReadAndThenPrepared() {
        load(true, resident(50, 100), resident(250, 110), resident(1050, 120), resident(700, 600), resident(60, 1150));
        assertThat(heard)
                .containsExactly(
                        "Reading m 200/1000",
                        "Reading m 1000/1000",
                        "Preparing m 500/1000",
                        "Preparing m 1000/1000",
                        "loaded m");
    }

    @Test
    void aFileThatIsReadIsInMemoryOfItsOwn() {
        load(false, resident(50, 100), resident(51, 300), resident(52, 1400));
        assertThat(heard).containsExactly("Reading m 200/1000", "Reading m 1000/1000", "loaded m");
    }

    @Test
    void nothingIsToldWhereMemoryIsNotCounted() {
        load(true, new Resident(0, 0), new Resident(0, 0));
        assertThat(heard).isEmpty();
    }
}

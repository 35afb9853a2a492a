package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.model.FetchListener;
import org.espalier.runtime.ModelFiles.Shapes;
import org.espalier.runtime.SharedMemory.Files;
import org.espalier.wire.SearchOutcome.Model;
import org.junit.jupiter.api.Test;

class SharedMemoryTest {
    private static final Workload WORK = Workload.serving(16, 256);
    private static final long STEP = 4L << 20;
    private static final RuntimeOptions SMALL = RuntimeOptions.DEFAULT.withPolicy("arith-small");

    /** The least memory in which all is held that models can use. */
    private static long least(RuntimeOptions options) {
        ResourceSettings cpu = new ResourceSettings(null, 0, true, KvLayout.AUTO, null, null, null, true);
        for (long bytes = 64L << 20; bytes < 8L << 30; bytes += STEP) {
            if (new SharedMemory(cpu.withMemory(bytes)).holdsWhole(options, WORK)) {
                return bytes;
            }
        }
        throw new AssertionError("no memory is enough");
    }

    @Test
    void theLargerPolicyNeedsRoomToo() {
        long both = least(SMALL.withModels("arith-small", "arith-large", null));
        assertThat(both - least(SMALL)).isGreaterThanOrEqualTo(2 * STEP);
    }

    @Test
    void theLargerPolicyIsOneOfTheFiles() {
        Files pair = SharedMemory.files(SMALL, WORK, FetchListener.NONE);
        Files three =
                SharedMemory.files(SMALL.withModels("arith-small", "arith-large", null), WORK, FetchListener.NONE);
        assertThat(pair.models()).extracting(Model::role).containsExactly("policy", "prm");
        assertThat(three.models()).extracting(Model::role).containsExactly("policy", "prm", "largerPolicy");
        assertThat(three.bytes()).isGreaterThan(pair.bytes());
    }

    @Test
    void aFileCountsOnce() {
        ModelFile small = ModelStore.open().resolve("arith-small", FetchListener.NONE);
        ModelFile large = ModelStore.open().resolve("arith-large", FetchListener.NONE);
        ResolvedModels alone = new ResolvedModels(small, small, null, null);
        ModelFiles one = ModelFiles.of(alone, Optional.of(small));
        assertThat(one.others()).isEmpty();
        ModelFiles two = ModelFiles.of(new ResolvedModels(small, large, null, null), Optional.of(large));
        assertThat(two.others()).containsExactly(large.path());
        assertThat(two.bytes())
                .isEqualTo(one.bytes()
                        + ModelFiles.of(new ResolvedModels(large, null, null, null), Optional.empty())
                                .bytes());
        Shapes both = two.shapes(file -> false).orElseThrow();
        Shapes beside = two.shapes(large.path()::equals).orElseThrow();
        assertThat(both.words())
                .isGreaterThan(one.shapes(file -> false).orElseThrow().words());
        assertThat(beside.words())
                .as("what is loaded has its vocabulary in memory")
                .isEqualTo(one.shapes(file -> false).orElseThrow().words());
        assertThat(both.beside().orElseThrow().weightBytes()
                        - beside.beside().orElseThrow().weightBytes())
                .as("and its weights")
                .isGreaterThan(large.path().toFile().length() / 2);
        assertThat(beside.beside().orElseThrow().cellBytes())
                .isEqualTo(both.beside().orElseThrow().cellBytes());
    }
}

package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.espalier.engine.MemoryPlan.Demand;
import org.espalier.engine.MemoryPlan.Limit;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static final long MIB = 1 << 20;
    private static final ModelShape POLICY = new ModelShape(100 * MIB, 20_000, 50_000, 8192);
    private static final ModelShape PRM = new ModelShape(500 * MIB, 40_000, 50_000, 4096);

    private static Limit memory(long mebibytes) {
        return new Limit(mebibytes * MIB, false);
    }

    private static long bytes(MemoryPlan plan) {
        return POLICY.weightBytes()
                + PRM.weightBytes()
                + 2L * plan.sequences() * 50_000 * 4
                + plan.policyCells() * POLICY.cellBytes()
                + plan.prmCells() * PRM.cellBytes();
    }

    @Test
    void plentyOfMemoryHoldsTheWholeSearch() {
        MemoryPlan plan = MemoryPlan.of(
                POLICY, Optional.empty(), new Demand(16, 200, 500, Optional.empty(), true), memory(100_000));
        assertThat(plan.policyCells()).isEqualTo(16 * 768);
        assertThat(plan.prmCells()).isZero();
        assertThat(plan.sequences()).isEqualTo(40);
    }

    @Test
    void lessMemoryHoldsFewerCellsOfBoth() {
        Demand demand = new Demand(64, 200, 1000, Optional.empty(), true);
        long limit = 1600 * MIB;
        MemoryPlan plan = MemoryPlan.of(POLICY, Optional.of(PRM), demand, new Limit(limit, false));
        assertThat(plan.policyCells()).isBetween(1280, 60_000);
        assertThat(plan.prmCells()).isGreaterThanOrEqualTo(1792);
        assertThat(bytes(plan)).isLessThanOrEqualTo(limit);
        assertThat(bytes(plan)).isGreaterThan(limit * 9 / 10);
    }

    @Test
    void tooLittleForOneBranchSaysHowMuchIsNeeded() {
        Demand demand = new Demand(4, 200, 500, Optional.empty(), true);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, memory(110)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("memory is too small")
                .hasMessageContaining("give at least 119m");
        assertThat(MemoryPlan.of(POLICY, Optional.empty(), demand, memory(119)).policyCells())
                .isEqualTo(768);
    }

    @Test
    void whatElseTheProcessTakesIsCounted() {
        Demand demand = new Demand(4, 200, 500, Optional.empty(), true);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, new Limit(119 * MIB, false, 50 * MIB)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("memory is too small: the process takes 50 MiB, weights and logits take 105 MiB")
                .hasMessageContaining("give at least 169m");
        assertThat(MemoryPlan.of(POLICY, Optional.empty(), demand, new Limit(169 * MIB, false, 50 * MIB))
                        .policyCells())
                .isEqualTo(768);
    }

    /** In streams a batch looks at one path's cells, in a shared cache at all of them. */
    @Test
    void buffersAreCountedForTheCellsThatABatchLooksAt() {
        ModelShape work = new ModelShape(
                POLICY.weightBytes(),
                POLICY.cellBytes(),
                POLICY.vocabulary(),
                POLICY.trainedContext(),
                0,
                POLICY.cellBytes());
        Demand shared = new Demand(64, 200, 500, Optional.empty(), true);
        int without =
                MemoryPlan.of(POLICY, Optional.empty(), shared, memory(300)).policyCells();
        int with = MemoryPlan.of(work, Optional.empty(), shared, memory(300)).policyCells();
        assertThat(with).isBetween(without * 4 / 10, without * 6 / 10);
        Demand streams = new Demand(64, 200, 500, Optional.empty(), false);
        int streamsWithout =
                MemoryPlan.of(POLICY, Optional.empty(), streams, memory(300)).sequences();
        int streamsWith =
                MemoryPlan.of(work, Optional.empty(), streams, memory(300)).sequences();
        assertThat(streamsWith).isBetween(streamsWithout - 2, streamsWithout - 1);
    }

    @Test
    void aGpuThatIsTooSmallIsNotBlamedOnTheUser() {
        Demand demand = new Demand(4, 200, 500, Optional.empty(), true);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, new Limit(110 * MIB, true)))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "the GPU, with 110 MiB to use, is too small: weights and logits take 105 MiB and the cache of one"
                                + " branch of 768 tokens takes 15 MiB; keep layers on the CPU with gpuLayers, or lower maxTokens"
                                + " or n");
    }

    @Test
    void aPathIsNotLongerThanTheModelsContextAndIdsAreBounded() {
        MemoryPlan plan = MemoryPlan.of(
                POLICY, Optional.of(PRM), new Demand(300, 200, 100_000, Optional.empty(), true), memory(100_000));
        assertThat(plan.policyCells()).isEqualTo(65_536);
        assertThat(plan.sequences()).isEqualTo(256);
    }

    @Test
    void aPrmThatWritesNeedsRoomForWhatItWrites() {
        Demand demand = new Demand(4, 100, 400, Optional.empty(), true);
        ModelShape writing = new ModelShape(500 * MIB, 40_000, 50_000, 8192, 3000);
        MemoryPlan silent = MemoryPlan.of(POLICY, Optional.of(PRM), demand, memory(8192));
        MemoryPlan plan = MemoryPlan.of(POLICY, Optional.of(writing), demand, memory(8192));
        assertThat(plan.policyCells()).isEqualTo(silent.policyCells());
        assertThat(plan.prmCells()).isBetween(silent.prmCells() + 4 * 3000, silent.prmCells() + 4 * 3000 + 4 * 256);
    }

    @Test
    void twoThatReadTheSameAreCountedTogether() {
        ModelShape both = PRM.and(new ModelShape(300 * MIB, 10_000, 1000, 2048, 50));
        assertThat(both).isEqualTo(new ModelShape(800 * MIB, 50_000, 51_000, 2048, 50));
        assertThat(PRM.and(new ModelShape(1, 1, 1, 0)).trainedContext()).isEqualTo(4096);
    }

    @Test
    void theUserMaySayHowLargeTheContextIs() {
        MemoryPlan plan = MemoryPlan.of(
                POLICY, Optional.of(PRM), new Demand(16, 200, 500, Optional.of(1000), true), memory(100_000));
        assertThat(plan.policyCells()).isEqualTo(1024);
        assertThat(plan.prmCells()).isEqualTo(1024);
    }

    @Test
    void streamsHaveCellsForAWholePathEach() {
        Demand demand = new Demand(16, 200, 500, Optional.empty(), false);
        MemoryPlan plenty = MemoryPlan.of(POLICY, Optional.empty(), demand, memory(100_000));
        assertThat(plenty.policyCells()).isEqualTo(24 * 768);
        MemoryPlan little = MemoryPlan.of(POLICY, Optional.empty(), demand, memory(250));
        assertThat(little.sequences()).isBetween(3, 12);
        assertThat(little.policyCells()).isEqualTo(little.sequences() * 768);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, memory(110)))
                .hasMessageContaining("memory is too small");
        Demand wide = new Demand(256, 200, 1000, Optional.empty(), false);
        assertThat(MemoryPlan.of(POLICY, Optional.empty(), wide, memory(100_000))
                        .sequences())
                .isEqualTo(102);
    }
}

package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.espalier.engine.MemoryPlan.Demand;
import org.espalier.engine.MemoryPlan.ModelShape;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static final long MIB = 1 << 20;
    private static final ModelShape POLICY = new ModelShape(100 * MIB, 20_000, 50_000, 8192);
    private static final ModelShape PRM = new ModelShape(500 * MIB, 40_000, 50_000, 4096);

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
                POLICY, Optional.empty(), new Demand(16, 200, 500, Optional.empty(), true), 100_000 * MIB);
        assertThat(plan.policyCells()).isEqualTo(16 * 768);
        assertThat(plan.prmCells()).isZero();
        assertThat(plan.sequences()).isEqualTo(40);
    }

    @Test
    void lessMemoryHoldsFewerCellsOfBoth() {
        Demand demand = new Demand(64, 200, 1000, Optional.empty(), true);
        long limit = 1600 * MIB;
        MemoryPlan plan = MemoryPlan.of(POLICY, Optional.of(PRM), demand, limit);
        assertThat(plan.policyCells()).isBetween(1280, 60_000);
        assertThat(plan.prmCells()).isGreaterThanOrEqualTo(1792);
        assertThat(bytes(plan)).isLessThanOrEqualTo(limit);
        assertThat(bytes(plan)).isGreaterThan(limit * 9 / 10);
    }

    @Test
    void tooLittleForOneBranchSaysHowMuchIsNeeded() {
        Demand demand = new Demand(4, 200, 500, Optional.empty(), true);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, 110 * MIB))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("--memory is too small")
                .hasMessageContaining("give at least 119m");
        assertThat(MemoryPlan.of(POLICY, Optional.empty(), demand, 119 * MIB).policyCells())
                .isEqualTo(768);
    }

    @Test
    void aPathIsNotLongerThanTheModelsContextAndIdsAreBounded() {
        MemoryPlan plan = MemoryPlan.of(
                POLICY, Optional.of(PRM), new Demand(300, 200, 100_000, Optional.empty(), true), 100_000 * MIB);
        assertThat(plan.policyCells()).isEqualTo(65_536);
        assertThat(plan.sequences()).isEqualTo(256);
    }

    @Test
    void aPrmThatWritesNeedsRoomForWhatItWrites() {
        Demand demand = new Demand(4, 100, 400, Optional.empty(), true);
        ModelShape writing = new ModelShape(500 * MIB, 40_000, 50_000, 8192, 3000);
        MemoryPlan silent = MemoryPlan.of(POLICY, Optional.of(PRM), demand, 8192 * MIB);
        MemoryPlan plan = MemoryPlan.of(POLICY, Optional.of(writing), demand, 8192 * MIB);
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
                POLICY, Optional.of(PRM), new Demand(16, 200, 500, Optional.of(1000), true), 100_000 * MIB);
        assertThat(plan.policyCells()).isEqualTo(1024);
        assertThat(plan.prmCells()).isEqualTo(1024);
    }

    @Test
    void streamsHaveCellsForAWholePathEach() {
        Demand demand = new Demand(16, 200, 500, Optional.empty(), false);
        MemoryPlan plenty = MemoryPlan.of(POLICY, Optional.empty(), demand, 100_000 * MIB);
        assertThat(plenty.policyCells()).isEqualTo(24 * 768);
        MemoryPlan little = MemoryPlan.of(POLICY, Optional.empty(), demand, 250 * MIB);
        assertThat(little.sequences()).isBetween(3, 12);
        assertThat(little.policyCells()).isEqualTo(little.sequences() * 768);
        assertThatThrownBy(() -> MemoryPlan.of(POLICY, Optional.empty(), demand, 110 * MIB))
                .hasMessageContaining("--memory is too small");
        Demand wide = new Demand(256, 200, 1000, Optional.empty(), false);
        assertThat(MemoryPlan.of(POLICY, Optional.empty(), wide, 100_000 * MIB).sequences())
                .isEqualTo(102);
    }
}

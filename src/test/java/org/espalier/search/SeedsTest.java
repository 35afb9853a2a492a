package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
    private static final long ROOT = 6611400961267764258L;
    private static final long CHILD = 6710469967346410573L;

    /** Recorded runs can be replayed only as long as these do not change; computed from the javadoc, in Python. */
    @Test
    void valuesAreFixed() {
        assertThat(Seeds.root(42, "p")).isEqualTo(ROOT);
        assertThat(Seeds.child(ROOT, 1, 1)).isEqualTo(CHILD);
    }

    @Test
    void uniformNumbersAreFixedAndSpreadFromZeroToOne() {
        assertThat(Seeds.uniform(ROOT, 1)).isEqualTo(0.9592375156690531);
        assertThat(Seeds.uniform(ROOT, 2)).isEqualTo(0.24076482803203636);
        DoubleSummaryStatistics spread = IntStream.range(0, 10_000)
                .mapToDouble(draw -> Seeds.uniform(7, draw))
                .summaryStatistics();
        assertThat(spread.getAverage()).isBetween(.49, .51);
        assertThat(spread.getMin()).isBetween(0.0, .001);
        assertThat(spread.getMax()).isBetween(.999, Math.nextDown(1.0));
    }

    @Test
    void firstChildKeepsItsParentsSeed() {
        assertThat(Seeds.child(7, 0, 3)).isEqualTo(7);
    }

    @Test
    void runProblemIndexAndDepthAllMatter() {
        assertThat(Set.of(
                        Seeds.root(1, "a"),
                        Seeds.root(2, "a"),
                        Seeds.root(1, "b"),
                        Seeds.child(Seeds.root(1, "a"), 1, 1),
                        Seeds.child(Seeds.root(1, "a"), 1, 2),
                        Seeds.child(Seeds.root(1, "a"), 2, 1)))
                .hasSize(6);
    }

    /** 10 000 samples, each with a chain of ten second children. */
    @Test
    void seedsDoNotCollide() {
        Set<Long> seeds = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            long seed = Seeds.child(Seeds.root(42, "p"), i, 1);
            seeds.add(seed);
            for (int depth = 2; depth < 12; depth++) {
                seed = Seeds.child(seed, 1, depth);
                seeds.add(seed);
            }
        }
        assertThat(seeds).hasSize(110_000);
    }
}

package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TidyLayoutTest {
    private static final double SIBLING_GAP = 3;
    private static final double COUSIN_GAP = 8;

    static IntStream seeds() {
        return new Random(20_260).ints(200);
    }

    /** Level by level, as the outline has them; a level's nodes come in the order of their parents. */
    private static int[] randomParents(Random random) {
        int size = 1 + random.nextInt(120);
        int most = 1 + random.nextInt(6);
        int[] parent = new int[size];
        parent[0] = -1;
        int from = 0;
        for (int v = 1; v < size; ) {
            int children = from == v - 1 ? 1 + random.nextInt(most) : random.nextInt(most + 1);
            for (int k = 0; k < children && v < size; k++) {
                parent[v++] = from;
            }
            from++;
        }
        return parent;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingOverlapsChildrenKeepTheirOrderAndParentsAreCentred(int seed) {
        Random random = new Random(seed);
        int[] parent = randomParents(random);
        double[] breadth = random.doubles(parent.length, 5, 60).toArray();
        double[] centre = TidyLayout.centres(parent, breadth, SIBLING_GAP, COUSIN_GAP);

        int[] depth = new int[parent.length];
        Map<Integer, Integer> lastOfLevel = new HashMap<>();
        int[] first = new int[parent.length];
        int[] last = new int[parent.length];
        for (int v = 1; v < parent.length; v++) {
            depth[v] = depth[parent[v]] + 1;
            first[parent[v]] = first[parent[v]] == 0 ? v : first[parent[v]];
            last[parent[v]] = v;
            Integer before = lastOfLevel.put(depth[v], v);
            if (before != null) {
                double gap = parent[before] == parent[v] ? SIBLING_GAP : COUSIN_GAP;
                assertThat(centre[v] - centre[before])
                        .as("nodes %d and %d", before, v)
                        .isGreaterThanOrEqualTo((breadth[v] + breadth[before]) / 2 + gap - 1e-6);
            }
        }
        for (int v = 0; v < parent.length; v++) {
            if (last[v] > 0) {
                assertThat(centre[v]).isCloseTo((centre[first[v]] + centre[last[v]]) / 2, within(1e-6));
            }
        }
        double least = IntStream.range(0, parent.length)
                .mapToDouble(v -> centre[v] - breadth[v] / 2)
                .min()
                .orElseThrow();
        assertThat(least).isCloseTo(0, within(1e-6));
    }

    @Test
    void leavesOfDifferentLevelsShareTheirRows() {
        int[] parent = {-1, 0, 0, 0, 1, 1, 1};
        double[] breadth = new double[7];
        Arrays.fill(breadth, 10);
        double[] centre = TidyLayout.centres(parent, breadth, 2, 2);
        assertThat(Arrays.stream(centre).max().orElseThrow()).isLessThan(50);
    }

    @Test
    void aTreeMayBeAsDeepAsItLikes() {
        int[] parent = IntStream.range(-1, 200_000).toArray();
        double[] breadth = new double[parent.length];
        Arrays.fill(breadth, 10);
        assertThat(TidyLayout.centres(parent, breadth, 2, 2)).containsOnly(5);
    }
}

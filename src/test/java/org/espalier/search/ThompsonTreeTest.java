package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.espalier.search.ScorePosterior.Belief;
import org.espalier.search.ScorePosterior.Belief.Beta;
import org.espalier.search.ScorePosterior.Belief.Gaussian;
import org.espalier.search.ThompsonTree.Place;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ThompsonTreeTest {
    /** The draws of {@code scripts/record-treequest}. */
    private static final class Draws implements ToDoubleFunction<Belief> {
        private final int seed;
        private int count;

        Draws(int seed) {
            this.seed = seed;
        }

        @Override
        public double applyAsDouble(Belief belief) {
            count++;
            double z = (count * 7919 + seed * 104729) % 2003 / 2003.0 * 5 - 2.5;
            if (belief instanceof Gaussian gaussian) {
                return gaussian.m() + z * Math.sqrt(gaussian.tauSquare() / gaussian.kappa());
            }
            Beta beta = (Beta) belief;
            double all = beta.a() + beta.b();
            return beta.a() / all + z * Math.sqrt(beta.a() * beta.b() / (all + 1)) / all;
        }
    }

    /** 16 runs of 48 attempts, with Gaussian and Beta posteriors, one and four at a time. */
    @Test
    void attemptsAreThoseOfTreeQuest() throws IOException {
        JsonNode recorded;
        try (InputStream file = Objects.requireNonNull(ThompsonTreeTest.class.getResourceAsStream("treequest.json"))) {
            recorded = JsonMapper.shared().readTree(file);
        }
        assertThat(recorded.get("runs")).hasSize(16);
        for (JsonNode run : recorded.get("runs")) {
            List<Integer> expected = new ArrayList<>();
            run.get("parents").forEach(parent -> expected.add(parent.asInt()));
            int seed = run.get("seed").asInt();
            assertThat(parents(
                            Posterior.valueOf(run.get("family").asString().toUpperCase(Locale.ROOT)),
                            run.get("batch").asInt(),
                            seed,
                            expected.size()))
                    .as(run.get("family") + " " + run.get("batch") + " " + seed)
                    .isEqualTo(expected);
        }
    }

    /** From which attempt each one was made; -1 for none. */
    private static List<Integer> parents(Posterior family, int batch, int seed, int attempts) {
        ThompsonTree<Integer> tree = new ThompsonTree<>(List.of(-1), family, new Draws(seed));
        List<Integer> parents = new ArrayList<>();
        while (parents.size() < attempts) {
            List<Place<Integer>> places = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                places.add(tree.select());
            }
            for (Place<Integer> place : places) {
                int i = parents.size();
                parents.add(place.attempt());
                tree.add(place, i, (i * 37 + seed * 11) % 101 / 100.0);
            }
        }
        return parents;
    }

    /** The only child has nothing below it, and the root's own draw is the lesser: the root all the same. */
    @Test
    void whatIsClosedIsNotGoneTo() {
        int[] draws = new int[1];
        ThompsonTree<String> tree = new ThompsonTree<>(List.of("root"), Posterior.BETA, belief -> draws[0]++);
        Place<String> only = tree.add(tree.select(), "only", 1);
        assertThat(tree.select()).isSameAs(only);
        tree.close(only);
        assertThat(tree.select().attempt()).isEqualTo("root");
    }
}

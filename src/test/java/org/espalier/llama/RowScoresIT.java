package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.llama.ReferenceModels.TOLERANCE;
import static org.espalier.llama.ReferenceModels.entropy;
import static org.espalier.llama.ReferenceModels.last;
import static org.espalier.llama.ReferenceModels.near;
import static org.espalier.llama.ReferenceModels.toArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.engine.Batch;
import org.espalier.engine.Batch.RowKind;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of a batch against what {@link ReferenceLlama} makes of the same tokens. */
class RowScoresIT {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long SEED = 20261122;
    private static final List<RowKind> LOGIT_ROWS = List.of(RowKind.SAMPLE, RowKind.WATCH, RowKind.TARGET);

    @RegisterExtension
    static final ReferenceModels models = new ReferenceModels();

    @Test
    void onlyTheSameTokensComeWithinTheTolerance() {
        Random random = new Random(SEED);
        for (ReferenceLlama reference : models.references()) {
            for (int length : new int[] {2, 10, 100, 250}) {
                int[] path = random.ints(length, 0, TinyGguf.VOCABULARY).toArray();
                double[][] after = reference.logProbs(path);
                double[] expected = after[length - 1];
                int[] swapped = path.clone();
                swapped[0] = path[1];
                swapped[1] = path[0];
                int[] shorter = Arrays.copyOfRange(path, 1, length);
                List<double[]> mistakes =
                        List.of(after[length - 2], last(reference, shorter), last(reference, swapped));
                for (double[] mistaken : mistakes) {
                    double largest = IntStream.range(0, expected.length)
                            .mapToDouble(token -> Math.abs(mistaken[token] - expected[token]))
                            .max()
                            .orElseThrow();
                    assertThat(largest).as("seed %d, length %d", SEED, length).isGreaterThan(3 * TOLERANCE);
                }
            }
        }
    }

    /** A row of a batch, and the tokens after which it is read. */
    private record Reading(int row, RowKind kind, int target, int[] path) {}

    @ParameterizedTest
    @CsvSource({"llama, true", "llama, false", "llama-tied, true", "llama-tied, false"})
    void everyRowIsTheReferencesWhateverWayTheTokensTook(String kind, boolean unified) {
        Random random = new Random(SEED);
        List<Integer> watched = List.of(7, 261, 264);
        ContextOptions options = ContextOptions.of(2048, 8).withBatch(128, 64).withThreads(1);
        try (ModelRunner runner = LlamaModelRunner.open(models.model(kind), options.withUnified(unified))) {
            runner.watch(watched);
            Batch batch = runner.batch();
            List<List<Integer>> held =
                    Stream.generate(ArrayList<Integer>::new).limit(8).collect(Collectors.toList());
            for (int round = 0; round < 40; round++) {
                batch.clear();
                rearrange(batch, held, random);
                List<Reading> readings = fill(batch, held, random);
                assertThat(runner.run(NEVER)).isEqualTo(Outcome.DONE);
                for (Reading reading : readings) {
                    check(batch, reading, watched, models.reference(kind), "seed " + SEED + ", round " + round);
                }
            }
        }
    }

    /** Forks some sequences' beginnings into others and cuts some. */
    private static void rearrange(Batch batch, List<List<Integer>> held, Random random) {
        for (int s = 0; s < held.size(); s++) {
            List<Integer> own = held.get(s);
            int donor = random.nextInt(held.size());
            List<Integer> other = held.get(donor);
            int action = random.nextInt(own.size() > 90 ? 2 : 6);
            if (action == 0 && donor != s && !other.isEmpty()) {
                int end = 1 + random.nextInt(other.size());
                batch.remove(s, 0);
                batch.copy(donor, s, end);
                held.set(s, new ArrayList<>(other.subList(0, end)));
            } else if (action == 1 && !own.isEmpty()) {
                int start = random.nextInt(own.size());
                batch.remove(s, start);
                held.set(s, new ArrayList<>(own.subList(0, start)));
            }
        }
    }

    /** Continues some sequences by a token or by a chunk, and asks for rows here and there. */
    private static List<Reading> fill(Batch batch, List<List<Integer>> held, Random random) {
        List<Reading> readings = new ArrayList<>();
        for (int s = 0; s < held.size(); s++) {
            List<Integer> own = held.get(s);
            int count = new int[] {0, 1, 1, 5, 15}[random.nextInt(5)];
            for (int i = 1; i <= count; i++) {
                int token = random.nextInt(TinyGguf.VOCABULARY);
                int index = batch.add(token, own.size(), s);
                own.add(token);
                for (int rows = i == count ? 2 : random.nextInt(8) == 0 ? 1 : 0; rows > 0; rows--) {
                    readings.add(ask(batch, index, toArray(own), random));
                }
            }
        }
        return readings;
    }

    private static Reading ask(Batch batch, int index, int[] path, Random random) {
        RowKind kind = LOGIT_ROWS.get(random.nextInt(LOGIT_ROWS.size()));
        int target = random.nextInt(TinyGguf.VOCABULARY);
        int row = switch (kind) {
            case SAMPLE -> batch.sample(index, new SamplingParams(0.7, 20, 0.9, 0), random.nextLong());
            case WATCH -> batch.watch(index);
            case TARGET -> batch.target(index, target);
            case HEAD -> throw new AssertionError("these contexts have none");
        };
        return new Reading(row, kind, target, path);
    }

    private static void check(
            Batch batch, Reading reading, List<Integer> watched, ReferenceLlama reference, String where) {
        double[] expected = last(reference, reading.path);
        int row = reading.row;
        switch (reading.kind) {
            case SAMPLE -> {
                near(where, batch.logProb(row), expected[batch.sampledToken(row)]);
                near(where, batch.entropy(row), entropy(expected));
            }
            case WATCH -> {
                for (int i = 0; i < watched.size(); i++) {
                    near(where, batch.watchedLogProb(row, i), expected[watched.get(i)]);
                }
            }
            case TARGET -> {
                double most = Arrays.stream(expected).max().orElseThrow();
                near(where, batch.logProb(row), expected[reading.target]);
                near(where, batch.topLogProb(row), most);
                near(where, expected[batch.sampledToken(row)], most);
            }
            case HEAD -> throw new AssertionError("these contexts have none");
        }
    }
}

package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random runs on one lane, stepped by hand so that a seed repeats one exactly: several trees and meters, forks, scores,
 * closes and cancels at any time, refused, aborted and cleared decodes, too few ids and cells. Whatever happens, what is
 * asked for completes within a bounded number of steps, the texts and scores are the toy model's, and nothing is left.
 */
@Timeout(600)
class EngineFuzzTest {
    private static final int SEEDS = Integer.getInteger("espalier.fuzz.seeds", 400);
    private static final long FIRST = Long.getLong("espalier.fuzz.first", 1);

    enum Kind {
        UNIFIED(true, true),
        STREAMS(false, true),
        RECURRENT(true, false);

        final boolean unified;
        final boolean partialCopy;

        Kind(boolean unified, boolean partialCopy) {
            this.unified = unified;
            this.partialCopy = partialCopy;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsAskedForCompletesAndNothingIsLeft(Kind kind) {
        List<String> failures = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Run(seed, kind, false).play();
            } catch (RuntimeException | Error e) {
                failures.add(describe(seed, e));
            }
        }
        assertThat(failures).as("%s: seeds that failed", kind).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void decodesMayFail(Kind kind) {
        List<String> failures = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Run(seed, kind, true).play();
            } catch (RuntimeException | Error e) {
                failures.add(describe(seed, e));
            }
        }
        assertThat(failures).as("%s: seeds that failed", kind).isEmpty();
    }

    private static String describe(long seed, Throwable e) {
        String at = "";
        for (StackTraceElement frame : e.getStackTrace()) {
            if (frame.getClassName().startsWith("org.espalier.engine.")
                    && !frame.getClassName().contains("Fuzz")) {
                at += " < " + frame.getFileName() + ":" + frame.getLineNumber();
                if (at.length() > 130) {
                    break;
                }
            }
        }
        String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        return "\nseed " + seed + ": " + e.getClass().getSimpleName() + " "
                + message.substring(0, Math.min(150, message.length())) + at;
    }

    /** A place that can be extended. */
    private record Place(Sequence sequence, int[] path, Meter meter) {}

    private static final class Run {
        private static final int MOST_STEPS = 20_000;

        private final Random random;
        private final boolean faults;
        private final int pathLimit;
        private final FakeRunner runner;
        private final Lane lane;
        private final List<Place> open = new ArrayList<>();
        private final List<Meter> meters = new ArrayList<>();
        private final List<Throwable> wrong = new ArrayList<>();
        private int asked;
        private int answered;
        private int budget;

        Run(long seed, Kind kind, boolean faults) {
            random = new Random(seed * 31 + kind.ordinal());
            this.faults = faults;
            int least = KvCache.leastSequences(new Capacity(1, 1, 1, 1, kind.unified, kind.partialCopy));
            int ids = least + random.nextInt(random.nextInt(4) == 0 ? 40 : 6);
            int cells = 30 + random.nextInt(random.nextBoolean() ? 60 : 400);
            boolean shared = kind == Kind.UNIFIED;
            pathLimit = shared ? cells : 30 + random.nextInt(60);
            // Streams and recurrent states are bounded by their number.
            cells = shared ? cells : 2 * ids * pathLimit;
            int batchTokens = ids + random.nextInt(40);
            Capacity capacity = new Capacity(cells, ids, pathLimit, batchTokens, kind.unified, kind.partialCopy);
            // As ContextOptions.of and NativeContext.open make it.
            runner = new FakeRunner(
                    capacity, new Batch(Batch.OPERATIONS_PER_SEQUENCE * ids, batchTokens, Math.max(8, ids)));
            runner.watch(List.of(1, 2));
            lane = new Lane("policy", new ToyModel(), runner);
            budget = 20 + random.nextInt(60);
        }

        void play() {
            int trees = 1 + random.nextInt(3);
            for (int i = 0; i < trees; i++) {
                int[] prompt = new int[1 + random.nextInt(20)];
                for (int j = 0; j < prompt.length; j++) {
                    prompt[j] = 2 + random.nextInt(17);
                }
                long tokens = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(200);
                Meter meter = new Meter(new Budget(tokens, null));
                meters.add(meter);
                open.add(new Place(lane.open(prompt, meter, Role.POLICY), prompt, meter));
            }
            int steps = 0;
            while (budget > 0 && !open.isEmpty() || lane.hasWork()) {
                for (int actions = random.nextInt(4); actions > 0 && budget > 0 && !open.isEmpty(); actions--) {
                    budget--;
                    act();
                }
                if (lane.hasWork()) {
                    if (faults && random.nextInt(5) == 0) {
                        runner.outcomes.add(
                                Outcome.values()[
                                        1 + random.nextInt(runner.capacity().partialCopy() ? 2 : 3)]);
                    }
                    lane.step();
                }
                if (++steps > MOST_STEPS) {
                    throw new AssertionError("no end: " + answered + " of " + asked + " answered, " + runner.capacity()
                            + ", cells counted " + lane.stats().liveCells() + ", real " + runner.liveCells());
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(answered).as("answered").isEqualTo(asked);
            for (Meter meter : meters) {
                assertThat(meter.get(Count.POLICY_TOKENS))
                        .as("tokens drawn")
                        .isLessThanOrEqualTo(meter.budget().tokens());
            }
            open.forEach(place -> place.sequence().close());
            finish();
        }

        /** The removals planned by the closes are made with the next batch. */
        private void finish() {
            runner.outcomes.clear();
            int[] prompt = {3, 4, 5};
            Sequence last = lane.open(prompt, new Meter(Budget.UNLIMITED), Role.POLICY);
            StepRequest request =
                    StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 1, 1).withDelimiter("\n", false);
            lane.generate(last, request).thenAccept(step -> step.prefix().close());
            for (int i = 0; lane.hasWork(); i++) {
                assertThat(i).isLessThan(100);
                lane.step();
            }
            assertThat(runner.liveCells()).as("the context's cells").isEqualTo(prompt.length);
            assertThat(lane.stats().liveCells()).as("counted cells").isEqualTo(prompt.length);
        }

        private void act() {
            Place place = open.get(random.nextInt(open.size()));
            switch (random.nextInt(12)) {
                case 0, 1 -> close(place);
                case 2, 3 -> score(place);
                case 5 -> ask(place);
                case 4 -> {
                    if (random.nextInt(6) == 0) {
                        place.meter().cancel();
                    }
                }
                default -> {
                    int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 4);
                    for (int i = 0; i < n; i++) {
                        extend(place);
                    }
                    if (random.nextBoolean()) {
                        close(place);
                    }
                }
            }
        }

        private void close(Place place) {
            place.sequence().close();
            open.remove(place);
        }

        private void extend(Place from) {
            StepRequest request = StepRequest.toEnd(
                            new SamplingParams(1, 0, 1, 0), random.nextLong(), 1 + random.nextInt(25))
                    .withDelimiter("\n", false);
            asked++;
            lane.generate(from.sequence(), request).whenComplete((step, failure) -> {
                answered++;
                check(() -> {
                    assertThat(failure).isNull();
                    checkStep(from, request, step);
                });
            });
        }

        private void checkStep(Place from, StepRequest request, Step step) {
            String expected = ToyModel.extend(from.path(), request);
            int length = from.path().length + step.text().length();
            switch (step.stopReason()) {
                case CANCELLED -> {
                    assertThat(from.meter().exceeded()).isPresent();
                    assertThat(expected).startsWith(step.text());
                }
                case CONTEXT -> {
                    assertThat(expected).startsWith(step.text());
                    if (!faults) {
                        assertThat(length)
                                .as("a path that ends for want of memory")
                                .isGreaterThanOrEqualTo(pathLimit - 1);
                    }
                }
                default -> assertThat(step.text()).isEqualTo(expected);
            }
            Sequence sequence = (Sequence) step.prefix();
            boolean goesOn = step.stopReason() == StopReason.DELIMITER
                    || step.stopReason() == StopReason.LENGTH
                    || step.stopReason() == StopReason.EOS && random.nextBoolean();
            if (goesOn && length < pathLimit && random.nextInt(3) > 0) {
                open.add(new Place(sequence, ToyModel.concat(from.path(), ToyModel.tokens(step.text())), from.meter()));
            } else {
                sequence.close();
            }
        }

        /** A place of given tokens, which nothing has computed yet. */
        private void ask(Place place) {
            int[] question = new int[1 + random.nextInt(8)];
            Arrays.fill(question, 6);
            if (lane.fits(place.sequence(), question.length + 1)) {
                Sequence asked = lane.append(place.sequence(), question);
                open.add(new Place(asked, ToyModel.concat(place.path(), question), place.meter()));
            }
        }

        private void score(Place place) {
            int[] question = new int[1 + random.nextInt(8)];
            Arrays.fill(question, 5);
            if (place.path().length + question.length > pathLimit) {
                return;
            }
            Scoring scoring = Scoring.ofWatched(2);
            asked++;
            Sequence child = lane.score(place.sequence(), question, scoring, place.meter());
            scoring.result().whenComplete((logProbs, failure) -> {
                answered++;
                child.close();
                check(() -> {
                    if (failure == null) {
                        assertThat(logProbs[1]).isEqualTo(ToyModel.logProb(ToyModel.concat(place.path(), question), 1));
                    } else if (failure instanceof CancellationException) {
                        assertThat(place.meter().exceeded()).isPresent();
                    } else {
                        assertThat(faults).as("%s", failure).isTrue();
                        assertThat(failure).isInstanceOf(EspalierException.class);
                    }
                });
            });
        }

        private void check(Runnable checks) {
            try {
                checks.run();
            } catch (AssertionError | RuntimeException e) {
                wrong.add(e);
            }
        }
    }

    @Test
    void twoProblemsOfThreeHundredBranchesShareALane() {
        FakeRunner runner =
                new FakeRunner(new Capacity(60_000, 256, 60_000, 512, true, true), new Batch(4 * 256, 512, 256));
        Lane lane = new Lane("policy", new ToyModel(), runner);
        int[] answered = {0};
        for (int tree = 0; tree < 2; tree++) {
            int[] prompt = {3 + tree, 4, 5, 6};
            Sequence root = lane.open(prompt, new Meter(Budget.UNLIMITED), Role.POLICY);
            for (int i = 0; i < 300; i++) {
                StepRequest request =
                        StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), i, 10).withDelimiter("\n", false);
                lane.generate(root, request).thenAccept(step -> answered[0]++);
            }
        }
        for (int i = 0; lane.hasWork() && i < 2000; i++) {
            lane.step();
        }
        assertThat(answered[0]).isEqualTo(600);
    }
}

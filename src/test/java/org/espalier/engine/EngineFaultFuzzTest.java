package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Random faults on two lanes, stepped by hand so that a seed repeats a schedule exactly. Clients write on the policy's lane
 * and have what they wrote scored on the PRM's, while tokens are no numbers, backends throw, decodes are refused, aborted and
 * cleared, readers and callers throw, runs are cancelled, lanes break and are closed. Whatever happens: what is asked for
 * completes; only what is at fault fails, and all else is the toy model's; no cell is left; the health says what is so.
 */
@Timeout(600)
class EngineFaultFuzzTest {
    private static final int SEEDS = Integer.getInteger("espalier.fuzz.seeds", 10_000);
    private static final long FIRST = Long.getLong("espalier.fuzz.first", 1);
    private static final SamplingParams SAMPLING = new SamplingParams(1, 0, 1, 0);
    /** Tokens that the toy model does not write. */
    private static final int SPOILT = 20;

    private static final int REFUSED = 21;

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("org.espalier.engine");

    @BeforeAll
    static void beQuiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void beHeard() {
        LOG.setLevel(null);
    }

    @Test
    void onlyWhatIsAtFaultFails() {
        List<String> failures = new ArrayList<>();
        int[] faults = new int[Fault.values().length];
        for (long seed = FIRST; seed < FIRST + SEEDS && failures.size() < 10; seed++) {
            try {
                new Schedule(seed, faults).play();
            } catch (RuntimeException | Error e) {
                failures.add(describe(seed, e));
            }
        }
        assertThat(failures).as("seeds that failed").isEmpty();
        if (SEEDS >= 1000) {
            for (Fault fault : Fault.values()) {
                assertThat(faults[fault.ordinal()]).as("%s happened", fault).isGreaterThan(SEEDS / 100);
            }
        }
    }

    private static String describe(long seed, Throwable e) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        String at = Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("org.espalier"))
                .limit(3)
                .map(frame -> " < " + frame.getFileName() + ":" + frame.getLineNumber())
                .reduce("", String::concat);
        return "\nseed " + seed + ": " + e.getClass().getSimpleName() + " "
                + message.substring(0, Math.min(250, message.length())) + at;
    }

    /** What goes wrong. */
    private enum Fault {
        NOT_A_NUMBER,
        REFUSED_TOKEN,
        STEP_THROWS,
        OUTCOME,
        NO_OUTCOME,
        READER_THROWS,
        CALLER_THROWS,
        CANCEL,
        DEADLINE,
        BROKEN_PIECE,
        BROKEN_LANE,
        CLOSE
    }

    private static final class ReaderFailure extends RuntimeException {
        ReaderFailure() {
            super("this reader cannot read");
        }
    }

    /** A lane, its fake context, and what has gone wrong with it. */
    private static final class Side {
        final FakeRunner runner;
        final Lane lane;
        final int pathLimit;
        /** Whether all that is asked for may fail. */
        boolean lost;
        /** Whether what was asked for at some time may fail together. */
        boolean failedInside;
        /** Whether it computes no more. */
        boolean dead;

        Side(Random random, String name, ToyModel words) {
            boolean unified = random.nextInt(3) > 0;
            boolean partialCopy = random.nextInt(4) > 0;
            int least = KvCache.leastSequences(new Capacity(1, 1, 1, 1, unified, partialCopy));
            int ids = least + random.nextInt(8);
            boolean shared = unified && partialCopy;
            int cells = 40 + random.nextInt(200);
            pathLimit = shared ? cells : 40 + random.nextInt(40);
            int batchTokens = ids + random.nextInt(24);
            runner = new FakeRunner(
                    new Capacity(
                            shared ? cells : 2 * ids * pathLimit, ids, pathLimit, batchTokens, unified, partialCopy),
                    new Batch(Batch.OPERATIONS_PER_SEQUENCE * ids, batchTokens, Math.max(8, ids)));
            runner.watch(List.of(1, 2));
            runner.contagious = random.nextBoolean();
            runner.spoilt = SPOILT;
            runner.refused = REFUSED;
            lane = new Lane(name, words, runner);
        }

        void step() {
            if (lane.hasWork()) {
                lane.step();
            }
        }
    }

    /** One run, and what is wrong with it. */
    private static final class Client {
        final Meter meter;
        final int[] prompt;
        boolean mayEnd;

        Client(Meter meter, int[] prompt) {
            this.meter = meter;
            this.prompt = prompt;
        }
    }

    /** A place that can be extended. */
    private record Place(Client client, Sequence sequence, int[] path) {}

    private static final class Schedule {
        private static final int MOST_STEPS = 5000;

        private final Random random;
        private final int[] faults;
        private final int brokenPiece;
        private final Side policy;
        private final Side prm;
        private final List<Place> open = new ArrayList<>();
        private final List<Client> clients = new ArrayList<>();
        private final List<Throwable> wrong = new ArrayList<>();
        private int asked;
        private int answered;
        private int budget;

        Schedule(long seed, int[] faults) {
            random = new Random(seed * 0x9E3779B97F4A7C15L);
            this.faults = faults;
            brokenPiece = random.nextInt(8) == 0 ? 2 + random.nextInt(16) : -1;
            policy = new Side(random, "policy", new ToyModel() {
                @Override
                public byte[] piece(int token) {
                    if (token == brokenPiece) {
                        faults[Fault.BROKEN_PIECE.ordinal()]++;
                        throw new IllegalStateException("this piece is broken");
                    }
                    return super.piece(token);
                }
            });
            prm = new Side(random, "PRM", new ToyModel());
            budget = 6 + random.nextInt(16);
        }

        private boolean happens(Fault fault, int oneIn) {
            boolean happens = random.nextInt(oneIn) == 0;
            faults[fault.ordinal()] += happens ? 1 : 0;
            return happens;
        }

        void play() {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                begin();
            }
            int steps = 0;
            while (budget > 0 && !open.isEmpty() || policy.lane.hasWork() || prm.lane.hasWork()) {
                for (int actions = random.nextInt(4); actions > 0 && budget > 0 && !open.isEmpty(); actions--) {
                    budget--;
                    act(open.get(random.nextInt(open.size())));
                }
                breakSomething(random.nextBoolean() ? policy : prm);
                policy.step();
                prm.step();
                if (++steps > MOST_STEPS) {
                    throw new AssertionError("no end: " + answered + " of " + asked + " answered");
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(answered).as("answered").isEqualTo(asked);
            open.forEach(place -> place.sequence().close());
            finish(policy);
            finish(prm);
        }

        /** A client comes, with a prompt that may be poison. */
        private void begin() {
            int[] prompt = new int[2 + random.nextInt(10)];
            for (int i = 0; i < prompt.length; i++) {
                prompt[i] = 2 + random.nextInt(17);
            }
            if (happens(Fault.NOT_A_NUMBER, 8)) {
                prompt[random.nextInt(prompt.length)] = SPOILT;
            } else if (happens(Fault.REFUSED_TOKEN, 16)) {
                prompt[random.nextInt(prompt.length)] = REFUSED;
            }
            boolean late = happens(Fault.DEADLINE, 20);
            Client client =
                    new Client(new Meter(new Budget(Long.MAX_VALUE, late ? Duration.ofNanos(1) : null)), prompt);
            client.mayEnd = late;
            clients.add(client);
            open.add(new Place(client, policy.lane.open(prompt, client.meter, Role.POLICY), prompt));
        }

        private void breakSomething(Side side) {
            if (side.lane.hasWork() && happens(Fault.OUTCOME, 8)) {
                side.runner.outcomes.add(
                        Outcome.values()[
                                1 + random.nextInt(side.runner.capacity().partialCopy() ? 2 : 3)]);
            }
            if (happens(Fault.STEP_THROWS, 12)) {
                side.runner.failureOfMany = switch (random.nextInt(3)) {
                    case 0 -> new EspalierException("the backend failed once");
                    case 1 -> new StackOverflowError();
                    default -> new OutOfMemoryError("none left");
                };
            }
            if (happens(Fault.NO_OUTCOME, 200)) {
                side.failedInside = true;
                side.runner.noOutcome = true;
            }
            if (happens(Fault.BROKEN_LANE, 400)) {
                side.runner.failure = new EspalierException("the device is gone");
                side.lost = true;
            }
            if (happens(Fault.CLOSE, 400)) {
                side.lost = true;
                side.dead = true;
                side.lane.fail(new EspalierException("the engine has been closed"));
            }
        }

        private void act(Place place) {
            if (happens(Fault.CANCEL, 25)) {
                place.client().mayEnd = true;
                place.client().meter.cancel();
            }
            switch (random.nextInt(8)) {
                case 0 -> close(place);
                case 1, 2, 3 -> score(place);
                default -> {
                    for (int i = 1 + random.nextInt(3); i > 0; i--) {
                        extend(place);
                    }
                    if (random.nextInt(3) == 0) {
                        close(place);
                    }
                }
            }
            if (random.nextInt(12) == 0) {
                begin();
            }
        }

        private void close(Place place) {
            place.sequence().close();
            open.remove(place);
        }

        private void extend(Place from) {
            boolean readerThrows = happens(Fault.READER_THROWS, 12);
            int[] left = {random.nextInt(4)};
            Consumer<String> throwing = text -> {
                if (left[0]-- == 0) {
                    throw new ReaderFailure();
                }
            };
            Consumer<String> reader = readerThrows ? throwing : random.nextInt(4) == 0 ? text -> {} : null;
            StepRequest request = StepRequest.toEnd(SAMPLING, random.nextLong(), 1 + random.nextInt(10))
                    .withDelimiter("\n", false)
                    .withOnText(reader);
            CompletableFuture<Step> generation;
            try {
                generation = policy.lane.generate(from.sequence(), request);
            } catch (EspalierException e) {
                check(() -> assertThat(policy.lost).as("%s", e).isTrue());
                return;
            }
            asked++;
            boolean callerThrows = happens(Fault.CALLER_THROWS, 12);
            generation.whenComplete((step, failure) -> {
                answered++;
                check(() -> {
                    if (failure == null) {
                        checkStep(from, request, step);
                        assertThat(left[0])
                                .as("a reader's failure is its step's")
                                .isNotNegative();
                    } else {
                        checkFailure(
                                policy, failure, ToyModel.concat(from.path(), tokens(from, request)), readerThrows);
                    }
                });
                if (callerThrows) {
                    throw random.nextBoolean() ? new StackOverflowError() : new OutOfMemoryError("none left");
                }
            });
        }

        private int[] tokens(Place from, StepRequest request) {
            return ToyModel.tokens(ToyModel.extend(from.path(), request));
        }

        private void checkFailure(Side side, Throwable failure, int[] path, boolean readerThrows) {
            if (side.lost || (side.failedInside && failure.getMessage().contains("'s step failed: "))) {
                return;
            }
            boolean poison = Arrays.stream(path)
                    .anyMatch(token -> token == SPOILT || token == REFUSED || (side == policy && token == brokenPiece));
            boolean ownReader = readerThrows && failure instanceof ReaderFailure;
            assertThat(poison || ownReader)
                    .as("what was not at fault failed with %s", failure)
                    .isTrue();
        }

        private void checkStep(Place from, StepRequest request, Step step) {
            String expected = ToyModel.extend(from.path(), request);
            int[] whole = ToyModel.concat(from.path(), ToyModel.tokens(step.text()));
            switch (step.stopReason()) {
                case CANCELLED -> {
                    assertThat(from.client().mayEnd).as("cancelled").isTrue();
                    assertThat(expected).startsWith(step.text());
                }
                case CONTEXT -> assertThat(expected).startsWith(step.text());
                default -> {
                    assertThat(step.text()).isEqualTo(expected);
                    assertThat(from.path()).as("a text after poison").doesNotContain(SPOILT, REFUSED);
                }
            }
            Sequence sequence = (Sequence) step.prefix();
            boolean goesOn = step.stopReason() != StopReason.CANCELLED && step.stopReason() != StopReason.CONTEXT;
            if (goesOn && whole.length < policy.pathLimit - 1 && random.nextInt(3) > 0) {
                open.add(new Place(from.client(), sequence, whole));
            } else {
                sequence.close();
            }
        }

        /** Has a path scored on the other lane, as a whole or behind what has been read already. */
        private void score(Place place) {
            int[] question = new int[1 + random.nextInt(4)];
            Arrays.fill(question, 5);
            if (happens(Fault.NOT_A_NUMBER, 15)) {
                question[random.nextInt(question.length)] = SPOILT;
            }
            int[] path = ToyModel.concat(place.path(), question);
            if (path.length > prm.pathLimit - 1) {
                return;
            }
            boolean targets = random.nextInt(3) == 0;
            Scoring scoring = targets ? Scoring.ofTargets(question) : Scoring.ofWatched(2);
            Sequence child;
            Sequence root = null;
            try {
                if (random.nextBoolean()) {
                    root = prm.lane.open(place.path(), place.client().meter, Role.PRM);
                    child = prm.lane.score(root, question, scoring, place.client().meter);
                } else {
                    child = prm.lane.score(targets ? question : path, scoring, place.client().meter);
                }
            } catch (EspalierException e) {
                check(() -> assertThat(prm.lost).as("%s", e).isTrue());
                return;
            }
            asked++;
            int[] read = root == null && targets ? question : path;
            Sequence opened = root;
            scoring.result().whenComplete((values, failure) -> {
                answered++;
                child.close();
                if (opened != null) {
                    opened.close();
                }
                check(() -> {
                    if (failure == null) {
                        int last = values.length - 1;
                        assertThat(read).as("a score of poison").doesNotContain(SPOILT, REFUSED);
                        assertThat(targets ? values[last - 1] : values[1])
                                .isEqualTo(ToyModel.logProb(read, targets ? question[question.length - 1] : 1));
                    } else if (failure instanceof CancellationException) {
                        assertThat(place.client().mayEnd).as("cancelled").isTrue();
                    } else if (!String.valueOf(failure.getMessage()).contains("holds not even one path")) {
                        checkFailure(prm, failure, read, false);
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

        /** A lane that computes has no cell left, and goes on; one that does not says so. */
        private void finish(Side side) {
            side.runner.outcomes.clear();
            side.runner.failureOfMany = null;
            side.runner.noOutcome = false;
            LaneHealth health = side.lane.health();
            if (health.failure().isPresent()) {
                assertThat(side.dead || side.runner.failure != null)
                        .as("failed for good: %s", health)
                        .isTrue();
                return;
            }
            if (side.runner.failure != null) {
                // Nobody has asked since it broke.
                return;
            }
            int[] prompt = {3, 4, 5};
            Sequence last = side.lane.open(prompt, new Meter(Budget.UNLIMITED), Role.POLICY);
            StepRequest request = StepRequest.toEnd(SAMPLING, 1, 4).withDelimiter("\n", false);
            List<String> text = new ArrayList<>();
            side.lane.generate(last, request).whenComplete((step, failure) -> {
                if (failure == null) {
                    text.add(step.text());
                    step.prefix().close();
                }
            });
            for (int i = 0; side.lane.hasWork(); i++) {
                assertThat(i).isLessThan(100);
                side.lane.step();
            }
            if (side != policy || brokenPiece < 0) {
                assertThat(text).containsExactly(ToyModel.extend(prompt, request));
            }
            last.close();
            assertThat(side.lane.liveCells()).as("counted cells").isZero();
            // The removals are made with the next batch.
            Sequence next = side.lane.open(prompt, new Meter(Budget.UNLIMITED), Role.POLICY);
            side.lane
                    .generate(next, request.withMaxTokens(1))
                    .thenAccept(step -> step.prefix().close());
            while (side.lane.hasWork()) {
                side.lane.step();
            }
            assertThat(side.runner.liveCells()).as("the context's cells").isEqualTo(prompt.length);
        }
    }
}

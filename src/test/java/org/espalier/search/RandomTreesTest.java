package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every method on every tree. A failure names the seed that leads to it. */
class RandomTreesTest {
    private static final int TREES = 40;

    record Run(Solution solution, SeededPolicy policy, FakePrm prm) {}

    static Run run(SearchMethod method, SearchConfig.Builder config, EventLoop loop) {
        return run(method, config, loop, Budget.UNLIMITED);
    }

    private static Run run(SearchMethod method, SearchConfig.Builder config, EventLoop loop, Budget budget) {
        SeededPolicy policy = new SeededPolicy(loop);
        FakePrm prm = FakePrm.seeded(loop);
        Solution solution = loop.await(new Solver(policy, prm, new BoxedReader())
                .start(new Problem("random", "?"), method, config.build(), new Meter(budget)));
        Trial.checkClosed(policy, prm);
        Trial.checkAccounts(solution);
        return new Run(solution, policy, prm);
    }

    private static SearchConfig.Builder config(long seed) {
        Random random = new Random(seed);
        int m = 1 + random.nextInt(4);
        return SearchConfig.builder()
                .seed(seed)
                .beamWidth(m)
                .n(m * (1 + random.nextInt(4)))
                .maxIterations(1 + random.nextInt(8))
                .lookahead(random.nextInt(3))
                .maxTokens(5 + random.nextInt(100))
                .stepTokens(random.nextBoolean() ? Integer.MAX_VALUE : 3 + random.nextInt(10))
                .aggregation(any(ScoreAggregation.values(), random))
                .selection(any(Selection.values(), random))
                .filterDuplicates(random.nextBoolean())
                .sortCompleted(random.nextBoolean())
                .semantics(random.nextBoolean() ? Semantics.STRICT : Semantics.SAL)
                .stopAt(random.nextBoolean() ? null : .5 + random.nextDouble() / 2)
                .params(new MethodParams(
                        random.nextBoolean() ? null : .01 + random.nextDouble(),
                        .1 + .8 * random.nextDouble(),
                        2 * random.nextDouble(),
                        1 + random.nextInt(4),
                        null,
                        false,
                        false));
    }

    private static <T> T any(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    @ParameterizedTest
    @EnumSource
    void closesEverythingAndAccountsForEveryToken(SearchMethod method) {
        for (long seed = 0; seed < TREES; seed++) {
            try {
                Solution solution =
                        run(method, config(seed), EventLoop.shuffled(seed)).solution();
                assertThat(solution.stoppedBy()).isNull();
                assertThat(solution.completions().size())
                        .isBetween(1, most(method, solution.config().n()));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
    }

    private static int most(SearchMethod method, int n) {
        return switch (method) {
            case GREEDY -> 1;
            case AUTO -> n + 1;
            default -> n;
        };
    }

    @ParameterizedTest
    @EnumSource
    void orderOfAnswersChangesNothing(SearchMethod method) {
        for (long seed = 0; seed < TREES; seed++) {
            List<Completion> expected =
                    run(method, config(seed), EventLoop.inOrder()).solution().completions();
            for (EventLoop loop : List.of(EventLoop.lastFirst(), EventLoop.shuffled(seed))) {
                assertThat(run(method, config(seed), loop).solution().completions())
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
        }
    }

    /** Of short-m, those that are finished after the first m do not. */
    @ParameterizedTest
    @EnumSource(names = "SHORT_M", mode = EnumSource.Mode.EXCLUDE)
    void strictCompletionsVoteIfAndOnlyIfTheyAreFinished(SearchMethod method) {
        for (long seed = 0; seed < TREES; seed++) {
            Solution solution = run(method, config(seed).semantics(Semantics.STRICT), EventLoop.shuffled(seed))
                    .solution();
            assertThat(solution.ballots())
                    .as("seed %d", seed)
                    .allMatch(ballot -> ballot.counts() == ballot.completion().finished())
                    .allMatch(ballot ->
                            ballot.completion().tokens() <= solution.config().maxTokens())
                    .extracting(Ballot::index)
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokenBudgetIsRespected(SearchMethod method) {
        for (long seed = 0; seed < TREES; seed++) {
            long unlimited = run(method, config(seed), EventLoop.shuffled(seed))
                    .solution()
                    .usage()
                    .policyTokens();
            for (long budget = 1; budget < unlimited; budget += 1 + unlimited / 7) {
                try {
                    Solution solution = run(method, config(seed), EventLoop.shuffled(seed), new Budget(budget, null))
                            .solution();
                    assertThat(solution.usage().policyTokens()).isLessThanOrEqualTo(budget);
                    // EarlyStoppingWindows that the budget makes smaller may settle it sooner.
                    assertThat(solution.stoppedBy()).isEqualTo(solution.settled() ? null : Limit.TOKENS);
                } catch (AssertionError | RuntimeException failure) {
                    throw new AssertionError("seed " + seed + ", budget " + budget, failure);
                }
            }
        }
    }
}

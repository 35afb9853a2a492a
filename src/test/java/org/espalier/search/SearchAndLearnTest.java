package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.search.Semantics.Quirk;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.HashedPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With parity semantics, completions, scores and every @N column are search-and-learn's, on random trees. */
class SearchAndLearnTest {
    private static final int TREES = 300;

    @ParameterizedTest
    @EnumSource(names = {"BEST_OF_N", "BEAM", "DVTS"})
    void givesTheSameCompletionsScoresAndPredictions(SearchMethod method) {
        for (long seed = 0; seed < TREES; seed++) {
            compare(method, config(method, seed, Semantics.SAL), seed);
        }
    }

    /** Which shows that the trees are rich enough to notice. */
    @ParameterizedTest
    @EnumSource
    void differsSomewhereWithoutAnyOneOfTheQuirks(Quirk quirk) {
        Semantics lacking = Semantics.SAL.without(quirk);
        boolean same = true;
        for (SearchMethod method : List.of(SearchMethod.BEAM, SearchMethod.DVTS)) {
            for (long seed = 0; seed < TREES && same; seed++) {
                try {
                    compare(method, config(method, seed, lacking), seed);
                } catch (AssertionError | UsageException different) {
                    same = false;
                }
            }
        }
        assertThat(same).isFalse();
    }

    private static void compare(SearchMethod method, SearchConfig config, long seed) {
        SearchAndLearn reference = new SearchAndLearn(config, seed, SearchAndLearnTest::prm);
        SearchAndLearn.Result expected = switch (method) {
            case BEAM -> reference.beamSearch();
            case DVTS -> reference.dvts();
            default -> reference.bestOfN();
        };
        Solution solution = solve(method, config, seed);

        assertThat(solution.completions())
                .as("seed %d, %s", seed, config)
                .extracting(Completion::text)
                .isEqualTo(expected.completions());
        assertThat(solution.completions())
                .as("seed %d, %s", seed, config)
                .extracting(Completion::stepScores)
                .isEqualTo(expected.scores());
        assertThat(solution.best().orElseThrow().text()).isEqualTo(reference.pred(expected));
        for (int k = 1; k <= config.n(); k *= 2) {
            for (Selection selection : Selection.values()) {
                assertThat(solution.answerAt(k, selection).map(Answer::text).orElse(""))
                        .as("seed %d, %s@%d", seed, selection, k)
                        .isEqualTo(reference.predAt(expected, k, selection));
            }
        }
    }

    private static SearchConfig config(SearchMethod method, long seed, Semantics semantics) {
        Random random = new Random(seed);
        int m = 1 + random.nextInt(4);
        ScoreAggregation[] aggregations = {ScoreAggregation.LAST, ScoreAggregation.MIN, ScoreAggregation.PROD};
        return SearchConfig.builder()
                .beamWidth(m)
                .n(method == SearchMethod.DVTS ? m * (1 + random.nextInt(4)) : 1 + random.nextInt(12))
                .maxIterations(1 + random.nextInt(6))
                .lookahead(random.nextInt(3))
                .maxTokens(random.nextBoolean() ? 2048 : 2 + random.nextInt(6))
                .aggregation(aggregations[random.nextInt(3)])
                .filterDuplicates(random.nextBoolean())
                .sortCompleted(random.nextBoolean())
                .semantics(semantics)
                .build();
    }

    /** Of a text whose last step is judged, without the delimiter behind it. */
    private static double prm(String text) {
        return Math.floorMod(text.hashCode() * 0x9E3779B1, 1 << 20) / (double) (1 << 20);
    }

    private static Solution solve(SearchMethod method, SearchConfig config, long seed) {
        EventLoop loop = EventLoop.shuffled(seed);
        HashedPolicy policy = new HashedPolicy(loop, seed);
        FakePrm prm = new FakePrm(loop, path -> prm(textOf(path)));
        Solution solution = loop.await(new Solver(policy, prm, new BoxedReader())
                .start(Trial.PROBLEM, method, config, new Meter(Budget.UNLIMITED)));
        Trial.checkClosed(policy, prm);
        Trial.checkAccounts(solution);
        return solution;
    }

    private static String textOf(String path) {
        for (String end : List.of(FakePrm.EMPTY, "\n\n")) {
            if (path.endsWith(end)) {
                return path.substring(0, path.length() - end.length());
            }
        }
        return path;
    }
}

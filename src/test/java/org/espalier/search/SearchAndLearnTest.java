package org.espalier.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.zip.GZIPInputStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    /** What search-and-learn itself returned: recorded by {@code scripts/record-search-and-learn}. */
    @Test
    void givesWhatTheOriginalGave() throws IOException {
        int runs = 0;
        for (JsonNode run : recorded()) {
            runs++;
            SearchMethod method = SearchMethod.valueOf(run.get("method").stringValue());
            SearchConfig config = SearchConfig.builder()
                    .n(run.get("n").intValue())
                    .beamWidth(run.get("beamWidth").intValue())
                    .maxIterations(run.get("maxIterations").intValue())
                    .lookahead(run.get("lookahead").intValue())
                    .maxTokens(run.get("maxTokens").intValue())
                    .aggregation(ScoreAggregation.valueOf(run.get("aggregation").stringValue()))
                    .filterDuplicates(run.get("filterDuplicates").booleanValue())
                    .sortCompleted(run.get("sortCompleted").booleanValue())
                    .semantics(Semantics.SAL)
                    .build();
            long seed = run.get("seed").longValue();
            ToDoubleFunction<String> prm = prm(run.get("levels").intValue());
            SearchAndLearn.Result rewritten = result(new SearchAndLearn(config, seed, prm), method);
            Solution solution = solve(method, config, seed, prm);

            List<String> completions = run.get("completions")
                    .valueStream()
                    .map(JsonNode::stringValue)
                    .toList();
            List<List<Double>> scores = run.get("scores")
                    .valueStream()
                    .map(steps -> steps.valueStream().map(JsonNode::doubleValue).toList())
                    .toList();
            assertThat(rewritten.completions()).as("%s", run).isEqualTo(completions);
            assertThat(rewritten.scores()).as("%s", run).isEqualTo(scores);
            assertThat(solution.completions())
                    .as("%s", run)
                    .extracting(Completion::text)
                    .isEqualTo(completions);
            assertThat(solution.completions())
                    .as("%s", run)
                    .extracting(Completion::stepScores)
                    .isEqualTo(scores);
            assertThat(solution.best().orElseThrow().text())
                    .as("%s", run)
                    .isEqualTo(run.get("pred").stringValue());
        }
        assertThat(runs).isEqualTo(900);
    }

    private static List<JsonNode> recorded() throws IOException {
        try (InputStream in = SearchAndLearnTest.class.getResourceAsStream("search-and-learn.jsonl.gz")) {
            String lines = new String(new GZIPInputStream(Objects.requireNonNull(in)).readAllBytes(), UTF_8);
            JsonMapper mapper = new JsonMapper();
            return lines.lines().map(mapper::readTree).toList();
        }
    }

    /** Which shows that the trees are rich enough to notice. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PRM_INPUTS") // Which only a real PRM notices.
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
        ToDoubleFunction<String> prm = prm(seed % 2 == 0 ? 1 << 20 : 3);
        SearchAndLearn reference = new SearchAndLearn(config, seed, prm);
        SearchAndLearn.Result expected = result(reference, method);
        Solution solution = solve(method, config, seed, prm);

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

    private static SearchAndLearn.Result result(SearchAndLearn reference, SearchMethod method) {
        return switch (method) {
            case BEAM -> reference.beamSearch();
            case DVTS -> reference.dvts();
            default -> reference.bestOfN();
        };
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

    /** Of a text whose last step is judged, without the delimiter behind it; so many different scores, so that some tie. */
    private static ToDoubleFunction<String> prm(int levels) {
        return text ->
                Math.floorMod(text.hashCode() * 0x9E3779B1, 1 << 20) * (long) levels / (1 << 20) / (double) levels;
    }

    private static Solution solve(SearchMethod method, SearchConfig config, long seed, ToDoubleFunction<String> score) {
        EventLoop loop = EventLoop.shuffled(seed);
        HashedPolicy policy = new HashedPolicy(loop, seed);
        FakePrm prm = new FakePrm(loop, path -> score.applyAsDouble(textOf(path)));
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

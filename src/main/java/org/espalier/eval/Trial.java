package org.espalier.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.AutoPlan;
import org.espalier.search.EarlyStopping;
import org.espalier.search.EarlyStopping.Stage;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Windows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One problem with one seed as it was recorded to its end, which shows what every earlier stop would have answered: plans
 * are tried on it without a model. One thread.
 */
final class Trial {
    private final String problem;
    private final long seed;
    private final double greedyScore;
    private final RecordedBallots auto;
    private final Map<SearchMethod, RecordedBallots> of;
    private final SearchConfig config;
    private final Map<Way, StoppingCurve> curves = new HashMap<>();

    /** How a method goes on, up to n completions. */
    private record Way(SearchMethod method, Windows windows, int n) {}

    /**
     * What came of a plan.
     *
     * @param tokens that it cost
     * @param largerTokens that the larger policy wrote, if it was asked
     */
    record Outcome(boolean right, double tokens, double largerTokens) {}

    /** Where a search ended, and whether that was because more would not have changed the answer. */
    private record End(Stage stage, boolean settled, boolean right, double tokens) {}

    /** The ends of a method's windows. */
    private record StoppingCurve(
            List<Stage> stages, Map<String, Boolean> correct, double greedyTokens, double tokensEach) {
        /** Where it ends if it stops as soon as it is so sure. At the very end nothing is missing, which settles nothing. */
        End at(double stopAt) {
            Stage last = stages.get(stages.size() - 1);
            for (Stage stage : stages.subList(0, stages.size() - 1)) {
                if (stopAt < 1 && stage.stability() >= stopAt) {
                    return end(stage, true);
                }
            }
            return end(last, false);
        }

        private End end(Stage stage, boolean settled) {
            boolean right = stage.answer() != null
                    && correct.getOrDefault(stage.answer().text(), false);
            return new End(stage, settled, right, greedyTokens + stage.completions() * tokensEach);
        }
    }

    private Trial(
            String problem, long seed, RecordedBallots auto, @Nullable RecordedBallots bestOfN, SearchConfig config) {
        this.problem = problem;
        this.seed = seed;
        this.auto = auto;
        this.config = config;
        of = new HashMap<>(Map.of(SearchMethod.DVTS, auto));
        if (bestOfN != null) {
            of.put(SearchMethod.BEST_OF_N, bestOfN);
        }
        greedyScore = auto.greedy().stream()
                .filter(ballot ->
                        ballot.counts() && !Double.isNaN(ballot.completion().score()))
                .mapToDouble(ballot -> ballot.completion().score())
                .findFirst()
                .orElse(0);
    }

    String problem() {
        return problem;
    }

    /** Whether it says how a method goes on. */
    boolean has(SearchMethod method) {
        return of.containsKey(method);
    }

    /** The same problem with the same seed has the same. */
    String key() {
        return seed + " " + problem;
    }

    /** Completions that were recorded, without the greedy one. */
    int n() {
        return config.n();
    }

    /** What a plan gives. */
    Outcome of(AutoPlan plan) {
        End end = end(plan, n());
        return new Outcome(end.right(), end.tokens(), 0);
    }

    /**
     * What a plan gives with so many completions at most, where what they leave open is asked of a larger policy.
     *
     * @param larger the same problem with the same seed by the larger policy; null for none
     */
    Outcome of(AutoPlan plan, int most, @Nullable Trial larger) {
        End end = end(plan, most);
        if (end.settled() || larger == null) {
            return new Outcome(end.right(), end.tokens(), 0);
        }
        End later = larger.end(plan, most);
        boolean moreAgreed = later.stage().agreement() > end.stage().agreement();
        return new Outcome((moreAgreed ? later : end).right(), end.tokens(), later.tokens());
    }

    private End end(AutoPlan plan, int most) {
        Windows windows = plan.windows() == null ? Windows.USUAL : plan.windows();
        return curve(new Way(plan.methodAt(greedyScore), windows, most)).at(plan.stopAt());
    }

    private StoppingCurve curve(Way wanted) {
        return curves.computeIfAbsent(wanted, way -> {
            RecordedBallots ballots = of.get(way.method());
            if (ballots == null) {
                throw new UsageException(Wording.of(
                        "the runs do not say how %s goes on: record them with %s as well",
                        way.method().cliName(),
                        Parameter.of("method").with(way.method().cliName())));
            }
            Map<String, Boolean> correct = new HashMap<>(ballots.correct());
            auto.correct().forEach((answer, is) -> correct.merge(answer, is, Boolean::logicalOr));
            SearchConfig weighted =
                    config.toBuilder().n(way.n()).selection(Selection.WEIGHTED).build();
            return new StoppingCurve(
                    EarlyStopping.replay(auto.greedy(), ballots.others(), way.method(), weighted, way.windows()),
                    correct,
                    auto.greedyTokens(),
                    ballots.tokensEach());
        });
    }

    /**
     * Reads the trials of a run of auto, with best-of-n beside it or without.
     *
     * @throws UsageException if it cannot tell, because it was stopped early
     */
    static List<Trial> read(Path folder, JsonNode configuration) {
        if (configuration.path("stopAt").asDouble(0) != 1) {
            throw new UsageException(Wording.of(
                    "%s was stopped early, which hides what going on would have given: record it with %s",
                    folder, Parameter.of("stopAt").with(1)));
        }
        if (configuration.has("largerPolicy")) {
            throw new UsageException(Wording.of(
                    "%s has completions of a larger policy as well: a plan is for one policy; record it without %s",
                    folder, Parameter.of("largerPolicy")));
        }
        record Try(String problem, long seed) {}
        Map<Try, Map<SearchMethod, RecordedBallots>> records = new LinkedHashMap<>();
        Map<Try, Integer> n = new HashMap<>();
        RecordOrigin origin = RecordOrigin.of(configuration);
        RecordFile.readOnly(folder.resolve(RunFolder.RECORDS), line -> {
            EvalRecord record = EvalRecord.read(line);
            SearchMethod method = record.method();
            boolean isOfUse = method == SearchMethod.AUTO || method == SearchMethod.BEST_OF_N;
            if (isOfUse && origin.isOf(record)) {
                Try one = new Try(record.id(), record.seed());
                records.computeIfAbsent(one, same -> new HashMap<>()).put(method, RecordedBallots.of(record));
                n.merge(one, record.n(), Math::min);
            }
        });
        List<Trial> trials = new ArrayList<>();
        records.forEach((one, of) -> {
            RecordedBallots auto = of.get(SearchMethod.AUTO);
            if (auto != null) {
                SearchConfig config = SearchConfig.builder()
                        .n(n.getOrDefault(one, 1))
                        .beamWidth(configuration.path("beamWidth").asInt(4))
                        .build();
                trials.add(new Trial(one.problem(), one.seed(), auto, of.get(SearchMethod.BEST_OF_N), config));
            }
        });
        return trials;
    }
}

package org.espalier.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.eval.PlanFile.Source;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.AutoPlan;
import org.espalier.search.AutoPlan.Bin;
import org.espalier.search.EarlyStopping;
import org.espalier.search.EarlyStopping.Stage;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Learns a plan for {@link SearchMethod#AUTO} from recorded runs: which method goes on with problems of which difficulty,
 * and how sure of the answer it may stop (Snell et al. 2024, arXiv 2408.03314, §3.2). A run that was recorded to its end shows what every earlier stop would have answered, so
 * nothing is solved again.
 *
 * <p>The plan is the cheapest one that solves as many problems as going on to the end does, less what may be lost. Whether
 * difficulty is worth looking at is decided by cross-validation over problems: only if plans with two bins, chosen on the
 * other folds, solve more of each fold's problems, or as many with fewer tokens.
 */
public final class Tuning {
    private static final int FOLDS = 5;
    private static final double SPLIT = 0.5;
    private static final Comparator<Result> BETTER = Comparator.comparingDouble(Result::accuracy)
            .thenComparing(Comparator.comparingDouble(Result::tokens).reversed());
    private static final List<SearchMethod> METHODS = List.of(SearchMethod.DVTS, SearchMethod.BEST_OF_N);
    private static final List<Double> THRESHOLDS =
            IntStream.rangeClosed(1, 20).mapToObj(i -> 0.5 + i / 40.0).toList();

    /**
     * What a plan gives on the recorded problems.
     *
     * @param plan with which
     * @param accuracy share of problems solved, 0..1
     * @param tokens of the policy, a problem
     */
    public record Result(AutoPlan plan, double accuracy, double tokens) {}

    /**
     * What was learnt.
     *
     * @param chosen plan, on all problems
     * @param toTheEnd with dvts and without early stopping
     * @param curve of the chosen bins over how sure it stops
     * @param crossValidated of plans that were chosen on other problems, in the order of {@link #CANDIDATES}
     */
    public record Tuned(
            Result chosen, Result toTheEnd, List<Result> curve, List<Result> crossValidated, Source source) {}

    /** What {@link Tuned#crossValidated} is about. */
    public static final List<String> CANDIDATES = List.of("one bin", "two bins");

    private final List<Trial> trials;
    private final double loss;
    private final Source source;

    /** One problem with one seed: how sure the PRM is of its greedy completion, and how each method went on. */
    private record Trial(String problem, double greedyScore, Map<SearchMethod, StoppingCurve> curves) {}

    /** The ends of a method's windows. */
    private record StoppingCurve(
            List<Stage> stages, Map<String, Boolean> correct, double greedyTokens, double tokensEach) {
        boolean isCorrect(Stage stage) {
            return stage.answer() != null && correct.getOrDefault(stage.answer().text(), false);
        }

        double tokens(Stage stage) {
            return greedyTokens + stage.completions() * tokensEach;
        }
    }

    private Tuning(List<Trial> trials, double loss, Source source) {
        this.trials = trials;
        this.loss = loss;
        this.source = source;
    }

    /**
     * Learns from runs of {@code espalier eval --method auto --stop-at 1}, with best-of-n beside it or without.
     *
     * @param loss share of problems, 0..1, that may be solved less than without early stopping
     * @throws UsageException if the runs cannot tell, because they were stopped early, or are of different models
     */
    public static Tuned of(List<Path> folders, double loss) {
        Source source = null;
        List<Trial> trials = new ArrayList<>();
        for (Path folder : folders) {
            RunFolder.require(folder);
            JsonNode configuration = RunFile.configuration(folder.resolve(RunFolder.RUN));
            Source own = Source.of(configuration);
            if (source != null && !own.isOfSamePair(source)) {
                throw new UsageException(folder + " is a run of other models than " + folders.get(0)
                        + ": a plan is for one policy with one PRM");
            }
            source = own.and(source);
            trials.addAll(trials(folder, configuration));
        }
        if (source == null || trials.size() < 2 * FOLDS) {
            throw new UsageException(Wording.of(
                    "there are %d problems with auto in these runs, too few to learn from: record %d or more with"
                            + " 'espalier eval' and %s, %s and %s",
                    trials.size(),
                    2 * FOLDS,
                    Parameter.of("method").with("auto"),
                    Parameter.of("n").with(64),
                    Parameter.of("stopAt").with(1)));
        }
        return new Tuning(trials, loss, source.ofProblems(trials.size())).tune();
    }

    private static List<Trial> trials(Path folder, JsonNode configuration) {
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
                Try of = new Try(record.id(), record.seed());
                records.computeIfAbsent(of, one -> new HashMap<>()).put(method, RecordedBallots.of(record));
                n.merge(of, record.n(), Math::min);
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
                trials.add(trial(one.problem(), auto, of.get(SearchMethod.BEST_OF_N), config));
            }
        });
        return trials;
    }

    private static Trial trial(
            String id, RecordedBallots auto, @Nullable RecordedBallots bestOfN, SearchConfig config) {
        Map<SearchMethod, StoppingCurve> curves = new HashMap<>();
        curves.put(SearchMethod.DVTS, curve(SearchMethod.DVTS, auto, auto, config));
        if (bestOfN != null) {
            curves.put(SearchMethod.BEST_OF_N, curve(SearchMethod.BEST_OF_N, auto, bestOfN, config));
        }
        double score = auto.greedy().stream()
                .filter(ballot ->
                        ballot.counts() && !Double.isNaN(ballot.completion().score()))
                .mapToDouble(ballot -> ballot.completion().score())
                .findFirst()
                .orElse(0);
        return new Trial(id, score, curves);
    }

    private static StoppingCurve curve(
            SearchMethod method, RecordedBallots auto, RecordedBallots of, SearchConfig config) {
        Map<String, Boolean> correct = new HashMap<>(of.correct());
        auto.correct().forEach((answer, is) -> correct.merge(answer, is, Boolean::logicalOr));
        SearchConfig weighted = config.toBuilder().selection(Selection.WEIGHTED).build();
        return new StoppingCurve(
                EarlyStopping.replay(auto.greedy(), of.others(), method, weighted),
                correct,
                auto.greedyTokens(),
                of.tokensEach());
    }

    private Tuned tune() {
        AutoPlan plain = new AutoPlan(List.of(new Bin(1, SearchMethod.DVTS)), 1);
        List<Result> validated = List.of(crossValidated(oneBin()), crossValidated(twoBins()));
        boolean byDifficulty = BETTER.compare(validated.get(1), validated.get(0)) > 0;
        Result chosen = best(byDifficulty ? twoBins() : oneBin(), trials);
        List<Result> curve = THRESHOLDS.stream()
                .map(stopAt -> result(new AutoPlan(chosen.plan().bins(), stopAt), trials))
                .toList();
        return new Tuned(chosen, result(plain, trials), curve, validated, source);
    }

    private List<SearchMethod> recorded() {
        return METHODS.stream()
                .filter(method ->
                        trials.stream().allMatch(trial -> trial.curves().containsKey(method)))
                .toList();
    }

    private List<List<Bin>> oneBin() {
        return recorded().stream().map(method -> List.of(new Bin(1, method))).toList();
    }

    private List<List<Bin>> twoBins() {
        return recorded().stream()
                .flatMap(hard -> recorded().stream().map(easy -> List.of(new Bin(SPLIT, hard), new Bin(1, easy))))
                .toList();
    }

    private Result crossValidated(List<List<Bin>> candidates) {
        double correct = 0;
        double tokens = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            List<Trial> held = new ArrayList<>();
            List<Trial> others = new ArrayList<>();
            for (Trial trial : trials) {
                (Math.floorMod(trial.problem().hashCode(), FOLDS) == fold ? held : others).add(trial);
            }
            if (!held.isEmpty() && !others.isEmpty()) {
                Result result = result(best(candidates, others).plan(), held);
                correct += result.accuracy() * held.size();
                tokens += result.tokens() * held.size();
            }
        }
        AutoPlan plan = best(candidates, trials).plan();
        return new Result(plan, correct / trials.size(), tokens / trials.size());
    }

    /** The cheapest of those that lose no more than they may. */
    private Result best(List<List<Bin>> candidates, List<Trial> of) {
        double most = candidates.stream()
                .mapToDouble(bins -> result(new AutoPlan(bins, 1), of).accuracy())
                .max()
                .orElse(0);
        return candidates.stream()
                .flatMap(bins -> THRESHOLDS.stream().map(stopAt -> result(new AutoPlan(bins, stopAt), of)))
                .filter(result -> result.accuracy() >= most - loss)
                .min(Comparator.comparingDouble(Result::tokens))
                .orElseThrow();
    }

    private static Result result(AutoPlan plan, List<Trial> of) {
        double correct = 0;
        double tokens = 0;
        for (Trial trial : of) {
            StoppingCurve curve = trial.curves().get(plan.methodAt(trial.greedyScore()));
            if (curve == null) {
                throw new IllegalStateException(trial.problem() + " was not recorded with this method");
            }
            Stage last = curve.stages().get(curve.stages().size() - 1);
            Stage end = curve.stages().stream()
                    .filter(stage -> plan.stopAt() < 1 && stage.stability() >= plan.stopAt())
                    .findFirst()
                    .orElse(last);
            correct += curve.isCorrect(end) ? 1 : 0;
            tokens += curve.tokens(end);
        }
        return new Result(plan, correct / of.size(), tokens / of.size());
    }
}

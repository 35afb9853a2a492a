package org.espalier.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.PlanFile.Source;
import org.espalier.eval.Trial.Outcome;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.AutoPlan;
import org.espalier.search.AutoPlan.Bin;
import org.espalier.search.SearchMethod;
import org.espalier.search.Windows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Learns a plan for {@link SearchMethod#AUTO} from recorded runs: which method goes on with problems of which difficulty,
 * how sure of the answer it may stop (Snell et al. 2024, arXiv 2408.03314, §3.2), and how often it looks. A run that was
 * recorded to its end shows what every earlier stop would have answered, so nothing is solved again.
 *
 * <p>The plan is the cheapest one that solves as many problems as going on to the end does, less what may be lost. Whether
 * it is worth looking at the difficulty, or choosing windows, is decided by cross-validation over problems: only if plans of
 * that kind, chosen on the other folds, solve more of each fold's problems, or as many with fewer tokens.
 */
public final class Tuning {
    private static final int FOLDS = 5;
    private static final Comparator<Result> BETTER = Comparator.comparingDouble(Result::accuracy)
            .thenComparing(Comparator.comparingDouble(Result::tokens).reversed());
    private static final List<SearchMethod> METHODS = List.of(SearchMethod.DVTS, SearchMethod.BEST_OF_N);
    private static final List<Double> THRESHOLDS =
            IntStream.rangeClosed(1, 20).mapToObj(i -> 0.5 + i / 40.0).toList();
    /** Scores of the greedy completion at which problems may be parted. */
    private static final List<Double> SPLITS = List.of(0.5, 0.25, 0.75);

    private static final List<Windows> WINDOWS =
            List.of(Windows.USUAL, new Windows(4, 0.25), new Windows(4, 0), new Windows(8, 0.5), new Windows(8, 0));
    /** What may be lost at the points of the cross-validated frontier. */
    private static final List<Double> LOSSES = List.of(0.0, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08);

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
     * @param low where its accuracy lies with a confidence of 95 %, by a bootstrap over problems: what a live run of the plan
     *     should reproduce
     * @param high likewise
     * @param toTheEnd with dvts and without early stopping
     * @param curve of the chosen bins and windows over how sure it stops
     * @param crossValidated of plans that were chosen on other problems, in the order of {@link #CANDIDATES}
     * @param frontier the plans than which none solves as many problems with fewer tokens, on the problems that they are
     *     chosen by, the cheapest first
     * @param validatedFrontier the same for problems that they are not chosen by: a point for each loss that is allowed
     */
    public record Tuned(
            Result chosen,
            double low,
            double high,
            Result toTheEnd,
            List<Result> curve,
            List<Result> crossValidated,
            List<Result> frontier,
            List<Result> validatedFrontier,
            Source source) {}

    /**
     * What a plan that is given does, compared with going on to the end with dvts.
     *
     * @param largerTokens of the larger policy, a problem; 0 without one
     * @param low of the accuracy, 95 % by a bootstrap over problems
     * @param high likewise
     * @param difference of the accuracy, with its interval, paired by problem
     */
    public record Replayed(
            Result result,
            double largerTokens,
            double low,
            double high,
            double difference,
            double differenceLow,
            double differenceHigh) {}

    /** What {@link Tuned#crossValidated} is about, the simplest first: a later one has to earn its place. */
    public static final List<String> CANDIDATES =
            List.of("one bin", "two bins", "one bin and windows", "two bins and windows");

    private final List<Trial> trials;
    private final double loss;
    private final Source source;

    /** A plan with what it gives in each trial. */
    private static final class Candidate {
        private final AutoPlan plan;
        private final boolean[] right;
        private final double[] tokens;

        Candidate(AutoPlan plan, List<Trial> trials, Function<Trial, Outcome> of) {
            this.plan = plan;
            right = new boolean[trials.size()];
            tokens = new double[trials.size()];
            for (int i = 0; i < right.length; i++) {
                Outcome outcome = of.apply(trials.get(i));
                right[i] = outcome.right();
                tokens[i] = outcome.tokens();
            }
        }

        Result result(int[] of) {
            int solved = 0;
            double spent = 0;
            for (int trial : of) {
                solved += right[trial] ? 1 : 0;
                spent += tokens[trial];
            }
            return new Result(plan, (double) solved / of.length, spent / of.length);
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
        return read(folders, loss).tune();
    }

    /**
     * Says what plans would have given, without a model.
     *
     * @param folders as for {@link #of}
     * @param most completions a search may have; null for all that were recorded
     * @param larger runs of a larger policy over the same problems with the same seeds, which is asked where the completions
     *     leave the answer open; empty for none
     * @throws UsageException as {@link #of} does, or if the runs do not have what a plan needs
     */
    public static List<Replayed> replay(
            List<Path> folders, List<AutoPlan> plans, @Nullable Integer most, List<Path> larger) {
        Tuning tuning = read(folders, 0);
        Map<String, Trial> behind = new HashMap<>();
        if (!larger.isEmpty()) {
            read(larger, 0).trials.forEach(trial -> behind.put(trial.key(), trial));
        }
        List<Trial> all = new ArrayList<>(tuning.trials);
        all.addAll(behind.values());
        int recorded = all.stream().mapToInt(Trial::n).min().orElse(1);
        if (most != null && (most < 1 || most > recorded)) {
            throw new UsageException(
                    Wording.of("%s must be 1 to %d, which the runs have, not %d", Parameter.of("n"), recorded, most));
        }
        for (Trial trial : tuning.trials) {
            if (!larger.isEmpty() && !behind.containsKey(trial.key())) {
                throw new UsageException("the larger policy's runs lack problem %s with the seed that the others have"
                        .formatted(trial.problem()));
            }
        }
        return plans.stream()
                .map(plan -> tuning.replayed(
                        plan, trial -> trial.of(plan, most == null ? trial.n() : most, behind.get(trial.key()))))
                .toList();
    }

    private static Tuning read(List<Path> folders, double loss) {
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
            trials.addAll(Trial.read(folder, configuration));
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
        return new Tuning(trials, loss, source.ofProblems(trials.size()));
    }

    private static AutoPlan toTheEnd() {
        return new AutoPlan(List.of(new Bin(1, SearchMethod.DVTS)), 1);
    }

    private Tuned tune() {
        List<List<Candidate>> kinds = List.of(
                candidates(oneBin(), WINDOWS.subList(0, 1)),
                candidates(twoBins(), WINDOWS.subList(0, 1)),
                candidates(oneBin(), WINDOWS),
                candidates(twoBins(), WINDOWS));
        List<Result> validated = new ArrayList<>();
        int kind = 0;
        for (int i = 0; i < kinds.size(); i++) {
            validated.add(crossValidated(kinds.get(i), loss));
            kind = BETTER.compare(validated.get(i), validated.get(kind)) > 0 ? i : kind;
        }
        List<Candidate> candidates = kinds.get(kind);
        Result chosen = best(candidates, all(), loss);
        Interval interval = Bootstrap.share(accuracies(trial -> trial.of(chosen.plan())));
        List<Result> curve = THRESHOLDS.stream()
                .map(stopAt -> candidate(new AutoPlan(
                                chosen.plan().bins(), stopAt, chosen.plan().windows()))
                        .result(all()))
                .toList();
        List<Result> validatedFrontier = LOSSES.stream()
                .map(allowed -> crossValidated(candidates, allowed))
                .sorted(Comparator.comparingDouble(Result::tokens))
                .toList();
        return new Tuned(
                chosen,
                interval.low(),
                interval.high(),
                candidate(toTheEnd()).result(all()),
                curve,
                validated,
                frontier(kinds.get(kinds.size() - 1)),
                validatedFrontier,
                source);
    }

    private Replayed replayed(AutoPlan plan, Function<Trial, Outcome> of) {
        double[] own = accuracies(of);
        double[] end = accuracies(trial -> trial.of(toTheEnd()));
        double[] differences =
                IntStream.range(0, own.length).mapToDouble(i -> own[i] - end[i]).toArray();
        Interval interval = Bootstrap.share(own);
        Interval difference = Bootstrap.difference(differences);
        Candidate candidate = new Candidate(plan, trials, of);
        return new Replayed(
                candidate.result(all()),
                trials.stream()
                        .mapToDouble(trial -> of.apply(trial).largerTokens())
                        .average()
                        .orElse(0),
                interval.low(),
                interval.high(),
                Arrays.stream(differences).average().orElse(0),
                difference.low(),
                difference.high());
    }

    private int[] all() {
        return IntStream.range(0, trials.size()).toArray();
    }

    /** A problem's mean over its seeds, problem by problem. */
    private double[] accuracies(Function<Trial, Outcome> of) {
        Map<String, List<Boolean>> right = new LinkedHashMap<>();
        for (Trial trial : trials) {
            right.computeIfAbsent(trial.problem(), problem -> new ArrayList<>())
                    .add(of.apply(trial).right());
        }
        return right.values().stream()
                .mapToDouble(each -> (double) each.stream().filter(is -> is).count() / each.size())
                .toArray();
    }

    private List<SearchMethod> recorded() {
        return METHODS.stream()
                .filter(method -> trials.stream().allMatch(trial -> trial.has(method)))
                .toList();
    }

    private List<List<Bin>> oneBin() {
        return recorded().stream().map(method -> List.of(new Bin(1, method))).toList();
    }

    private List<List<Bin>> twoBins() {
        List<List<Bin>> bins = new ArrayList<>();
        for (double split : SPLITS) {
            for (SearchMethod hard : recorded()) {
                recorded().forEach(easy -> bins.add(List.of(new Bin(split, hard), new Bin(1, easy))));
            }
        }
        return bins;
    }

    private List<Candidate> candidates(List<List<Bin>> bins, List<Windows> windows) {
        List<Candidate> candidates = new ArrayList<>();
        for (Windows some : windows) {
            for (List<Bin> each : bins) {
                THRESHOLDS.forEach(stopAt -> candidates.add(candidate(new AutoPlan(each, stopAt, some))));
            }
        }
        return candidates;
    }

    private Candidate candidate(AutoPlan plan) {
        return new Candidate(plan, trials, trial -> trial.of(plan));
    }

    private Result crossValidated(List<Candidate> candidates, double allowed) {
        double correct = 0;
        double tokens = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            int[] held = ofFold(fold, true);
            int[] others = ofFold(fold, false);
            if (held.length > 0 && others.length > 0) {
                Result result = bestOf(candidates, others, allowed).result(held);
                correct += result.accuracy() * held.length;
                tokens += result.tokens() * held.length;
            }
        }
        AutoPlan plan = bestOf(candidates, all(), allowed).plan;
        return new Result(plan, correct / trials.size(), tokens / trials.size());
    }

    private int[] ofFold(int fold, boolean in) {
        return IntStream.range(0, trials.size())
                .filter(i -> (Math.floorMod(trials.get(i).problem().hashCode(), FOLDS) == fold) == in)
                .toArray();
    }

    private static Result best(List<Candidate> candidates, int[] of, double allowed) {
        return bestOf(candidates, of, allowed).result(of);
    }

    /** The cheapest of those that lose no more than they may, compared with never stopping. */
    private static Candidate bestOf(List<Candidate> candidates, int[] of, double allowed) {
        double most = candidates.stream()
                .filter(candidate -> candidate.plan.stopAt() == 1)
                .mapToDouble(candidate -> candidate.result(of).accuracy())
                .max()
                .orElse(0);
        Candidate best = null;
        double fewest = Double.POSITIVE_INFINITY;
        for (Candidate candidate : candidates) {
            Result result = candidate.result(of);
            if (result.accuracy() >= most - allowed && result.tokens() < fewest) {
                best = candidate;
                fewest = result.tokens();
            }
        }
        if (best == null) {
            throw new IllegalStateException("never stopping loses nothing");
        }
        return best;
    }

    private List<Result> frontier(List<Candidate> candidates) {
        List<Result> results = candidates.stream()
                .map(candidate -> candidate.result(all()))
                .sorted(Comparator.comparingDouble(Result::tokens)
                        .thenComparing(
                                Comparator.comparingDouble(Result::accuracy).reversed()))
                .toList();
        List<Result> frontier = new ArrayList<>();
        double most = -1;
        for (Result result : results) {
            if (result.accuracy() > most) {
                frontier.add(result);
                most = result.accuracy();
            }
        }
        return frontier;
    }
}

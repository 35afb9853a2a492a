package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.espalier.eval.EvalRecord.Chosen;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.jspecify.annotations.Nullable;

/** What the records of a run say together. Keeps of each record what the table needs, not the completions. One thread. */
public final class Measurements {
    /** What a selection chose among so many completions. */
    private record Choice(Selection selection, int n) {}

    /** A problem with a seed. */
    private record Try(String problem, long seed) {}

    /** What a process did with a seed. */
    private record Session(int process, long seed) {}

    /**
     * A problem at a point.
     *
     * @param correct what was chosen rightly
     * @param pass pass@k by k
     * @param share of the run's tokens that the first k completions took, by k
     */
    private record Outcome(
            @Nullable String level,
            Set<Choice> correct,
            Map<Integer, Double> pass,
            Map<Integer, Double> share,
            long policyTokens,
            long prmTokens) {}

    private final Function<EvalRecord, ? extends Collection<Integer>> reported;
    private final Map<SweepPoint, Map<Try, Outcome>> outcomes = new LinkedHashMap<>();
    private final Map<SweepPoint, SortedSet<Integer>> sizes = new HashMap<>();
    private final Map<SweepPoint, Map<Session, Double>> seconds = new HashMap<>();
    private int processes;

    private Measurements(Function<EvalRecord, ? extends Collection<Integer>> reported) {
        this.reported = reported;
    }

    /** At the n that a sweep reports, point by point in its order. */
    static Measurements of(Sweep sweep) {
        Measurements measurements = new Measurements(record -> sweep.points().getOrDefault(point(record), List.of()));
        sweep.points().keySet().forEach(point -> measurements.outcomes.put(point, new LinkedHashMap<>()));
        return measurements;
    }

    /**
     * At every n that the records tell of: of independent samples at each at which a choice was recorded, of others at their
     * own.
     */
    static Measurements ofAll() {
        return new Measurements(record -> point(record).method().hasIndependentSamples()
                ? record.answers().stream().map(Chosen::n).toList()
                : List.of(record.n()));
    }

    private static SweepPoint point(EvalRecord record) {
        return new SweepPoint(record.method(), record.n());
    }

    /** Whether a problem's record with a seed is there. */
    public boolean has(SweepPoint point, DatasetItem item, long seed) {
        return outcomesOf(point).containsKey(new Try(item.id(), seed));
    }

    /** Of all points. */
    public int records() {
        return outcomes.values().stream().mapToInt(Map::size).sum();
    }

    /** Processes that have worked on the records. */
    int processes() {
        return processes;
    }

    /** Counts a record, unless it is of no point of the sweep or the problem's record is there; returns whether it did. */
    boolean add(EvalRecord record) {
        SweepPoint point = point(record);
        Try of = new Try(record.id(), record.seed());
        SortedSet<Integer> at = new TreeSet<>(reported.apply(record));
        if (at.isEmpty() || outcomesOf(point).containsKey(of)) {
            return false;
        }
        sizes.computeIfAbsent(point, p -> new TreeSet<>()).addAll(at);
        Set<Choice> correct = new HashSet<>();
        for (Chosen chosen : record.answers()) {
            if (chosen.correct() && at.contains(chosen.n())) {
                correct.add(new Choice(chosen.selection(), chosen.n()));
            }
        }
        Map<Integer, Double> pass = new HashMap<>();
        Map<Integer, Double> share = new HashMap<>();
        for (int k : at) {
            pass.put(k, pass(record, k));
            share.put(k, k == record.n() ? 1 : share(record, k));
        }
        outcomesOf(point)
                .put(
                        of,
                        new Outcome(
                                record.level() == null ? null : record.level().toString(),
                                correct,
                                pass,
                                share,
                                record.usage().policyTokens(),
                                record.usage().prmTokens()));
        secondsOf(point).merge(new Session(record.process(), record.seed()), record.pointSeconds(), Math::max);
        processes = Math.max(processes, record.process());
        return true;
    }

    /** A tree search's completions are not independent: of them it is known only whether one of all is right. */
    private static double pass(EvalRecord record, int k) {
        List<Sampled> completions = record.completions();
        int correct = (int) completions.stream().filter(Sampled::correct).count();
        return k < completions.size() ? Estimates.passAtK(completions.size(), correct, k) : Math.min(1, correct);
    }

    private static double share(EvalRecord record, int k) {
        long first = 0;
        long all = 0;
        for (Sampled completion : record.completions()) {
            all += completion.tokens();
            first += completion.slot() < k ? completion.tokens() : 0;
        }
        return all == 0 ? 0 : (double) first / all;
    }

    /** The table: by method, selection and n, as far as the records go. */
    List<EvalRow> rows(String dataset) {
        return series(dataset).stream().map(EvalRow::of).toList();
    }

    /** By method, selection and n, with every problem, which counts with its mean over the seeds; what has no records is left out. */
    List<Series> series(String dataset) {
        List<Series> all = new ArrayList<>();
        outcomes.forEach((point, problems) -> {
            if (problems.isEmpty()) {
                return;
            }
            SortedSet<Integer> at = sizes.getOrDefault(point, new TreeSet<>());
            for (Selection selection : Sweep.selections(point.method())) {
                for (int k : at) {
                    Choice choice = new Choice(selection, k);
                    all.add(series(
                            new Series.Key(dataset, point.method(), Criterion.of(selection), k, point.n()),
                            point,
                            outcome -> outcome.correct().contains(choice) ? 1 : 0));
                }
            }
            if (point.method() != SearchMethod.GREEDY) {
                for (int k : at) {
                    all.add(series(
                            new Series.Key(dataset, point.method(), Criterion.PASS, k, point.n()),
                            point,
                            outcome -> outcome.pass().getOrDefault(k, 0.0)));
                }
            }
        });
        return all;
    }

    private Series series(Series.Key key, SweepPoint point, ToDoubleFunction<Outcome> correct) {
        Map<String, List<Series.Result>> results = new LinkedHashMap<>();
        Set<Long> seeds = new HashSet<>();
        int tries = 0;
        double shares = 0;
        for (Map.Entry<Try, Outcome> entry : outcomesOf(point).entrySet()) {
            Outcome outcome = entry.getValue();
            double share = outcome.share().getOrDefault(key.n(), 1.0);
            shares += share;
            String problem = entry.getKey().problem();
            seeds.add(entry.getKey().seed());
            tries++;
            results.computeIfAbsent(problem, p -> new ArrayList<>())
                    .add(new Series.Result(
                            problem,
                            outcome.level(),
                            correct.applyAsDouble(outcome),
                            outcome.policyTokens() * share,
                            outcome.prmTokens() * share));
        }
        double wall = secondsOf(point).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        List<Series.Result> means =
                results.values().stream().map(Series.Result::mean).toList();
        return new Series(key, means, wall / tries * shares / tries, seeds.size());
    }

    private Map<Try, Outcome> outcomesOf(SweepPoint point) {
        return outcomes.computeIfAbsent(point, p -> new LinkedHashMap<>());
    }

    private Map<Session, Double> secondsOf(SweepPoint point) {
        return seconds.computeIfAbsent(point, p -> new HashMap<>());
    }
}

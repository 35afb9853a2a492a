package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * What one selection among n completions of one method made of every problem.
 *
 * @param seconds wall time a problem: of the whole run over its problems, which share the machine
 * @param seeds over how many it is the mean
 */
record Series(Key key, List<Result> results, double seconds, int seeds) {
    /**
     * What was measured.
     *
     * @param runN of the run: larger than n if the series was read off the first n completions of that run
     */
    record Key(String dataset, SearchMethod method, Criterion selection, int n, int runN) {
        /** The run that it was read off. */
        SweepPoint point() {
            return new SweepPoint(method, runN);
        }
    }

    /**
     * A problem.
     *
     * @param correct 1 if it was solved and 0 if not; between them for an estimate or a mean
     */
    record Result(String problem, @Nullable String level, double correct, double policyTokens, double prmTokens) {
        /** The mean of one problem's results. */
        static Result mean(List<Result> several) {
            Result first = several.get(0);
            return several.size() == 1
                    ? first
                    : new Result(
                            first.problem,
                            first.level,
                            mean(several, Result::correct),
                            mean(several, Result::policyTokens),
                            mean(several, Result::prmTokens));
        }

        static double mean(List<Result> results, ToDoubleFunction<Result> value) {
            return results.stream().mapToDouble(value).average().orElse(Double.NaN);
        }
    }

    /** The share of problems that are solved. */
    double accuracy() {
        return mean(Result::correct);
    }

    double mean(ToDoubleFunction<Result> value) {
        return Result.mean(results, value);
    }

    /** Whether the problems were solved or not, in the order of the results. */
    double[] values() {
        return results.stream().mapToDouble(Result::correct).toArray();
    }

    /** The part of each level of difficulty, in the order of the levels; what has no level is left out. */
    Map<String, Series> byLevel() {
        Map<String, List<Result>> members = new LinkedHashMap<>();
        results.stream()
                .filter(result -> result.level() != null)
                .sorted((a, b) -> Levels.ORDER.compare(a.level(), b.level()))
                .forEach(result -> members.computeIfAbsent(String.valueOf(result.level()), level -> new ArrayList<>())
                        .add(result));
        Map<String, Series> levels = new LinkedHashMap<>();
        members.forEach((level, some) -> levels.put(level, new Series(key, some, seconds, seeds)));
        return levels;
    }

    /** The part that is of one of these levels. */
    Series ofLevels(Collection<String> levels) {
        List<Result> some = results.stream()
                .filter(result -> result.level() != null && levels.contains(result.level()))
                .toList();
        return new Series(key, some, seconds, seeds);
    }

    /** The same with other levels of the problems; those that have none there are left out of every level. */
    Series withLevels(Map<String, String> levels) {
        List<Result> levelled = results.stream()
                .map(result -> new Result(
                        result.problem(),
                        levels.get(result.problem()),
                        result.correct(),
                        result.policyTokens(),
                        result.prmTokens()))
                .toList();
        return new Series(key, levelled, seconds, seeds);
    }

    /** The mean of runs that differ in nothing but the seed: each problem's over the runs that have it. */
    static Series mean(List<Series> runs) {
        if (runs.size() == 1) {
            return runs.get(0);
        }
        Map<String, List<Result>> ofProblem = new LinkedHashMap<>();
        for (Series run : runs) {
            for (Result result : run.results) {
                // A run of several seeds counts as so many.
                ofProblem
                        .computeIfAbsent(result.problem(), problem -> new ArrayList<>())
                        .addAll(Collections.nCopies(run.seeds, result));
            }
        }
        List<Result> results = ofProblem.values().stream().map(Result::mean).toList();
        double seconds = runs.stream().mapToDouble(Series::seconds).average().orElse(Double.NaN);
        int seeds = runs.stream().mapToInt(Series::seeds).sum();
        return new Series(runs.get(0).key, results, seconds, seeds);
    }
}

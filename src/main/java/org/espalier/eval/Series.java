package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collection;
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
 * @param seeds how many runs it is the mean of
 */
record Series(Key key, List<Point> points, double seconds, int seeds) {
    /**
     * What was measured.
     *
     * @param selection naive, weighted, majority or pass
     * @param runN of the run: larger than n if the series was read off the first n completions of that run
     */
    record Key(String dataset, String method, String selection, int n, int runN) {
        /** The run that it was read off. */
        Cell cell() {
            return new Cell(SearchMethod.parse(method), runN);
        }
    }

    /**
     * A problem.
     *
     * @param right 1 if it was solved and 0 if not; between them for an estimate or a mean
     */
    record Point(String problem, @Nullable String level, double right, double policyTokens, double prmTokens) {}

    /** The share of problems that are solved. */
    double accuracy() {
        return mean(Point::right);
    }

    double mean(ToDoubleFunction<Point> value) {
        return points.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    /** Whether the problems were solved or not, in the order of the points. */
    double[] values() {
        return points.stream().mapToDouble(Point::right).toArray();
    }

    /** The part of each level of difficulty, in the order of the levels; what has no level is left out. */
    Map<String, Series> byLevel() {
        Map<String, List<Point>> members = new LinkedHashMap<>();
        points.stream()
                .filter(point -> point.level() != null)
                .sorted((a, b) -> Levels.ORDER.compare(a.level(), b.level()))
                .forEach(point -> members.computeIfAbsent(String.valueOf(point.level()), level -> new ArrayList<>())
                        .add(point));
        Map<String, Series> levels = new LinkedHashMap<>();
        members.forEach((level, some) -> levels.put(level, new Series(key, some, seconds, seeds)));
        return levels;
    }

    /** The part that is of one of these levels. */
    Series ofLevels(Collection<String> levels) {
        List<Point> some = points.stream()
                .filter(point -> point.level() != null && levels.contains(point.level()))
                .toList();
        return new Series(key, some, seconds, seeds);
    }

    /** The same with other levels of the problems; those that have none there are left out of every level. */
    Series withLevels(Map<String, String> levels) {
        List<Point> levelled = points.stream()
                .map(point -> new Point(
                        point.problem(),
                        levels.get(point.problem()),
                        point.right(),
                        point.policyTokens(),
                        point.prmTokens()))
                .toList();
        return new Series(key, levelled, seconds, seeds);
    }

    /** The mean of runs that differ in nothing but the seed: each problem's over the runs that have it. */
    static Series mean(List<Series> runs) {
        if (runs.size() == 1) {
            return runs.get(0);
        }
        Map<String, List<Point>> ofProblem = new LinkedHashMap<>();
        for (Series run : runs) {
            for (Point point : run.points) {
                ofProblem
                        .computeIfAbsent(point.problem(), problem -> new ArrayList<>())
                        .add(point);
            }
        }
        List<Point> points = ofProblem.values().stream().map(Series::meanPoint).toList();
        double seconds = runs.stream().mapToDouble(Series::seconds).average().orElse(Double.NaN);
        return new Series(runs.get(0).key, points, seconds, runs.size());
    }

    private static Point meanPoint(List<Point> points) {
        Series same = new Series(new Key("", "", "", 1, 1), points, 0, 1);
        return new Point(
                points.get(0).problem(),
                points.get(0).level(),
                same.accuracy(),
                same.mean(Point::policyTokens),
                same.mean(Point::prmTokens));
    }
}

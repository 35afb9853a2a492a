package org.espalier.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.Series.Point;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What several runs say together. Runs that differ in nothing but the seed are repetitions of one: each problem counts with
 * its mean over them, and the interval is over problems.
 */
public final class Report {
    private Report() {}

    /** Repetitions of one run. */
    private record Group(List<RunFolder> runs) {
        String name() {
            return runs.stream().map(RunFolder::name).distinct().collect(Collectors.joining("+"));
        }

        Map<Series.Key, List<Series>> series() {
            Map<Series.Key, List<Series>> series = new LinkedHashMap<>();
            for (RunFolder run : runs) {
                for (Series one : run.series()) {
                    series.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(one);
                }
            }
            return series;
        }
    }

    /**
     * All problems first, then each level; run by run, in the order of the methods.
     *
     * @throws org.espalier.model.UsageException if the levels cannot be had from these runs
     */
    public static List<ReportRow> rows(List<RunFolder> runs, Levels.Source levels) {
        Map<String, String> measured = levels == Levels.Source.OWN
                ? Map.of()
                : Levels.quintiles(
                        runs.stream().flatMap(run -> run.series().stream()).toList());
        Map<JsonNode, List<RunFolder>> groups = new LinkedHashMap<>();
        for (RunFolder run : runs) {
            groups.computeIfAbsent(run.withoutSeed(), configuration -> new ArrayList<>())
                    .add(run);
        }
        List<ReportRow> rows = new ArrayList<>();
        for (List<RunFolder> members : groups.values()) {
            Group group = new Group(members);
            group.series().forEach((key, repeated) -> {
                Series mean = Series.mean(repeated);
                Series series = levels == Levels.Source.OWN ? mean : mean.withLevels(measured);
                rows.add(row(group.name(), repeated.size(), series, null));
                series.byLevel().forEach((level, part) -> rows.add(row(group.name(), repeated.size(), part, level)));
            });
        }
        return rows;
    }

    private static ReportRow row(String run, int seeds, Series series, @Nullable String level) {
        Interval interval = Bootstrap.share(series.values());
        Series.Key key = series.key();
        return new ReportRow(
                run,
                key.dataset(),
                key.method(),
                key.selection(),
                key.n(),
                seeds,
                series.accuracy(),
                interval.low(),
                interval.high(),
                series.points().size(),
                series.mean(Point::policyTokens),
                series.mean(Point::prmTokens),
                series.seconds(),
                level);
    }
}

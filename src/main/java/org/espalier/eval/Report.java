package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.Series.Result;
import org.jspecify.annotations.Nullable;

/**
 * What several runs say together. Runs that differ in nothing but the seed are repetitions of one: each problem counts with
 * its mean over them, and the interval is over problems.
 */
public final class Report {
    private Report() {}

    /**
     * All problems first, then each level; run by run, in the order of the methods.
     *
     * @param pricePerHour of the machine, in whatever currency; null if it is not asked for
     * @throws org.espalier.model.UsageException if the levels cannot be had from these runs
     */
    public static List<ReportRow> rows(List<RunFolder> runs, Levels.Source levels, @Nullable Double pricePerHour) {
        Map<String, String> measured = levels == Levels.Source.OWN
                ? Map.of()
                : Levels.quintiles(
                        runs.stream().flatMap(run -> run.series().stream()).toList());
        List<ReportRow> rows = new ArrayList<>();
        for (RunFolder run : repetitionsAsOne(runs)) {
            for (Series mean : run.series()) {
                Series series = levels == Levels.Source.OWN ? mean : mean.withLevels(measured);
                Rates rates = new Rates(run.stats().get(series.key().point()), pricePerHour);
                rows.add(row(run.name(), series, rates, null));
                series.byLevel().forEach((level, part) -> rows.add(row(run.name(), part, rates, level)));
            }
        }
        return rows;
    }

    /** How each method and n worked, run by run. */
    public static List<ProcessRow> processes(List<RunFolder> runs) {
        List<ProcessRow> rows = new ArrayList<>();
        for (RunFolder run : repetitionsAsOne(runs)) {
            String dataset = run.configuration().path("dataset").asString("");
            run.stats().forEach((point, stats) -> rows.add(stats.row(run.name(), dataset, point)));
        }
        return rows;
    }

    private static List<RunFolder> repetitionsAsOne(List<RunFolder> runs) {
        return RunFolder.repetitions(runs).values().stream()
                .map(RunFolder::mean)
                .toList();
    }

    /** What a second costs. */
    private record Rates(
            @Nullable PointStats stats, @Nullable Double pricePerHour) {
        @Nullable
        Double joules(double seconds) {
            Double watts = stats == null ? null : stats.watts();
            return watts == null ? null : watts * seconds;
        }

        @Nullable
        Double price(double seconds) {
            return pricePerHour == null ? null : pricePerHour * seconds / 3600;
        }
    }

    private static ReportRow row(String run, Series series, Rates rates, @Nullable String level) {
        Interval interval = Bootstrap.share(series.values());
        Series.Key key = series.key();
        return new ReportRow(
                run,
                key.dataset(),
                key.method(),
                key.selection(),
                key.n(),
                series.seeds(),
                series.accuracy(),
                interval.low(),
                interval.high(),
                series.results().size(),
                series.mean(Result::policyTokens),
                series.mean(Result::prmTokens),
                series.seconds(),
                rates.joules(series.seconds()),
                rates.price(series.seconds()),
                level);
    }
}

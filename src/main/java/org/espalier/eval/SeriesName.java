package org.espalier.eval;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * A result of a run as a person names it: {@code METHOD[@N][/SELECTION]}.
 *
 * @param n null: the largest
 * @param selection null: weighted where there are scores, else majority
 */
record SeriesName(
        String method, @Nullable Integer n, @Nullable String selection) {
    private static final Pattern FORM = Pattern.compile("([a-z-]+)(?:@(\\d{1,9}))?(?:/([a-z]+))?");
    private static final List<Criterion> PREFERRED = List.of(Criterion.WEIGHTED, Criterion.MAJORITY);

    static SeriesName parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("'" + text
                    + "' is not a result: write METHOD, METHOD@N or METHOD@N/SELECTION, as in dvts@16/weighted");
        }
        String n = matcher.group(2);
        return new SeriesName(matcher.group(1), n == null ? null : Integer.valueOf(n), matcher.group(3));
    }

    static SeriesName of(Series.Key key) {
        return new SeriesName(key.method().cliName(), key.n(), key.selection().toString());
    }

    Series in(RunFolder run) {
        Series best = null;
        for (Series series : run.series()) {
            if (matches(series.key()) && (best == null || isBetter(series.key(), best.key()))) {
                best = series;
            }
        }
        if (best == null) {
            throw new UsageException("%s has no result %s; it has %s"
                    .formatted(
                            run.name(),
                            this,
                            run.series().stream()
                                    .map(series -> series.key().method().cliName() + "@"
                                            + series.key().n())
                                    .distinct()
                                    .collect(Collectors.joining(", "))));
        }
        return best;
    }

    private boolean matches(Series.Key key) {
        return key.method().cliName().equals(method)
                && (n == null || key.n() == n)
                && (selection == null
                        ? PREFERRED.contains(key.selection())
                        : key.selection().toString().equals(selection));
    }

    /** A larger n; of one n that of a run of its own, and the preferred selection. */
    private static boolean isBetter(Series.Key key, Series.Key than) {
        if (key.n() != than.n()) {
            return key.n() > than.n();
        }
        if (key.runN() != than.runN()) {
            return key.runN() < than.runN();
        }
        return PREFERRED.indexOf(key.selection()) < PREFERRED.indexOf(than.selection());
    }

    @Override
    public String toString() {
        return method + (n == null ? "" : "@" + n) + (selection == null ? "" : "/" + selection);
    }
}

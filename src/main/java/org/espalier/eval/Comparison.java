package org.espalier.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.Series.Result;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * Two ways to solve the same problems, paired by problem: the spread of the problems' difficulty drops out.
 *
 * @param first what is compared, such as "dvts@16/weighted"
 * @param second with what
 * @param problems that both have tried
 * @param firstAccuracy on these problems, 0 to 1
 * @param secondAccuracy on these problems, 0 to 1
 * @param difference second minus first, with the 95 % interval of a bootstrap over problems from low to high; where all
 *     problems differ alike, that of the pairs that were not seen
 * @param onlyFirst problems that only the first solves
 * @param onlySecond problems that only the second solves
 * @param p of McNemar's exact test; null if a value is not simply right or wrong, as pass@n is not
 * @param differenceShown whether the interval leaves out zero and p, if there is one, is below 0.05
 */
public record Comparison(
        String first,
        String second,
        int problems,
        double firstAccuracy,
        double secondAccuracy,
        double difference,
        double low,
        double high,
        int onlyFirst,
        int onlySecond,
        @Nullable Double p,
        boolean differenceShown) {
    private static final double SIGNIFICANT = 0.05;

    /**
     * Everything that two runs have in common.
     *
     * @throws UsageException if that is nothing
     */
    public static List<Comparison> ofAll(RunFolder first, RunFolder second) {
        checkSameProblems(first, second);
        List<Comparison> all = new ArrayList<>();
        for (Series one : first.series()) {
            for (Series other : second.series()) {
                if (one.key().equals(other.key())) {
                    all.add(of(one, other));
                }
            }
        }
        if (all.isEmpty()) {
            throw new UsageException(Wording.of(
                    "%s and %s have no method, selection and n in common: name what to compare with %s and %s",
                    first.name(), second.name(), Parameter.of("first"), Parameter.of("second")));
        }
        return all;
    }

    /**
     * One result of a run with one of another run or of the same.
     *
     * @throws UsageException if a run has not what is named
     */
    public static Comparison of(RunFolder first, String named, RunFolder second, String alsoNamed) {
        checkSameProblems(first, second);
        return of(SeriesName.parse(named).in(first), SeriesName.parse(alsoNamed).in(second));
    }

    private static void checkSameProblems(RunFolder first, RunFolder second) {
        String one = first.configuration().path("dataset").asString("");
        String other = second.configuration().path("dataset").asString("");
        if (!one.equals(other)) {
            throw new UsageException("%s is of %s and %s of %s: only runs over the same problems can be compared"
                    .formatted(first.name(), one, second.name(), other));
        }
    }

    static Comparison of(Series first, Series second) {
        Map<String, Double> theirs = new HashMap<>();
        second.results().forEach(result -> theirs.put(result.problem(), result.correct()));
        List<Result> mine = first.results().stream()
                .filter(result -> theirs.containsKey(result.problem()))
                .toList();
        if (mine.isEmpty()) {
            throw new UsageException(
                    Wording.of("no problem was tried in both runs: give both the same %s", Parameter.of("limit")));
        }
        double[] a = mine.stream().mapToDouble(Result::correct).toArray();
        double[] b = mine.stream()
                .mapToDouble(result -> theirs.getOrDefault(result.problem(), Double.NaN))
                .toArray();
        double[] differences = new double[a.length];
        int onlyFirst = 0;
        int onlySecond = 0;
        boolean binary = true;
        for (int i = 0; i < a.length; i++) {
            differences[i] = b[i] - a[i];
            onlyFirst += a[i] > b[i] ? 1 : 0;
            onlySecond += b[i] > a[i] ? 1 : 0;
            binary &= isBinary(a[i]) && isBinary(b[i]);
        }
        Interval interval = Bootstrap.difference(differences);
        Double p = binary ? McNemar.p(onlyFirst, onlySecond) : null;
        boolean excludesZero = interval.low() > 0 || interval.high() < 0;
        double one = Arrays.stream(a).average().orElseThrow();
        double other = Arrays.stream(b).average().orElseThrow();
        return new Comparison(
                SeriesName.of(first.key()).toString(),
                SeriesName.of(second.key()).toString(),
                a.length,
                one,
                other,
                other - one,
                interval.low(),
                interval.high(),
                onlyFirst,
                onlySecond,
                p,
                excludesZero && (p == null || p < SIGNIFICANT));
    }

    private static boolean isBinary(double value) {
        return value == 0 || value == 1;
    }
}

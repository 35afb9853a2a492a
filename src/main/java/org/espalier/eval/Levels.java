package org.espalier.eval;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.Series.Result;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.SearchMethod;

/** Levels of difficulty. */
public final class Levels {
    private static final int QUINTILES = 5;

    /** Numbers by their value, and before them nothing. */
    static final Comparator<String> ORDER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    /** Where levels come from. */
    public enum Source {
        /** The data set says. */
        OWN,
        /** Measured: fifths of the problems, by the share of the policy's samples that are right; 1 is the easiest. */
        QUINTILE
    }

    private Levels() {}

    /**
     * The fifth that each problem is in.
     *
     * @param all of them those are used that say how often one sample is right: pass@1 of majority or best-of-n
     * @throws UsageException if none does
     */
    static Map<String, String> quintiles(Collection<Series> all) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (Series series : all) {
            Series.Key key = series.key();
            boolean isOfSamples = key.method() == SearchMethod.MAJORITY || key.method() == SearchMethod.BEST_OF_N;
            if (isOfSamples && key.selection() == Criterion.PASS && key.n() == 1) {
                for (Result result : series.results()) {
                    double[] sum = sums.computeIfAbsent(result.problem(), problem -> new double[2]);
                    sum[0] += result.correct();
                    sum[1]++;
                }
            }
        }
        if (sums.isEmpty()) {
            throw new UsageException(Wording.of(
                    "%s goes by how often one sample is correct, and no run here says that:"
                            + " add one with majority or best-of-n",
                    Parameter.of("levels").with("quintile")));
        }
        List<String> easiestFirst = sums.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> -entry.getValue()[0] / entry.getValue()[1]))
                .map(Map.Entry::getKey)
                .toList();
        Map<String, String> levels = new HashMap<>();
        for (int i = 0; i < easiestFirst.size(); i++) {
            levels.put(easiestFirst.get(i), String.valueOf(1 + i * QUINTILES / easiestFirst.size()));
        }
        return levels;
    }
}

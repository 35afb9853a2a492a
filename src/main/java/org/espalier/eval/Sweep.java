package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;

/**
 * Which methods are measured at which n, and what has to be run for that. Samples of majority and best-of-n are drawn
 * independently, so their largest n is run alone and the first k of its samples are what n = k would have drawn; a tree
 * search is run for each n; greedy has one completion.
 *
 * @param points to be run, each with the n at which its results are reported
 * @param skipped lines that say what cannot be run, and why
 */
public record Sweep(Map<SweepPoint, List<Integer>> points, List<Wording> skipped) {
    /**
     * Plans a sweep.
     *
     * @param config whose beam width and semantics the tree searches have
     * @throws UsageException if nothing is left to run, or an n is out of its range
     */
    public static Sweep of(List<SearchMethod> methods, List<Integer> sizes, SearchConfig config) {
        List<Integer> ns = sizes.stream().distinct().sorted().toList();
        Map<SweepPoint, List<Integer>> points = new LinkedHashMap<>();
        List<Wording> skipped = new ArrayList<>();
        for (SearchMethod method : methods.stream().distinct().toList()) {
            if (method == SearchMethod.GREEDY) {
                points.put(new SweepPoint(method, 1), List.of(1));
            } else if (method.hasIndependentSamples()) {
                points.put(new SweepPoint(method, Collections.max(ns)), ns);
            } else {
                for (int n : ns) {
                    addAtItsOwnN(new SweepPoint(method, n), config, points, skipped);
                }
            }
        }
        if (points.isEmpty()) {
            throw new UsageException(Wording.of(
                    "there is nothing to measure: "
                            + skipped.stream().map(line -> "%s").collect(Collectors.joining("; ")),
                    skipped.toArray()));
        }
        return new Sweep(Collections.unmodifiableMap(points), List.copyOf(skipped));
    }

    private static void addAtItsOwnN(
            SweepPoint point, SearchConfig config, Map<SweepPoint, List<Integer>> points, List<Wording> skipped) {
        if (point.n() == 1) {
            skipped.add(Wording.of(
                    "%s is not measured at n = 1, where it has nothing to choose from",
                    point.method().cliName()));
            return;
        }
        try {
            config.toBuilder().n(point.n()).build().validateFor(point.method());
            points.put(point, List.of(point.n()));
        } catch (UsageException e) {
            skipped.add(Wording.of(
                    "%s is not measured at n = %d: %s", point.method().cliName(), point.n(), e.wording()));
        }
    }

    /** How a method's completions can choose the answer; without scores they only vote. */
    static List<Selection> selections(SearchMethod method) {
        return method.needsPrm() ? List.of(Selection.values()) : List.of(Selection.MAJORITY);
    }

    /**
     * Where a point's record has the answer: at the reported n, at every power of two up to n, and at n. Of dvts at whole
     * subtrees only; of auto, which decides itself how many it needs, at n only.
     */
    SortedSet<Integer> recordedAt(SweepPoint point, int beamWidth) {
        SortedSet<Integer> at = new TreeSet<>(points.getOrDefault(point, List.of()));
        for (int k = 1; k < point.n(); k *= 2) {
            at.add(k);
        }
        at.add(point.n());
        if (point.method() == SearchMethod.AUTO) {
            at.removeIf(k -> k != point.n());
        }
        if (point.method() == SearchMethod.DVTS) {
            at.removeIf(k -> k % beamWidth != 0);
        }
        return at;
    }
}

package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;

/**
 * Which methods are measured at which n, and what has to be run for that. Samples of majority and best-of-n are drawn
 * independently, so their largest n is run alone and the first k of its samples are what n = k would have drawn; a tree
 * search is run for each n; greedy has one completion.
 *
 * @param cells to be run, each with the n at which its results are reported
 * @param skipped lines that say what cannot be run, and why
 */
public record Sweep(Map<Cell, List<Integer>> cells, List<String> skipped) {
    /**
     * Plans a sweep.
     *
     * @param config whose beam width and semantics the tree searches have
     * @throws UsageException if nothing is left to run, or an n is out of its range
     */
    public static Sweep of(List<SearchMethod> methods, List<Integer> sizes, SearchConfig config) {
        List<Integer> ns = sizes.stream().distinct().sorted().toList();
        Map<Cell, List<Integer>> cells = new LinkedHashMap<>();
        List<String> skipped = new ArrayList<>();
        for (SearchMethod method : methods.stream().distinct().toList()) {
            switch (method) {
                case GREEDY -> cells.put(new Cell(method, 1), List.of(1));
                case MAJORITY, BEST_OF_N -> cells.put(new Cell(method, Collections.max(ns)), ns);
                case SHORT_M, BEAM, DVTS, AUTO, REBASE, DORA, SPECULATIVE_REJECTION, PARTICLE, MCTS, REFINE, REVISE -> {
                    for (int n : ns) {
                        addAtItsOwnN(new Cell(method, n), config, cells, skipped);
                    }
                }
            }
        }
        if (cells.isEmpty()) {
            throw new UsageException("there is nothing to measure: " + String.join("; ", skipped));
        }
        return new Sweep(Collections.unmodifiableMap(cells), List.copyOf(skipped));
    }

    private static void addAtItsOwnN(
            Cell cell, SearchConfig config, Map<Cell, List<Integer>> cells, List<String> skipped) {
        if (cell.n() == 1) {
            skipped.add(cell.method().cliName() + " is not measured at n = 1, where it has nothing to choose from");
            return;
        }
        try {
            config.toBuilder().n(cell.n()).build().validateFor(cell.method());
            cells.put(cell, List.of(cell.n()));
        } catch (UsageException e) {
            skipped.add(
                    "%s is not measured at n = %d: %s".formatted(cell.method().cliName(), cell.n(), e.getMessage()));
        }
    }

    /** How a method's completions can choose the answer; without scores they only vote. */
    static List<Selection> selections(SearchMethod method) {
        return method.needsPrm() ? List.of(Selection.values()) : List.of(Selection.MAJORITY);
    }

    /**
     * Where a cell's record has the answer: at the reported n, at every power of two up to n, and at n. Of dvts at whole
     * subtrees only; of auto, which decides itself how many it needs, at n only.
     */
    SortedSet<Integer> recordedAt(Cell cell, int beamWidth) {
        SortedSet<Integer> at = new TreeSet<>(cells.getOrDefault(cell, List.of()));
        for (int k = 1; k < cell.n(); k *= 2) {
            at.add(k);
        }
        at.add(cell.n());
        if (cell.method() == SearchMethod.AUTO) {
            at.removeIf(k -> k != cell.n());
        }
        if (cell.method() == SearchMethod.DVTS) {
            at.removeIf(k -> k % beamWidth != 0);
        }
        return at;
    }
}

package org.espalier.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.espalier.eval.Estimates.Interval;
import org.espalier.eval.EvalRecord.Chosen;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.jspecify.annotations.Nullable;

/** What the records of a sweep say together. Keeps of each record what the table needs, not the completions. One thread. */
public final class Measurements {
    static final String PASS = "pass";

    /** Numbers by their value, and before them nothing. */
    private static final Comparator<String> LEVEL_ORDER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    /** What a selection chose among so many completions. */
    private record Choice(String selection, int n) {}

    /**
     * A problem in a cell.
     *
     * @param right what was chosen rightly
     * @param pass pass@k by k
     * @param share of the run's tokens that the first k completions took, by k
     */
    private record Outcome(
            @Nullable String level,
            Set<Choice> right,
            Map<Integer, Double> pass,
            Map<Integer, Double> share,
            long policyTokens,
            long prmTokens) {}

    private final Sweep sweep;
    private final Map<Cell, Map<String, Outcome>> outcomes = new HashMap<>();
    private final Map<Cell, Map<Integer, Double>> seconds = new HashMap<>();
    private int sessions;

    public Measurements(Sweep sweep) {
        this.sweep = sweep;
        sweep.cells().keySet().forEach(cell -> {
            outcomes.put(cell, new LinkedHashMap<>());
            seconds.put(cell, new HashMap<>());
        });
    }

    /** Whether a problem's record is there. */
    public boolean has(Cell cell, DatasetItem item) {
        return outcomesOf(cell).containsKey(item.id());
    }

    /** Of all cells. */
    public int records() {
        return outcomes.values().stream().mapToInt(Map::size).sum();
    }

    /** Processes that have worked on the records. */
    int sessions() {
        return sessions;
    }

    void add(EvalRecord record) {
        Cell cell = new Cell(SearchMethod.parse(record.method()), record.n());
        List<Integer> reported = sweep.cells().getOrDefault(cell, List.of());
        if (reported.isEmpty()) {
            return;
        }
        Set<Choice> right = new HashSet<>();
        for (Chosen chosen : record.answers()) {
            if (chosen.correct() && reported.contains(chosen.n())) {
                right.add(new Choice(chosen.selection(), chosen.n()));
            }
        }
        Map<Integer, Double> pass = new HashMap<>();
        Map<Integer, Double> share = new HashMap<>();
        for (int k : reported) {
            pass.put(k, pass(record, k));
            share.put(k, k == record.n() ? 1 : share(record, k));
        }
        outcomesOf(cell)
                .put(
                        record.id(),
                        new Outcome(
                                record.level() == null ? null : record.level().toString(),
                                right,
                                pass,
                                share,
                                record.usage().policyTokens(),
                                record.usage().prmTokens()));
        secondsOf(cell).merge(record.session(), record.cellSeconds(), Math::max);
        sessions = Math.max(sessions, record.session());
    }

    /** A tree search's completions are not independent: of them it is known only whether one of all is right. */
    private static double pass(EvalRecord record, int k) {
        List<Sampled> completions = record.completions();
        int right = (int) completions.stream().filter(Sampled::correct).count();
        return k < completions.size() ? Estimates.passAtK(completions.size(), right, k) : Math.min(1, right);
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
    public List<EvalRow> rows(String dataset) {
        List<EvalRow> rows = new ArrayList<>();
        sweep.cells().forEach((cell, reported) -> {
            for (Selection selection : Sweep.selections(cell.method())) {
                String name = selection.name().toLowerCase(Locale.ROOT);
                for (int k : reported) {
                    Choice choice = new Choice(name, k);
                    addRow(
                            rows,
                            dataset,
                            cell,
                            name,
                            k,
                            outcome -> outcome.right().contains(choice) ? 1 : 0);
                }
            }
            if (cell.method() != SearchMethod.GREEDY) {
                for (int k : reported) {
                    addRow(
                            rows,
                            dataset,
                            cell,
                            PASS,
                            k,
                            outcome -> outcome.pass().getOrDefault(k, 0.0));
                }
            }
        });
        return rows;
    }

    private void addRow(
            List<EvalRow> rows, String dataset, Cell cell, String selection, int n, ToDoubleFunction<Outcome> value) {
        List<Outcome> all = List.copyOf(outcomesOf(cell).values());
        if (all.isEmpty()) {
            return;
        }
        double accuracy = mean(all, value);
        Interval interval = Estimates.wilson(accuracy, all.size());
        ToDoubleFunction<Outcome> share = outcome -> outcome.share().getOrDefault(n, 1.0);
        double wall = secondsOf(cell).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        Map<String, List<Outcome>> byLevel = new TreeMap<>(LEVEL_ORDER);
        for (Outcome outcome : all) {
            if (outcome.level() != null) {
                byLevel.computeIfAbsent(outcome.level(), level -> new ArrayList<>())
                        .add(outcome);
            }
        }
        Map<String, Double> levels = new LinkedHashMap<>();
        byLevel.forEach((level, members) -> levels.put(level, mean(members, value)));
        rows.add(new EvalRow(
                dataset,
                cell.method().cliName(),
                selection,
                n,
                cell.n(),
                accuracy,
                interval.low(),
                interval.high(),
                all.size(),
                mean(all, outcome -> outcome.policyTokens() * share.applyAsDouble(outcome)),
                mean(all, outcome -> outcome.prmTokens() * share.applyAsDouble(outcome)),
                wall / all.size() * mean(all, share),
                levels));
    }

    private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> value) {
        return outcomes.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private Map<String, Outcome> outcomesOf(Cell cell) {
        return outcomes.computeIfAbsent(cell, c -> new LinkedHashMap<>());
    }

    private Map<Integer, Double> secondsOf(Cell cell) {
        return seconds.computeIfAbsent(cell, c -> new HashMap<>());
    }
}

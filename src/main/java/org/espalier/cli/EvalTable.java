package org.espalier.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.eval.EvalRow;

/** The rows of a sweep for a person to read. */
final class EvalTable {
    private final Terminal terminal;
    private final PrintStream out;

    EvalTable(Terminal terminal, PrintStream out) {
        this.terminal = terminal;
        this.out = out;
    }

    void print(List<EvalRow> rows) {
        List<String> levels = rows.stream()
                .flatMap(row -> row.levels().keySet().stream())
                .distinct()
                .toList();
        List<List<String>> cells = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("method", "selection", "n", "accuracy %", "95 %"));
        levels.forEach(level -> header.add("L" + level));
        header.addAll(List.of("policy tokens", "PRM tokens", "seconds"));
        cells.add(header);
        for (EvalRow row : rows) {
            List<String> line = new ArrayList<>(List.of(
                    row.method(),
                    row.isPass() ? "pass@n" : row.selection(),
                    row.n() + (row.n() < row.runN() ? "*" : " "),
                    percent(row.accuracy()),
                    percent(row.low()) + "-" + percent(row.high())));
            levels.forEach(level -> line.add(
                    row.levels().containsKey(level) ? percent(row.levels().get(level)) : ""));
            line.add(String.format(Locale.ROOT, "%,.0f", row.policyTokensPerProblem()));
            line.add(String.format(Locale.ROOT, "%,.0f", row.prmTokensPerProblem()));
            line.add(String.format(Locale.ROOT, "%.3f", row.secondsPerProblem()));
            cells.add(line);
        }
        printAligned(cells);
        printNotes(rows);
    }

    private void printAligned(List<List<String>> cells) {
        int columns = cells.get(0).size();
        int[] widths = new int[columns];
        for (List<String> line : cells) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (int at = 0; at < cells.size(); at++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String format = i < 2 ? "%-" + widths[i] + "s  " : "%" + widths[i] + "s  ";
                text.append(String.format(Locale.ROOT, format, cells.get(at).get(i)));
            }
            String line = text.toString().stripTrailing();
            out.println(at == 0 ? terminal.format("@|bold %s|@", line) : line);
        }
    }

    private void printNotes(List<EvalRow> rows) {
        String problems = rows.stream().map(EvalRow::problems).collect(Collectors.toCollection(TreeSet::new)).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(" to "));
        Set<String> datasets = rows.stream().map(EvalRow::dataset).collect(Collectors.toCollection(TreeSet::new));
        out.println(terminal.format(
                "@|faint %s|@",
                problems + " problems of " + String.join(", ", datasets)
                        + "; Wilson intervals; tokens and seconds are of one problem"));
        if (rows.stream().anyMatch(row -> row.n() < row.runN())) {
            out.println(terminal.format(
                    "@|faint %s|@",
                    "* read off the first n completions of the largest run; PRM tokens and seconds in proportion"));
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}

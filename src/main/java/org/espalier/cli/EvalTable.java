package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.eval.EvalRow;

/** The rows of a sweep for a person to read. */
final class EvalTable {
    private final Terminal terminal;

    EvalTable(Terminal terminal) {
        this.terminal = terminal;
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
                    row.method().cliName(),
                    row.isPass() ? "pass@n" : row.selection().toString(),
                    row.n() + (row.n() < row.runN() ? "*" : " "),
                    Numbers.percent(row.accuracy()),
                    Numbers.percent(row.low()) + "-" + Numbers.percent(row.high())));
            levels.forEach(level -> line.add(
                    row.levels().containsKey(level)
                            ? Numbers.percent(row.levels().get(level))
                            : ""));
            line.add(Numbers.whole(row.policyTokensPerProblem()));
            line.add(Numbers.whole(row.prmTokensPerProblem()));
            line.add(Numbers.seconds(row.secondsPerProblem()));
            cells.add(line);
        }
        new TextTable(cells, 2).print(terminal);
        printNotes(rows);
    }

    private void printNotes(List<EvalRow> rows) {
        String problems = rows.stream().map(EvalRow::problems).collect(Collectors.toCollection(TreeSet::new)).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(" to "));
        Set<String> datasets = rows.stream().map(EvalRow::dataset).collect(Collectors.toCollection(TreeSet::new));
        terminal.println(
                "@|faint %s|@",
                problems + " problems of " + String.join(", ", datasets) + "; " + intervals(rows)
                        + "; tokens and seconds are of one problem");
        if (rows.stream().anyMatch(row -> row.n() < row.runN())) {
            terminal.println(
                    "@|faint %s|@",
                    "* read off the first n completions of the largest run; PRM tokens and seconds in proportion");
        }
    }

    private static String intervals(List<EvalRow> rows) {
        int seeds = rows.stream().mapToInt(EvalRow::seeds).max().orElse(1);
        return seeds == 1
                ? "Wilson intervals"
                : "means over " + seeds + " seeds; intervals over problems, each with its mean";
    }
}

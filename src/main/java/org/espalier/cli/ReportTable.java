package org.espalier.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.Criterion;
import org.espalier.eval.ReportRow;
import org.espalier.search.SearchMethod;

/** A report's rows for a person: one line for each result, with its levels beside it. */
final class ReportTable {
    private record Result(String run, SearchMethod method, Criterion selection, int n) {
        static Result of(ReportRow row) {
            return new Result(row.run(), row.method(), row.selection(), row.n());
        }
    }

    private ReportTable() {}

    static TextTable of(List<ReportRow> rows) {
        boolean severalRuns = rows.stream().map(ReportRow::run).distinct().count() > 1;
        List<String> levels = rows.stream()
                .filter(row -> row.level() != null)
                .map(row -> String.valueOf(row.level()))
                .distinct()
                .toList();
        Map<Result, Map<String, String>> atLevel = new LinkedHashMap<>();
        for (ReportRow row : rows) {
            if (row.level() != null) {
                atLevel.computeIfAbsent(Result.of(row), result -> new LinkedHashMap<>())
                        .put(row.level(), Numbers.percent(row.accuracy()));
            }
        }
        List<List<String>> cells = new ArrayList<>();
        List<String> header = new ArrayList<>();
        if (severalRuns) {
            header.add("run");
        }
        header.addAll(List.of("method", "selection", "n", "accuracy %", "95 %"));
        levels.forEach(level -> header.add("L" + level));
        header.addAll(List.of("problems", "seeds", "policy tokens", "PRM tokens", "seconds"));
        boolean energy = rows.stream().anyMatch(row -> row.joulesPerProblem() != null);
        boolean priced = rows.stream().anyMatch(row -> row.pricePerProblem() != null);
        if (energy) {
            header.add("joules");
        }
        if (priced) {
            header.add("price of 1,000");
        }
        cells.add(header);
        for (ReportRow row : rows) {
            if (row.level() != null) {
                continue;
            }
            List<String> line = new ArrayList<>();
            if (severalRuns) {
                line.add(row.run());
            }
            line.addAll(List.of(
                    row.method().cliName(),
                    row.selection() == Criterion.PASS
                            ? "pass@n"
                            : row.selection().toString(),
                    String.valueOf(row.n()),
                    Numbers.percent(row.accuracy()),
                    Numbers.percent(row.low()) + "-" + Numbers.percent(row.high())));
            Map<String, String> known = atLevel.getOrDefault(Result.of(row), Map.of());
            levels.forEach(level -> line.add(known.getOrDefault(level, "")));
            line.addAll(List.of(
                    String.valueOf(row.problems()),
                    String.valueOf(row.seeds()),
                    Numbers.whole(row.tokensPerProblem()),
                    Numbers.whole(row.prmTokensPerProblem()),
                    Numbers.seconds(row.secondsPerProblem())));
            if (energy) {
                line.add(ProcessTable.orBlank(row.joulesPerProblem(), Numbers::seconds));
            }
            if (priced) {
                line.add(ProcessTable.orBlank(row.pricePerProblem(), price -> Numbers.seconds(1000 * price)));
            }
            cells.add(line);
        }
        return new TextTable(cells, severalRuns ? 3 : 2);
    }
}

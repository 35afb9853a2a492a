package org.espalier.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.eval.Criterion;
import org.espalier.eval.ReportRow;

/** A report with a line for each method and selection, and a column for each n: accuracy in percent, and its interval. */
final class PivotTable {
    /** How it is written. */
    enum Form {
        TEXT,
        MARKDOWN,
        LATEX
    }

    /** A line of the table. */
    private record Line(String run, String method, String selection) {
        static Line of(ReportRow row) {
            String selection = row.selection() == Criterion.PASS
                    ? "pass@n"
                    : row.selection().toString();
            return new Line(row.run(), row.method().cliName(), selection);
        }
    }

    private final Map<Line, Map<Integer, ReportRow>> lines = new LinkedHashMap<>();
    private final SortedSet<Integer> sizes = new TreeSet<>();
    private final boolean severalRuns;

    /** @param rows of one data set; those of single levels are left out */
    PivotTable(List<ReportRow> rows) {
        for (ReportRow row : rows) {
            if (row.level() == null) {
                lines.computeIfAbsent(Line.of(row), line -> new LinkedHashMap<>())
                        .putIfAbsent(row.n(), row);
                sizes.add(row.n());
            }
        }
        severalRuns = lines.keySet().stream().map(Line::run).distinct().count() > 1;
    }

    /** For a terminal or Markdown. */
    TextTable table() {
        List<List<String>> cells = new ArrayList<>();
        List<String> header = names("run", "method", "selection");
        sizes.forEach(n -> header.add("n = " + n));
        cells.add(header);
        lines.forEach((line, at) -> {
            List<String> cell = names(line.run(), line.method(), line.selection());
            for (int n : sizes) {
                ReportRow row = at.get(n);
                cell.add(row == null ? "" : percent(row.accuracy()) + " [" + interval(row) + "]");
            }
            cells.add(cell);
        });
        return new TextTable(cells, header.size() - sizes.size());
    }

    /** A {@code tabular}, for the package booktabs. */
    String latex() {
        int names = severalRuns ? 3 : 2;
        StringBuilder text =
                new StringBuilder("% Accuracy in percent and its 95 % interval; needs \\usepackage{booktabs}\n");
        text.append("\\begin{tabular}{")
                .append("l".repeat(names))
                .append("r".repeat(sizes.size()))
                .append("}\n");
        text.append("\\toprule\n");
        List<String> header = names("run", "method", "selection");
        sizes.forEach(n -> header.add("$n = " + n + "$"));
        append(text, header);
        text.append("\\midrule\n");
        lines.forEach((line, at) -> {
            List<String> cells = names(escaped(line.run()), escaped(line.method()), escaped(line.selection()));
            for (int n : sizes) {
                ReportRow row = at.get(n);
                cells.add(row == null ? "--" : percent(row.accuracy()) + " {\\scriptsize [" + interval(row) + "]}");
            }
            append(text, cells);
        });
        return text.append("\\bottomrule\n\\end{tabular}\n").toString();
    }

    private static void append(StringBuilder text, List<String> cells) {
        text.append(String.join(" & ", cells)).append(" \\\\\n");
    }

    private List<String> names(String run, String method, String selection) {
        return new ArrayList<>(severalRuns ? List.of(run, method, selection) : List.of(method, selection));
    }

    private static String percent(double share) {
        return Numbers.percent(share);
    }

    private static String interval(ReportRow row) {
        return percent(row.low()) + ", " + percent(row.high());
    }

    /** A folder's name may have characters that LaTeX takes for its own. */
    private static String escaped(String text) {
        return text.chars().mapToObj(PivotTable::escaped).collect(Collectors.joining());
    }

    private static String escaped(int character) {
        return switch (character) {
            case '\\' -> "\\textbackslash{}";
            case '~' -> "\\textasciitilde{}";
            case '^' -> "\\textasciicircum{}";
            case '&', '%', '$', '#', '_', '{', '}' -> "\\" + (char) character;
            default -> String.valueOf((char) character);
        };
    }
}

package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;

/**
 * A report as one page that needs no other file and no network: plots, a table that can be sorted, and behind each line and
 * each point the records that it was computed from.
 */
public final class ReportPage {
    private static final String TEMPLATE = "report.html";
    private static final Pattern PART = Pattern.compile("\\{\\{(\\w+)}}");

    private final String dataset;
    private final List<ReportRow> rows;
    private final PageRecords records;

    /** A column of the table: a name, and what stands in it. */
    private record Column(String name, boolean number, Function<ReportRow, String> cell) {}

    /** A line of the table, as the page's script looks for its records. */
    private record Line(String run, @MethodName SearchMethod method, Criterion selection, int n) {}

    /** All that the page's script reads. */
    private record Data(
            List<Line> rows,
            List<PageRecords.Run> runs,
            List<PageRecords.Posed> problems,
            List<PageRecords.Found> records) {}

    /**
     * @param rows of one data set
     * @param folders of the runs that they are of
     * @param out the folder of the page
     */
    public ReportPage(String dataset, List<ReportRow> rows, List<Path> folders, Path out) {
        this.dataset = dataset;
        this.rows = rows.stream().filter(row -> row.level() == null).toList();
        records = PageRecords.read(folders, out);
    }

    /** The page. */
    public String html() {
        List<Line> lines = rows.stream()
                .map(row -> new Line(row.run(), row.method(), row.selection(), row.n()))
                .toList();
        String data =
                Json.LINES.writeValueAsString(new Data(lines, records.runs(), records.problems(), records.records()));
        Map<String, String> parts = Map.of(
                "title", PageText.of(dataset),
                "about", PageText.of(about()),
                "plots", plots(),
                "table", table(),
                "data", PageText.script(data));
        // In one pass: what is put in is not looked through again.
        return PART.matcher(template())
                .replaceAll(found -> Matcher.quoteReplacement(parts.getOrDefault(found.group(1), "")));
    }

    private static String template() {
        try (InputStream in = Objects.requireNonNull(
                ReportPage.class.getResourceAsStream(TEMPLATE), "the report's page is missing from the jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String about() {
        int problems = rows.stream().mapToInt(ReportRow::problems).max().orElse(0);
        int seeds = rows.stream().mapToInt(ReportRow::seeds).max().orElse(1);
        return "%d problems, %d %s; intervals are of a bootstrap over problems, 95 %%"
                .formatted(problems, seeds, seeds == 1 ? "seed" : "seeds");
    }

    private String plots() {
        List<String> figures = new ArrayList<>();
        figures.add(figure("Accuracy against the number of completions", "completions a problem", ReportRow::n));
        figures.add(figure("Accuracy against tokens", "policy tokens a problem", ReportRow::tokensPerProblem));
        figures.add(figure("Accuracy against time", "seconds a problem", ReportRow::secondsPerProblem));
        if (rows.stream().allMatch(row -> row.joulesPerProblem() != null)) {
            figures.add(figure(
                    "Accuracy against energy",
                    "joules a problem",
                    row -> Objects.requireNonNullElse(row.joulesPerProblem(), 0.0)));
        }
        return String.join("\n", figures);
    }

    private String figure(String title, String axis, ToDoubleFunction<ReportRow> x) {
        String svg = new PagePlot(rows, axis, x).svg();
        return svg.isEmpty()
                ? ""
                : "<figure><figcaption>%s</figcaption>%n%s</figure>".formatted(PageText.of(title), svg);
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        if (rows.stream().map(ReportRow::run).distinct().count() > 1) {
            columns.add(new Column("run", false, ReportRow::run));
        }
        columns.add(new Column("method", false, row -> row.method().cliName()));
        columns.add(new Column(
                "selection",
                false,
                row -> row.selection() == Criterion.PASS
                        ? "pass@n"
                        : row.selection().toString()));
        columns.add(new Column("n", true, row -> String.valueOf(row.n())));
        columns.add(new Column("accuracy %", true, row -> percent(row.accuracy())));
        columns.add(new Column("from", true, row -> percent(row.low())));
        columns.add(new Column("to", true, row -> percent(row.high())));
        columns.add(new Column("problems", true, row -> String.valueOf(row.problems())));
        columns.add(new Column("seeds", true, row -> String.valueOf(row.seeds())));
        columns.add(new Column("policy tokens", true, row -> number(row.tokensPerProblem(), 0)));
        columns.add(new Column("PRM tokens", true, row -> number(row.prmTokensPerProblem(), 0)));
        columns.add(new Column("seconds", true, row -> number(row.secondsPerProblem(), 3)));
        if (rows.stream().anyMatch(row -> row.joulesPerProblem() != null)) {
            columns.add(new Column("joules", true, row -> number(row.joulesPerProblem(), 1)));
        }
        return columns;
    }

    private static String percent(double share) {
        return number(100 * share, 1);
    }

    private static String number(@Nullable Double value, int digits) {
        return value == null ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private String table() {
        List<Column> columns = columns();
        StringBuilder html = new StringBuilder("<table id=\"results\"><thead><tr>");
        for (Column column : columns) {
            html.append("<th scope=\"col\"%s><button type=\"button\">%s</button></th>"
                    .formatted(column.number() ? " class=\"number\"" : "", PageText.of(column.name())));
        }
        html.append("<th scope=\"col\">records</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < rows.size(); i++) {
            ReportRow row = rows.get(i);
            html.append("<tr id=\"row-").append(i).append("\">");
            html.append(columns.stream()
                    .map(column -> "<td%s>%s</td>"
                            .formatted(
                                    column.number() ? " class=\"number\"" : "",
                                    PageText.of(column.cell().apply(row))))
                    .collect(Collectors.joining()));
            html.append("<td><a href=\"#row-").append(i).append("\">show</a></td></tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }
}

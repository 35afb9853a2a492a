package org.espalier.eval;

import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;

/** A report for other programs. Stateless. */
public final class ReportFiles {
    private static final CsvMapper CSV = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /** A 95 % interval reaches so many standard errors to each side. */
    private static final double NORMAL = 1.959964;

    /** The object in which the rows are. */
    private record Rows(List<ReportRow> rows, List<ProcessRow> processes) {}

    private ReportFiles() {}

    public static String json(List<ReportRow> rows, List<ProcessRow> processes) {
        return Json.PRETTY.writeValueAsString(new Rows(rows, processes));
    }

    /**
     * The results as lm-evaluation-harness writes them ({@code results_*.json}), for what reads its files: a task for each
     * run, a metric for each result, with the filter's name after a comma. Standard errors are of the intervals.
     */
    public static String lmEval(List<ReportRow> rows, List<RunFolder> runs) {
        ObjectNode file = Json.LINES.createObjectNode();
        ObjectNode results = file.putObject("results");
        ObjectNode configs = file.putObject("configs");
        ObjectNode samples = file.putObject("n-samples");
        boolean severalRuns = rows.stream().map(ReportRow::run).distinct().count() > 1;
        for (ReportRow row : rows) {
            if (row.level() != null) {
                continue;
            }
            String task = severalRuns ? row.dataset() + "@" + row.run() : row.dataset();
            String filter = "%s@%d/%s".formatted(row.method().cliName(), row.n(), row.selection());
            ObjectNode of =
                    results.withObject(JsonPointer.empty().appendProperty(task)).put("alias", task);
            of.put("exact_match," + filter, row.accuracy());
            of.put("exact_match_stderr," + filter, (row.high() - row.low()) / (2 * NORMAL));
            samples.withObject(JsonPointer.empty().appendProperty(task))
                    .put("original", row.problems())
                    .put("effective", row.problems());
            runs.stream()
                    .filter(run -> ("+" + row.run() + "+").contains("+" + run.name() + "+"))
                    .findFirst()
                    .ifPresent(run -> {
                        configs.set(task, run.configuration());
                        file.put(
                                "model_name", run.configuration().path("policy").asString(""));
                    });
            file.withObject("/versions").put(task, 1);
            file.withObject("/n-shot").put(task, 0);
            file.withObject(JsonPointer.compile("/higher_is_better").appendProperty(task))
                    .put("exact_match", true);
        }
        return Json.PRETTY.writeValueAsString(file);
    }

    /** With a header that names the fields; no level means all problems. */
    public static String csv(List<ReportRow> rows) {
        return CSV.writer(CSV.schemaFor(ReportRow.class).withHeader()).writeValueAsString(rows);
    }
}

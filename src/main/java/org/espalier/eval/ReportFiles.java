package org.espalier.eval;

import java.util.List;
import tools.jackson.databind.MapperFeature;
import tools.jackson.dataformat.csv.CsvMapper;

/** A report for other programs. Stateless. */
public final class ReportFiles {
    private static final CsvMapper CSV = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /** The object in which the rows are. */
    private record Rows(List<ReportRow> rows, List<ProcessRow> processes) {}

    private ReportFiles() {}

    public static String json(List<ReportRow> rows, List<ProcessRow> processes) {
        return Json.PRETTY.writeValueAsString(new Rows(rows, processes));
    }

    /** With a header that names the fields; no level means all problems. */
    public static String csv(List<ReportRow> rows) {
        return CSV.writer(CSV.schemaFor(ReportRow.class).withHeader()).writeValueAsString(rows);
    }
}

package org.espalier.cli;

import java.util.List;
import org.espalier.code.CodeDocument;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.wire.DocumentException;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchReport;
import org.espalier.wire.SolutionDocument;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a server reports of a search, read as the solution that it would have been here. */
final class RemoteReport {
    private RemoteReport() {}

    /**
     * Reads a report.
     *
     * @param report null if none came
     * @throws EspalierException if it is none
     */
    static SearchReport read(@Nullable JsonNode report) {
        if (report == null) {
            throw new EspalierException("the server ended its answer without a report: it is not an 'espalier serve'");
        }
        try {
            SearchReport read = SearchReport.read(report);
            read.outcome().limit();
            return read;
        } catch (DocumentException e) {
            throw unreadable(e.path() + " has to be " + e.expected(), e);
        } catch (IllegalArgumentException e) {
            throw unreadable("this version does not know its stoppedBy", e);
        }
    }

    /**
     * The solution that a report and the texts of its choices make.
     *
     * @param texts the best first
     * @throws EspalierException if they do not belong together
     */
    static SolutionDocument solution(Problem problem, SearchReport report, List<String> texts) {
        boolean none = report.choices().isEmpty() && texts.stream().allMatch(String::isEmpty) && texts.size() <= 1;
        if ((!none && report.choices().size() != texts.size())
                || (report.outcome().answer() != null && texts.isEmpty())) {
            throw new EspalierException("the server's answer cannot be read: it reports %d completions and sent %d"
                    .formatted(report.choices().size(), texts.size()));
        }
        return report.toDocument(problem.text(), texts);
    }

    /**
     * Reads what a report says of a program.
     *
     * @param report null if none came
     * @throws EspalierException if it says nothing of one
     */
    static CodeDocument program(@Nullable JsonNode report) {
        if (report == null || !report.path("code").isObject()) {
            throw new EspalierException(
                    "the server's answer says nothing of a program: is it an Espalier of this version?");
        }
        try {
            return Documents.read(report.path("code"), CodeDocument.class);
        } catch (DocumentException e) {
            throw unreadable("code." + e.path() + " has to be " + e.expected(), e);
        }
    }

    private static EspalierException unreadable(String why, Throwable cause) {
        return new EspalierException(
                "the server's answer cannot be read: %s; is it an Espalier of this version?".formatted(why), cause);
    }
}

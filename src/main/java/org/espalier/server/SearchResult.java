package org.espalier.server;

import java.util.List;
import org.espalier.search.Solution;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SearchReport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a search.
 *
 * @param queuedMillis that it waited for its turn
 * @param cachedTokens of its prompt that were computed already
 * @param program what was asked for; null where it was none
 */
record SearchResult(
        Solution solution,
        long queuedMillis,
        long cachedTokens,
        @Nullable WrittenProgram program) {
    /** @param withEndings whether the client has been told about the tree */
    Finished finished(SolveRequest request, List<Model> models, boolean withEndings) {
        List<Choice> choices = choices(request.search().choices());
        ObjectNode report = report(choices, models, withEndings).toJson();
        if (!solution.fields().isEmpty()) {
            report.set("fields", Json.MAPPER.valueToTree(solution.fields()));
        }
        if (program != null) {
            report.set("code", program.toJson());
        }
        report.set("ignored", Json.MAPPER.valueToTree(request.ignored()));
        List<ReplyTokens> tokens = request.tellsTokens()
                ? choices.stream()
                        .map(choice -> ReplyTokens.of(solution, choice))
                        .toList()
                : null;
        return new Finished(choices, solution.usage(), cachedTokens, report, tokens);
    }

    /** What the answer lists, the best first. */
    List<Choice> choices(int most) {
        List<Choice> listed = Choice.of(solution, most);
        return program == null ? listed : listed.stream().map(program::told).toList();
    }

    SearchReport report(List<Choice> choices, List<Model> models, boolean withEndings) {
        List<Integer> places =
                choices.stream().map(Choice::place).filter(place -> place >= 0).toList();
        return SearchReport.of(solution, places, models, queuedMillis, withEndings);
    }
}

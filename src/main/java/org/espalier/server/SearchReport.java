package org.espalier.server;

import java.util.List;
import java.util.Locale;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Ballot;
import org.espalier.search.Solution;
import org.espalier.server.Backend.Model;
import org.espalier.server.SearchService.Result;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code espalier} object of an answer, whose fields are spelled as those of {@code espalier solve --json}. */
final class SearchReport {
    private SearchReport() {}

    static ObjectNode of(Result result, List<Choice> choices, List<Model> models) {
        Solution solution = result.solution();
        Answer answer = solution.answer();
        ObjectNode report = Json.MAPPER.createObjectNode();
        report.put("answer", answer == null ? null : answer.text());
        report.put("method", solution.method().cliName());
        report.put("n", solution.config().n());
        report.put("beamWidth", solution.config().beamWidth());
        report.put("aggregation", lowerCase(solution.config().aggregation()));
        report.put("selection", lowerCase(solution.config().selection()));
        report.put("semantics", solution.config().semantics().name());
        report.put("seed", solution.config().seed());
        report.put("maxTokens", solution.config().maxTokens());
        report.put("agreement", solution.agreement());
        report.set("votes", Json.MAPPER.valueToTree(solution.votes()));
        report.put("completions", solution.completions().size());
        ArrayNode listed = report.putArray("choices");
        choices.forEach(choice -> describe(choice, listed.addObject()));
        report.put("stoppedBy", solution.stoppedBy() == null ? "completed" : lowerCase(solution.stoppedBy()));
        report.put("settled", solution.settled());
        report.put("prmBlind", solution.tree().isPrmBlind());
        report.put("queuedMillis", result.queuedMillis());
        report.set("usage", Json.MAPPER.valueToTree(solution.usage()));
        boolean judged = solution.method().needsPrm();
        report.set(
                "models",
                Json.MAPPER.valueToTree(models.stream()
                        .filter(model -> judged || model.role().equals("policy"))
                        .toList()));
        return report;
    }

    /**
     * Where in the tree that a stream has told about the completions end, and which of them stands for the answer; {@code
     * solve --tree} writes the same.
     */
    static void putEndings(Solution solution, ObjectNode report) {
        ArrayNode endings = report.putArray("endings");
        Integer selected = null;
        for (Ballot ballot : solution.ballots()) {
            Answer answer = ballot.completion().answer();
            endings.addObject()
                    .put("node", ballot.node())
                    .put("answer", answer == null ? null : answer.text())
                    .put("key", answer == null ? null : answer.key())
                    .put("votes", ballot.counts() ? 1 : 0);
            if (selected == null && ballot.completion().equals(solution.selected())) {
                selected = ballot.node();
            }
        }
        report.put("selected", selected);
    }

    private static void describe(Choice listed, ObjectNode choice) {
        Completion completion = listed.completion();
        if (completion == null) {
            return;
        }
        Answer answer = completion.answer();
        choice.put("place", listed.place());
        choice.put("answer", answer == null ? null : answer.text());
        choice.put("answerStated", answer != null && answer.stated());
        choice.put("score", Double.isNaN(completion.score()) ? null : completion.score());
        choice.set("stepScores", Json.MAPPER.valueToTree(completion.stepScores()));
        choice.put("finished", completion.finished());
        choice.put("tokens", completion.tokens());
        choice.put("logProb", completion.logProb());
    }

    private static @Nullable String lowerCase(@Nullable Enum<?> value) {
        return value == null ? null : value.name().toLowerCase(Locale.ROOT);
    }
}

package org.espalier.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.model.Answer;
import org.espalier.search.Ballot;
import org.espalier.search.Solution;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SolutionDocument.Judged;
import org.espalier.wire.SolutionDocument.Sample;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code espalier} object of a server's answer. The texts of its choices stand elsewhere in the answer, where clients
 * of OpenAI's API look for them. A client does without what may be null.
 *
 * @param completions that the search has, listed or not
 * @param choices what the answer lists, the best first
 * @param prmBlind whether the reward model told no candidates apart
 * @param queuedMillis that the request waited for its turn
 * @param endings where in the tree the completions end, if a stream has told about the tree
 * @param selected node of the completion that stands for the answer, likewise
 */
public record SearchReport(
        @JsonUnwrapped SearchOutcome outcome,
        @Nullable Integer maxTokens,
        @Nullable Integer completions,
        List<Listed> choices,
        boolean prmBlind,
        @Nullable Long queuedMillis,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Ending> endings,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer selected) {
    /**
     * A completion that the answer lists.
     *
     * @param place of the completion in the order of the search, from 0
     * @param slot its place among the n that the search was asked for, from 0; null from a server that does not tell it
     */
    public record Listed(
            int place,
            @Nullable Integer slot,
            @JsonUnwrapped Judged completion) {}

    /**
     * The end of a completion.
     *
     * @param node its last in the tree
     * @param answer null if nothing in the completion can be read as one
     * @param key of the answer; answers with equal keys vote together
     * @param votes that it cast; an unfinished completion casts none
     */
    public record Ending(
            int node, @Nullable String answer, @Nullable String key, int votes) {
        static Ending of(Ballot ballot) {
            Answer answer = ballot.completion().answer();
            return new Ending(
                    ballot.node(),
                    answer == null ? null : answer.text(),
                    answer == null ? null : answer.key(),
                    ballot.counts() ? 1 : 0);
        }
    }

    /**
     * The report about a search that has ended here.
     *
     * @param listed places of the completions that the answer lists
     * @param models the policy first; others are named if the search had its steps judged
     * @param withEndings whether the client has been told about the tree
     */
    public static SearchReport of(
            Solution solution, List<Integer> listed, List<Model> models, long queuedMillis, boolean withEndings) {
        boolean judged = solution.method().needsPrm();
        List<Model> used = models.stream()
                .filter(model -> judged || model.role().equals("policy"))
                .toList();
        return new SearchReport(
                SearchOutcome.of(solution, used),
                solution.config().maxTokens(),
                solution.completions().size(),
                listed.stream()
                        .map(place -> new Listed(
                                place,
                                solution.ballots().get(place).index(),
                                Judged.of(solution.completions().get(place))))
                        .toList(),
                solution.tree().isPrmBlind(),
                queuedMillis,
                withEndings ? solution.ballots().stream().map(Ending::of).toList() : null,
                withEndings ? selected(solution) : null);
    }

    private static @Nullable Integer selected(Solution solution) {
        return solution.ballots().stream()
                .filter(ballot -> ballot.completion().equals(solution.selected()))
                .map(Ballot::node)
                .findFirst()
                .orElse(null);
    }

    /**
     * Reads a report.
     *
     * @throws DocumentException if it is none
     */
    public static SearchReport read(JsonNode report) {
        JsonNode choices = report.path("choices");
        // A search that was stopped before it had any completion has one empty choice.
        if (choices instanceof ArrayNode list
                && list.size() == 1
                && list.get(0).isObject()
                && list.get(0).isEmpty()) {
            list.removeAll();
        }
        return Documents.read(report, SearchReport.class);
    }

    /** The report as an answer has it: with as many choices as the answer, which always has one. */
    public ObjectNode toJson() {
        ObjectNode report = Documents.MAPPER.valueToTree(this);
        if (choices.isEmpty()) {
            report.withArray("choices").addObject();
        }
        return report;
    }

    /**
     * The document that the same search would have given here.
     *
     * @param texts of the choices
     */
    public SolutionDocument toDocument(String problem, List<String> texts) {
        List<Integer> order = IntStream.range(0, choices.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> choices.get(i).place()))
                .toList();
        return new SolutionDocument(
                problem,
                texts.isEmpty() || texts.get(0).isBlank() ? null : texts.get(0),
                outcome,
                null,
                order.stream()
                        .map(i -> new Sample(texts.get(i), choices.get(i).completion()))
                        .toList(),
                null);
    }
}

package org.espalier.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Ballot;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Solution;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one method with one n made of one problem: a line of {@code records.jsonl}.
 *
 * @param problem its text; null in a record of an older version
 * @param reference the right answer
 * @param answers what each selection chooses among the first completions
 * @param completions finished or not
 * @param agreement share of the winning vote, 0 to 1; null in a record of an older version
 * @param usage of this search; its wall time is shared with the problems that were in flight with it
 * @param stoppedBy the limit that ended the search, or "completed"
 * @param process which process it was, from 1: a run that was killed and started again has several
 * @param pointSeconds wall time that this process had spent on the point when the problem was done. The last of a process is
 *     what its problems took together; divided by their number, it is a fair share for each
 */
public record EvalRecord(
        String dataset,
        String id,
        @Nullable String problem,
        @Nullable Object level,
        @Nullable String kind,
        String reference,
        @MethodName SearchMethod method,
        int n,
        long seed,
        List<Chosen> answers,
        List<Sampled> completions,
        @Nullable Double agreement,
        Usage usage,
        String stoppedBy,
        @JsonProperty("session") int process,
        @JsonProperty("cellSeconds") double pointSeconds) {

    /**
     * What a selection chooses.
     *
     * @param n among the first n completions
     * @param answer null if there is none
     */
    public record Chosen(
            @SelectionName Selection selection,
            int n,
            @Nullable String answer,
            boolean correct) {}

    /**
     * A completion.
     *
     * @param slot its place among the n, from 0
     * @param correct whether it votes and its answer is right
     * @param score rounded to six decimals; null if it was not judged
     * @param tokensAfterAnswer of its tokens, written after a line had come to its answer ({@link Overthinking}); null if it
     *     has no answer or the run is an older one
     * @param guessed true if the answer is not stated, but guessed from the text; otherwise null
     * @param text of all its steps; null if it was left out or the run is an older one
     * @param stepScores that it was made of, rounded as well; null if it was not judged or the run is an older one
     */
    public record Sampled(
            int slot,
            @Nullable String answer,
            boolean correct,
            @Nullable Double score,
            @Nullable List<@Nullable Double> stepScores,
            boolean finished,
            int tokens,
            @Nullable Integer tokensAfterAnswer,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Boolean guessed,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String text) {}

    /** @throws NullPointerException if something is missing that every version has recorded */
    public EvalRecord {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(answers, "answers");
        Objects.requireNonNull(completions, "completions");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(stoppedBy, "stoppedBy");
    }

    /**
     * Reads a line, also of a version that did not count all that is counted now.
     *
     * @throws tools.jackson.core.JacksonException if it is no record
     */
    static EvalRecord read(JsonNode line) {
        if (line.path("usage") instanceof ObjectNode usage && !usage.has("sharedTokens")) {
            usage.put("sharedTokens", 0);
        }
        return Json.LINES.treeToValue(line, EvalRecord.class);
    }

    /**
     * The line of a solution that was found away from the run's folder, for {@link EvalRun#append}.
     *
     * @param sweep that the solution's method and n are of
     * @param process which it was, from 1
     * @param pointSeconds as in the record
     */
    public static String line(
            Dataset dataset, DatasetItem item, Sweep sweep, Solution solution, int process, double pointSeconds) {
        return Json.LINES.writeValueAsString(of(dataset, item, sweep, solution, process, pointSeconds, true));
    }

    static EvalRecord of(
            Dataset dataset,
            DatasetItem item,
            Sweep sweep,
            Solution solution,
            int process,
            double pointSeconds,
            boolean texts) {
        SearchMethod method = solution.method();
        int n = method == SearchMethod.GREEDY ? 1 : solution.config().n();
        Grader grader = new Grader(item);
        List<Chosen> answers = new ArrayList<>();
        for (Selection selection : Sweep.selections(method)) {
            for (int k : sweep.recordedAt(
                    new SweepPoint(method, n), solution.config().beamWidth())) {
                Answer answer = solution.answerAt(k, selection).orElse(null);
                answers.add(new Chosen(selection, k, answer == null ? null : answer.text(), grader.isCorrect(answer)));
            }
        }
        return new EvalRecord(
                dataset.name(),
                item.id(),
                item.problem(),
                item.level(),
                item.kind(),
                item.answer(),
                method,
                n,
                solution.config().seed(),
                answers,
                solution.ballots().stream()
                        .map(ballot -> sampled(ballot, grader, texts))
                        .toList(),
                rounded(solution.agreement()),
                solution.usage(),
                solution.stoppedByName(),
                process,
                pointSeconds);
    }

    private static Sampled sampled(Ballot ballot, Grader grader, boolean texts) {
        Completion completion = ballot.completion();
        Answer answer = completion.answer();
        return new Sampled(
                ballot.index(),
                answer == null ? null : answer.text(),
                ballot.counts() && grader.isCorrect(answer),
                rounded(completion.score()),
                Double.isNaN(completion.score())
                        ? null
                        : completion.stepScores().stream()
                                .map(EvalRecord::rounded)
                                .toList(),
                completion.finished(),
                completion.tokens(),
                answer == null ? null : Overthinking.tokensAfterAnswer(completion, answer),
                (answer == null || answer.stated()) ? null : true,
                texts ? completion.text() : null);
    }

    private static @Nullable Double rounded(double score) {
        return Double.isNaN(score) ? null : Math.rint(score * 1e6) / 1e6;
    }

    /** Compares each answer once, however many completions give it. */
    private static final class Grader {
        private final DatasetItem item;
        private final Map<String, Boolean> known = new HashMap<>();

        Grader(DatasetItem item) {
            this.item = item;
        }

        boolean isCorrect(@Nullable Answer answer) {
            return answer != null && known.computeIfAbsent(answer.text(), text -> item.isCorrect(answer));
        }
    }
}

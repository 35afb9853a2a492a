package org.espalier.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.ReplyForm;
import org.espalier.search.Solution;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;

/**
 * A solution as the one object that {@code espalier solve --json} prints.
 *
 * @param problem its text
 * @param solution text of the completion that stands for the answer; null if there is none
 * @param fields how the replies voted on each part where they are voted on in parts; null where they are not
 * @param completions in the order of the search
 * @param engine null if a server ran it, which has other clients
 */
public record SolutionDocument(
        String problem,
        @Nullable String solution,

        @JsonUnwrapped SearchOutcome outcome,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ReplyForm.Field> fields,

        List<Sample> completions,
        @Nullable EngineReport engine) {
    /** A completion. */
    public record Sample(String text, @JsonUnwrapped Judged completion) {}

    /**
     * What a completion says, and what it is worth.
     *
     * @param answer null if nothing in the text can be read as one
     * @param answerStated whether the text says that this is its answer
     * @param stepScores that the score was made of
     * @param score null for what was not scored
     * @param finished whether the policy ended it; otherwise a limit did
     * @param tokens sampled for it
     * @param logProb sum of its tokens' log-probabilities, in nats
     */
    public record Judged(
            @Nullable String answer,
            boolean answerStated,
            List<Double> stepScores,
            @Nullable Double score,
            boolean finished,
            int tokens,
            double logProb) {
        static Judged of(Completion completion) {
            Answer answer = completion.answer();
            return new Judged(
                    answer == null ? null : answer.text(),
                    answer != null && answer.stated(),
                    completion.stepScores(),
                    Double.isNaN(completion.score()) ? null : completion.score(),
                    completion.finished(),
                    completion.tokens(),
                    completion.logProb());
        }
    }

    /** The document about a search that has ended here. */
    public static SolutionDocument of(Solution solution, List<Model> models, @Nullable EngineReport engine) {
        Completion selected = solution.selected();
        return new SolutionDocument(
                solution.problem().text(),
                selected == null ? null : selected.text(),
                SearchOutcome.of(solution, models),
                solution.fields().isEmpty() ? null : solution.fields(),
                solution.completions().stream()
                        .map(completion -> new Sample(completion.text(), Judged.of(completion)))
                        .toList(),
                engine);
    }
}

package org.espalier.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.espalier.model.Completion;
import org.espalier.search.Ballot;
import org.espalier.search.SearchNode;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * A sampled solution with its steps judged: a line of {@code espalier rollouts}.
 *
 * @param id of the problem
 * @param sample its number among the problem's, from 0
 * @param steps without white space around them
 * @param answer as the solution states it; null if it states none
 * @param correct whether the solution is finished and its answer right
 * @param finished whether the policy ended it; otherwise a limit did
 * @param firstError index of the first wrong step; -1 if none is; the number of steps if only the closing one is missing;
 *     null if nothing says what is right
 * @param scores of the steps, by the PRM; null for a step that was not judged, and altogether without a PRM
 * @param labels of the steps: the share of completions from there that reached the right answer; null where that was not
 *     estimated
 * @param tokens sampled for it
 */
public record Rollout(
        String id,
        int sample,
        String problem,
        List<String> steps,
        @Nullable String answer,
        boolean correct,
        boolean finished,
        @Nullable Integer firstError,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<@Nullable Double> scores,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<@Nullable Double> labels,
        int tokens,
        @Nullable Object level,
        @Nullable String kind) {

    /** Who judged the steps of a search. */
    public enum JudgedBy {
        /** Nobody: the exact checker alone says what is right. */
        NOBODY,
        /** A PRM, whose scores are written. */
        PRM,
        /** {@link MonteCarloPrm}, whose scores are labels. */
        MONTE_CARLO
    }

    /** A problem's samples. */
    public static List<Rollout> of(DatasetItem item, Solution solution, JudgedBy judge) {
        return solution.ballots().stream()
                .map(ballot -> of(item, solution, ballot, judge))
                .toList();
    }

    /** The line that {@link RecordFile#append} makes of it. */
    public String line() {
        return Json.LINES.writeValueAsString(this);
    }

    private static Rollout of(DatasetItem item, Solution solution, Ballot ballot, JudgedBy judge) {
        Completion completion = ballot.completion();
        List<String> steps = new ArrayList<>();
        List<@Nullable Double> scores = new ArrayList<>();
        for (SearchNode node : solution.tree().nodes().get(ballot.node()).path()) {
            Double score = Double.isNaN(node.score()) ? null : node.score();
            Arrays.stream(node.text().split(Pattern.quote(solution.config().delimiter())))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .forEach(text -> {
                        steps.add(text);
                        scores.add(score);
                    });
        }
        return new Rollout(
                item.id(),
                ballot.index(),
                item.problem(),
                List.copyOf(steps),
                completion.answer() == null ? null : completion.answer().text(),
                completion.finished() && item.isCorrect(completion.answer()),
                completion.finished(),
                firstError(item, steps, completion.finished(), judge == JudgedBy.MONTE_CARLO ? scores : List.of()),
                judge == JudgedBy.PRM ? scores : null,
                judge == JudgedBy.MONTE_CARLO ? scores : null,
                completion.tokens(),
                item.level(),
                item.kind());
    }

    private static @Nullable Integer firstError(
            DatasetItem item, List<String> steps, boolean finished, List<@Nullable Double> labels) {
        if (item.steps() != null) {
            return StepChecker.firstError(steps, finished, item.steps(), item.answer());
        }
        if (labels.isEmpty()) {
            return null;
        }
        return labels.indexOf(0.0);
    }
}

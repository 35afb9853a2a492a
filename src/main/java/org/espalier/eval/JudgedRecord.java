package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;
import org.espalier.eval.Calibration.Judged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The scores of a labelled solution: a line of {@value #FILE}.
 *
 * @param solution its number among all, from 0: ids need not be unique
 * @param scores of its labelled steps; null from where the solution is too long for the PRM
 * @param firstError index of the first wrong step; -1 if all are right
 */
public record JudgedRecord(int solution, String id, List<@Nullable Double> scores, int firstError) {
    /** The file's name. */
    public static final String FILE = "judged.jsonl";

    /** The record of a solution that was judged. */
    public static JudgedRecord of(int solution, LabelledSolution of, List<Double> scores) {
        List<@Nullable Double> known = new ArrayList<>();
        scores.forEach(score -> known.add(score.isNaN() ? null : score));
        return new JudgedRecord(solution, of.id(), known, of.firstError());
    }

    /** @throws tools.jackson.core.JacksonException if it is none */
    public static JudgedRecord read(JsonNode line) {
        return Json.LINES.treeToValue(line, JudgedRecord.class);
    }

    /** As calibration counts it. */
    public Judged toJudged() {
        return new Judged(
                scores.stream().map(score -> score == null ? Double.NaN : score).toList(), firstError);
    }
}

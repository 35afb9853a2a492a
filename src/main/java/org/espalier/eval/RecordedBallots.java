package org.espalier.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.search.Ballot;

/**
 * The completions of a record as they voted, without their texts.
 *
 * @param greedy that auto began with; none in the records of other methods
 * @param others by slot
 * @param correct answers
 * @param greedyTokens of the greedy completion
 * @param tokensEach of each of the n others, with what was sampled for it and thrown away
 */
record RecordedBallots(
        List<Ballot> greedy, List<Ballot> others, Map<String, Boolean> correct, int greedyTokens, double tokensEach) {
    static RecordedBallots of(EvalRecord record) {
        List<Ballot> greedy = new ArrayList<>();
        List<Ballot> others = new ArrayList<>();
        Map<String, Boolean> correct = new HashMap<>();
        int greedyTokens = 0;
        for (Sampled sampled : record.completions()) {
            boolean first = sampled.slot() >= record.n();
            if (first) {
                greedyTokens += sampled.tokens();
            }
            (first ? greedy : others).add(ballot(sampled));
            if (sampled.answer() != null) {
                correct.merge(sampled.answer(), sampled.correct(), Boolean::logicalOr);
            }
        }
        double each = (double) (record.usage().policyTokens() - greedyTokens) / record.n();
        return new RecordedBallots(greedy, others, correct, greedyTokens, each);
    }

    private static Ballot ballot(Sampled sampled) {
        Answer answer = sampled.answer() == null
                ? null
                : new Answer(sampled.answer(), sampled.answer(), sampled.guessed() == null);
        double score = sampled.score() == null ? Double.NaN : sampled.score();
        List<Double> scores = sampled.score() == null ? List.of() : List.of(score);
        Completion completion =
                new Completion("", answer, scores, score, sampled.finished(), sampled.tokens(), Double.NaN);
        return new Ballot(completion, 0, sampled.slot(), sampled.finished());
    }
}

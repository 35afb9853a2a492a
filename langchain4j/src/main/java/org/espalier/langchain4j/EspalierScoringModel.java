package org.espalier.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import java.util.List;
import org.espalier.Espalier;
import org.espalier.model.Problem;

/**
 * A scoring model that asks the reward model (PRM): a query is a problem, and a segment is a solution, or its first steps. A
 * segment's score is that of its last step, which most PRMs give as the probability, 0 to 1, that all is right so far.
 */
public final class EspalierScoringModel implements ScoringModel {
    private final Espalier espalier;

    /** Creates a model over an instance, which the caller closes. */
    public EspalierScoringModel(Espalier espalier) {
        this.espalier = espalier;
    }

    /**
     * Scores solutions of one problem.
     *
     * @return a score for each segment; {@link Double#NaN} for one that is too long for the PRM
     * @throws org.espalier.model.UsageException if the instance has no PRM
     */
    @Override
    public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        Problem problem = Problem.of(query);
        return Response.from(segments.stream()
                .map(segment -> espalier.stepScores(problem, segment.text()))
                .map(scores -> scores.get(scores.size() - 1))
                .toList());
    }
}

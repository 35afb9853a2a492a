package org.espalier.wire;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.Limit;
import org.espalier.model.Warning;
import org.espalier.search.ChosenBy;
import org.espalier.search.Confidence;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.search.Solution;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;

/**
 * What every document about a finished search says.
 *
 * @param answer null if there is none
 * @param votes by answer, the strongest first
 * @param agreement share of the winning vote, 0 to 1
 * @param chosenBy what decided about the completion that stands for the answer; null if nothing was written
 * @param confidence how much speaks for it
 * @param warnings what whoever reads the answer should know of it
 * @param stoppedBy {@value Solution#COMPLETED}, or the limit that ended the search before it was done
 * @param settled whether it ended before it had n completions because more would hardly have changed the answer
 * @param models that took part, the policy first
 */
public record SearchOutcome(
        @Nullable String answer,
        SearchMethod method,
        int n,
        int beamWidth,
        ScoreAggregation aggregation,
        Selection selection,
        String semantics,
        long seed,
        List<Vote> votes,
        double agreement,
        @Nullable ChosenBy chosenBy,
        Confidence confidence,
        List<Warning> warnings,
        String stoppedBy,
        boolean settled,
        Usage usage,
        List<Model> models) {
    /**
     * A model that took part.
     *
     * @param role "policy" or "prm"
     * @param sha256 of its file; null where a server has not read it yet
     */
    public record Model(String role, String name, @Nullable String sha256) {}

    /** The outcome of a search that has ended. */
    public static SearchOutcome of(Solution solution, List<Model> models) {
        SearchConfig config = solution.config();
        Answer answer = solution.answer();
        return new SearchOutcome(
                answer == null ? null : answer.text(),
                solution.method(),
                config.n(),
                config.beamWidth(),
                Objects.requireNonNull(config.aggregation()),
                Objects.requireNonNull(config.selection()),
                config.semantics().name(),
                config.seed(),
                solution.votes(),
                solution.agreement(),
                solution.chosenBy(),
                solution.confidence(),
                solution.warnings(),
                solution.stoppedByName(),
                solution.settled(),
                solution.usage(),
                models);
    }

    /**
     * The limit that ended the search; empty if it was done.
     *
     * @throws IllegalArgumentException if {@code stoppedBy} is not known
     */
    @JsonIgnore
    public Optional<Limit> limit() {
        return stoppedBy.equals(Solution.COMPLETED)
                ? Optional.empty()
                : Optional.of(Limit.valueOf(stoppedBy.toUpperCase(Locale.ROOT)));
    }
}

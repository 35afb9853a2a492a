package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.runtime.EngineReport;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solution;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;

/**
 * A solution as the one object that {@code --json} prints. Its fields are the record's.
 *
 * @param engine null if a server's ran it, which has other clients
 */
record SolutionJson(
        String problem,
        @Nullable String answer,
        @Nullable String solution,
        String method,
        int n,
        int beamWidth,
        String aggregation,
        String selection,
        String semantics,
        long seed,
        List<CompletionJson> completions,
        List<Vote> votes,
        double agreement,
        String stoppedBy,
        boolean settled,
        Usage usage,
        List<ModelJson> models,
        @Nullable EngineReport engine) {

    /** What stopped a search that nothing stopped early. */
    static final String COMPLETED = "completed";

    /** {@code score} is null for what was not scored. */
    record CompletionJson(
            String text,
            @Nullable String answer,
            boolean answerStated,
            List<Double> stepScores,
            @Nullable Double score,
            boolean finished,
            int tokens,
            double logProb) {
        static CompletionJson of(Completion completion) {
            Answer answer = completion.answer();
            return new CompletionJson(
                    completion.text(),
                    answer == null ? null : answer.text(),
                    answer != null && answer.stated(),
                    completion.stepScores(),
                    Double.isNaN(completion.score()) ? null : completion.score(),
                    completion.finished(),
                    completion.tokens(),
                    completion.logProb());
        }
    }

    /**
     * A model that took part.
     *
     * @param sha256 of its file; null where a server has not read it yet
     */
    record ModelJson(String role, String name, @Nullable String sha256) {}

    static SolutionJson of(Solution solution, List<ModelJson> models, EngineReport engine) {
        SearchConfig config = solution.config();
        Answer answer = solution.answer();
        Completion selected = solution.selected();
        return new SolutionJson(
                solution.problem().text(),
                answer == null ? null : answer.text(),
                selected == null ? null : selected.text(),
                solution.method().cliName(),
                config.n(),
                config.beamWidth(),
                lowerCase(Objects.requireNonNull(config.aggregation())),
                lowerCase(Objects.requireNonNull(config.selection())),
                config.semantics().name(),
                config.seed(),
                solution.completions().stream().map(CompletionJson::of).toList(),
                solution.votes(),
                solution.agreement(),
                solution.stoppedBy() == null ? COMPLETED : lowerCase(solution.stoppedBy()),
                solution.settled(),
                solution.usage(),
                models,
                engine);
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    String write() {
        return PrettyJson.of(this);
    }
}

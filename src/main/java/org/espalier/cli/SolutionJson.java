package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
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
        @Nullable EngineJson engine) {

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

    /**
     * What ran it.
     *
     * @param peakCells most of the policy's cache that was in use
     * @param tokensPerStep tokens of a decode of the policy on average
     * @param batchOccupancy share, 0 to 1, of the branches that it was made for that a step of the policy draws a token
     *     for, on average
     * @param kvLayout of the policy's cache; the PRM's is always shared
     * @param policySeconds in the native code of the policy: copies, decode, sampling, and judging itself
     * @param prmSeconds in that of the PRM; 0 if there is none
     * @param samplingSeconds of both, reading rows of logits: sampling and scores
     * @param schedulingSeconds of the engine outside them
     * @param searchSeconds of the search's own code
     * @param waitingSeconds in which the engine had nothing to do
     * @param joules that parts of the machine took meanwhile, other programs' share included; null where no counter can be
     *     read
     * @param joulesOf the parts
     * @param peakMemoryBytes resident, of the whole process since it started; null where the system does not say
     */
    record EngineJson(
            String espalier,
            String llamaCpp,
            String kvLayout,
            int threads,
            long peakCells,
            double tokensPerStep,
            double batchOccupancy,
            double policySeconds,
            double prmSeconds,
            double samplingSeconds,
            double schedulingSeconds,
            double searchSeconds,
            double waitingSeconds,
            @Nullable Double joules,
            List<String> joulesOf,
            @Nullable Long peakMemoryBytes) {}

    static SolutionJson of(Solution solution, List<ModelJson> models, EngineJson engine) {
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

package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.model.Warning;
import org.espalier.search.Confidence.Level;
import org.jspecify.annotations.Nullable;

/** What a result has to say for itself. Stateless. */
final class ResultWarnings {
    private ResultWarnings() {}

    /**
     * @param before what was said of the problem before it was searched
     * @param blind why the PRM is of no use; null if it is
     * @param refuted steps that a verifier has refuted
     */
    static List<Warning> of(
            List<Warning> before, Election election, Confidence confidence, @Nullable String blind, long refuted) {
        List<Warning> warnings = new ArrayList<>(before);
        if (election.selected() == null && refuted > 0) {
            warnings.add(new Warning(
                    Warning.ALL_REFUTED,
                    "no path is left: %d %s refuted, and nothing goes on from %s"
                            .formatted(
                                    refuted, refuted == 1 ? "step was" : "steps were", refuted == 1 ? "it" : "them")));
        }
        if (blind != null) {
            warnings.add(new Warning(Warning.PRM_BLIND, blind + ": it did not help, and " + decided(election)));
        }
        if (election.notBelieved()) {
            warnings.add(new Warning(
                    Warning.NOT_BELIEVED,
                    String.format(
                            Locale.ROOT,
                            "the judge believes none of the completions (all scores are below %s): %s",
                            Election.LEAST_BELIEF,
                            decided(election))));
        }
        if (election.selected() != null && confidence.level() == Level.LOW) {
            warnings.add(new Warning(Warning.LOW_CONFIDENCE, "low confidence: " + confidence.inWords()));
        }
        return List.copyOf(warnings);
    }

    private static String decided(Election election) {
        ChosenBy by = election.chosenBy();
        if (by == null) {
            return "nothing was chosen";
        }
        return switch (by) {
            case ONLY -> "there is no other one";
            case WEIGHTED -> "the sum of scores decided";
            case MAJORITY -> "the majority decided";
            case CONFIDENCE -> "the policy's confidence decided";
            case SCORE -> "the highest score decided";
            case LIKELIHOOD -> "the likeliest reply was chosen";
            case EXECUTION -> "what the programs did decided";
            case COMPARISON -> "comparisons decided";
            case SELECTION -> "the policy named it";
            case SYNTHESIS -> "it was made of the others";
            case FIRST -> "the first one was chosen";
        };
    }
}

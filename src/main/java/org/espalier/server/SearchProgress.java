package org.espalier.server;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.model.Excerpt;
import org.espalier.search.SearchMethod;
import org.espalier.server.SolveRequest.Search;
import org.espalier.wire.SearchSettings;

/**
 * What a person reads while a search runs: a line for each step that was kept, and for each completion. Many clients show it
 * as the model's reasoning, and some send it back with the next turn.
 */
final class SearchProgress {
    /** By which a text is known to be from here. */
    private static final String BEGINNING = "Searching with ";

    private static final int LONGEST = 90;
    /** Lines of one search at most. */
    private static final int MOST = 400;

    private final Search search;
    /** What is known of steps whose fate is open. */
    private final Map<Integer, SearchEvent.Proposal> steps = new HashMap<>();

    private final Map<Integer, Double> scores = new HashMap<>();
    private int lines;

    SearchProgress(Search search) {
        this.search = search;
    }

    /** Whether a text is what this wrote: no thought of a model. */
    static boolean wrote(String text) {
        return text.startsWith(BEGINNING);
    }

    /** Whether there is anything to say: where nothing is chosen the answer itself is there at once. */
    boolean says() {
        return search.method() != SearchMethod.GREEDY || search.program() != null;
    }

    String beginning() {
        SolveRequest.Program program = search.program();
        if (program != null) {
            return "%sprograms in %s, n = %d.\n"
                    .formatted(
                            BEGINNING,
                            program.language().name(),
                            search.config().n());
        }
        String method = new SearchSettings(search.method(), search.config())
                .toJson()
                .path("method")
                .asString();
        return BEGINNING + method + ", n = " + search.config().n() + ".\n";
    }

    /** What is to be said of something that happened; empty for nothing. */
    Optional<String> line(SearchEvent event) {
        switch (event.event()) {
            case "proposed" -> {
                if (event.step() != null) {
                    steps.put(event.node(), event.step());
                }
                return Optional.empty();
            }
            case "scored" -> {
                if (event.score() != null) {
                    scores.put(event.node(), event.score());
                }
                return Optional.empty();
            }
            case "ran" -> {
                SearchEvent.ProgramOutcome run = event.run();
                if (run == null || lines > MOST) {
                    return Optional.empty();
                }
                lines++;
                return Optional.of(ran(run));
            }
            default -> {
                if (search.program() != null) {
                    return Optional.empty();
                }
                SearchEvent.Proposal step = steps.remove(event.node());
                Double score = scores.remove(event.node());
                boolean lost = event.event().equals("pruned") || event.event().equals("abandoned");
                if (step == null || lost || lines > MOST) {
                    return Optional.empty();
                }
                lines++;
                return Optional.of(
                        lines > MOST
                                ? "…\n"
                                : "Step %d %s%s: %s\n"
                                        .formatted(
                                                event.depth(),
                                                event.event(),
                                                score == null ? "" : String.format(Locale.ROOT, " (%.2f)", score),
                                                shortened(step.text())));
            }
        }
    }

    private static String ran(SearchEvent.ProgramOutcome run) {
        String mended = run.repairs() == 0 ? "" : ", mended " + run.repairs() + " times";
        String outcome = run.tests() == 0
                ? run.failure() == null ? "runs" : "fails"
                : "passes %d of %d tests".formatted(run.passed(), run.tests());
        String why = run.failure() == null ? "" : ": " + shortened(run.failure());
        return "Program %d%s %s%s\n".formatted(run.slot() + 1, mended, outcome, why);
    }

    private static String shortened(String text) {
        return Excerpt.of(text.strip().replaceAll("\\s+", " "), LONGEST);
    }
}

package org.espalier.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.espalier.model.Completion;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * A completion that an answer lists.
 *
 * @param completion null if the search was stopped before it had any
 * @param text of it, up to the first text that the client wants it to stop at
 * @param finished whether the policy or such a text ended it; otherwise a limit did
 */
record Choice(@Nullable Completion completion, String text, boolean finished) {
    /**
     * The completion that stands for the answer; then the others, finished ones first, by score. Without an answer the best
     * completion leads.
     */
    static List<Choice> of(Solution solution, int most, List<String> stops) {
        return of(solution.completions(), solution.selected(), most, stops);
    }

    static List<Choice> of(List<Completion> completions, @Nullable Completion selected, int most, List<String> stops) {
        Comparator<Completion> order = Comparator.comparing((Completion one) -> !one.finished())
                .thenComparing(one -> Double.isNaN(one.score()) ? Double.POSITIVE_INFINITY : -one.score());
        List<Completion> all = new ArrayList<>(completions);
        all.sort(order);
        if (selected != null && all.remove(selected)) {
            all.add(0, selected);
        }
        if (all.isEmpty()) {
            return List.of(new Choice(null, "", false));
        }
        return all.stream().limit(most).map(one -> cut(one, stops)).toList();
    }

    private static Choice cut(Completion completion, List<String> stops) {
        String text = completion.text();
        int end = stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        return end < 0
                ? new Choice(completion, text, completion.finished())
                : new Choice(completion, text.substring(0, end), true);
    }

    /** The text in pieces: a step each. */
    List<String> pieces(String delimiter) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, from)) {
            pieces.add(text.substring(from, at + delimiter.length()));
            from = at + delimiter.length();
        }
        if (from < text.length()) {
            pieces.add(text.substring(from));
        }
        return pieces;
    }

    String finishReason() {
        return finished ? "stop" : "length";
    }
}

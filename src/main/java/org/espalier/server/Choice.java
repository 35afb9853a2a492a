package org.espalier.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.espalier.model.Completion;
import org.espalier.model.ReplyForm;
import org.espalier.search.Solution;
import org.espalier.structure.ToolForm;
import org.espalier.structure.ToolForm.Call;
import org.jspecify.annotations.Nullable;

/**
 * A completion that an answer lists.
 *
 * @param completion null if the search was stopped before it had any
 * @param place of the completion in the order of the search, from 0; -1 if there is none
 * @param text of it, up to the first text that the client wants it to stop at
 * @param finished whether the policy or such a text ended it; otherwise a limit did
 * @param stop the text that it was stopped at; null for none
 * @param calls of tools, which are then not part of the text
 */
record Choice(
        @Nullable Completion completion,
        int place,
        String text,
        boolean finished,
        @Nullable String stop,
        List<Call> calls) {
    /**
     * The completion that stands for the answer; then the others, finished ones first, by score. Without an answer the best
     * completion leads.
     */
    static List<Choice> of(Solution solution, int most) {
        ReplyForm form = solution.problem().form();
        Completion selected = solution.selected();
        List<Completion> listed = new ArrayList<>();
        for (Completion completion : solution.completions()) {
            boolean given =
                    form == null || form.allowsOthers() || (completion.finished() && completion.answer() != null);
            listed.add(given ? completion : UNFIT);
        }
        if (selected != null && !listed.contains(selected)) {
            // What the replies say together is none of them.
            listed.add(selected);
        }
        return of(listed, selected, most).stream()
                .map(one -> one.place < solution.completions().size() ? one.of(solution) : one.at(-1))
                .map(one -> form instanceof ToolForm tools ? one.called(tools) : one)
                .toList();
    }

    /** In the place of a reply that is not of the form that was asked for, and is not given. */
    private static final Completion UNFIT = new Completion("", null, List.of(), Double.NaN, false, 0, 0);

    private Choice at(int other) {
        return new Choice(completion, other, text, finished, stop, calls);
    }

    /** The same with the text that ended it. */
    private Choice of(Solution solution) {
        if (place < 0) {
            return this;
        }
        int node = solution.ballots().get(place).node();
        String found = solution.tree().nodes().get(node).stopText();
        return new Choice(completion, place, text, finished, found, calls);
    }

    /** The same completion with another text. */
    Choice saying(String other) {
        return new Choice(completion, place, other, finished, stop, calls);
    }

    private Choice called(ToolForm tools) {
        List<Call> made = tools.calls(text);
        if (made.isEmpty() && finished) {
            return this;
        }
        // The beginning of a call is no text that somebody should read.
        return new Choice(completion, place, ToolForm.said(text), finished, stop, made);
    }

    static List<Choice> of(List<Completion> completions, @Nullable Completion selected, int most) {
        Comparator<Choice> order =
                Comparator.comparing((Choice one) -> !one.finished()).thenComparing(one -> -one.rank());
        List<Choice> all = new ArrayList<>();
        for (Completion completion : completions) {
            all.add(new Choice(completion, all.size(), completion.text(), completion.finished(), null, List.of()));
        }
        all.removeIf(one -> UNFIT.equals(one.completion));
        all.sort(order);
        for (int i = 0; i < all.size(); i++) {
            if (selected != null && selected.equals(all.get(i).completion)) {
                all.add(0, all.remove(i));
                break;
            }
        }
        if (all.isEmpty()) {
            return List.of(new Choice(null, -1, "", false, null, List.of()));
        }
        return all.stream().limit(most).toList();
    }

    /** Its score; one without is behind all others. */
    private double rank() {
        return completion == null || Double.isNaN(completion.score()) ? Double.NEGATIVE_INFINITY : completion.score();
    }

    /** The text from a place on, in pieces: a step each. */
    List<String> pieces(int begin, String delimiter) {
        List<String> pieces = new ArrayList<>();
        int from = begin;
        for (int at = text.indexOf(delimiter, from); at >= 0; at = text.indexOf(delimiter, from)) {
            pieces.add(text.substring(from, at + delimiter.length()));
            from = at + delimiter.length();
        }
        if (from < text.length()) {
            pieces.add(text.substring(from));
        }
        return pieces;
    }

    /** Whether there is a text, which may be empty where nothing is called. */
    boolean speaks() {
        return calls.isEmpty() || !text.isEmpty();
    }

    String finishReason() {
        return !finished ? "length" : calls.isEmpty() ? "stop" : "tool_calls";
    }
}

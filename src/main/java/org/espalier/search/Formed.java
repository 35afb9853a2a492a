package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.ReplyForm;
import org.espalier.model.ReplyForm.Merged;
import org.espalier.model.ReplyForm.Voter;
import org.espalier.model.Warning;
import org.jspecify.annotations.Nullable;

/**
 * What an election comes to where replies must have a form: what they say together, if they are voted on in parts, and
 * nothing at all rather than a reply that is not of the form.
 *
 * @param form null for free text
 * @param selected null if there is no reply of the form
 * @param fields how the parts were voted on; empty if they were not
 */
record Formed(
        @Nullable ReplyForm form,
        @Nullable Completion selected,
        @Nullable Answer answer,
        List<ReplyForm.Field> fields) {
    static Formed of(@Nullable ReplyForm form, List<Ballot> ballots, Election election) {
        Completion selected = election.selected();
        if (form == null || selected == null) {
            return new Formed(form, selected, election.answer(), List.of());
        }
        if (!form.allowsOthers() && (!selected.finished() || selected.answer() == null)) {
            return new Formed(form, null, null, List.of());
        }
        Optional<Merged> merged = form.merge(voters(ballots, election));
        return merged.map(together -> new Formed(form, with(selected, together), together.answer(), together.fields()))
                .orElseGet(() -> new Formed(form, selected, selected.answer(), List.of()));
    }

    private static List<Voter> voters(List<Ballot> ballots, Election election) {
        boolean weighted = election.rule() == Selection.WEIGHTED;
        boolean best = election.rule() == Selection.NAIVE;
        List<Voter> voters = new ArrayList<>();
        for (Ballot ballot : ballots) {
            Completion completion = ballot.completion();
            if (!ballot.counts() || completion.answer() == null || (best && !completion.equals(election.selected()))) {
                continue;
            }
            double score = Double.isNaN(completion.score()) ? 0 : completion.score();
            voters.add(new Voter(completion.text(), weighted ? Math.max(0, score) : 1));
        }
        return voters;
    }

    private static Completion with(Completion from, Merged merged) {
        return new Completion(
                Objects.requireNonNull(from.answer())
                                .key()
                                .equals(merged.answer().key())
                        ? from.text()
                        : merged.reply(),
                merged.answer(),
                from.stepScores(),
                from.score(),
                from.finished(),
                from.tokens(),
                from.logProb());
    }

    /** What there is to say, with what the form brings. */
    List<Warning> warned(List<Warning> others, SearchMethod method) {
        if (form == null) {
            return others;
        }
        List<Warning> warnings = new ArrayList<>(others);
        if (form.isWhole() && method.isTreeSearch() && method != SearchMethod.AUTO) {
            warnings.add(new Warning(
                    Warning.WHOLE_REPLIES,
                    method.cliName()
                            + " searches step by step, but replies of this form have no steps: they were written"
                            + " and judged whole"));
        }
        if (selected == null) {
            warnings.add(new Warning(
                    Warning.NOT_OF_FORM,
                    "no reply has the form that was asked for: they were cut off, or do not pass its check"));
        }
        return List.copyOf(warnings);
    }
}

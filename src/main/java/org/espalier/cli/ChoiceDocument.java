package org.espalier.cli;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.choice.Choice;
import org.espalier.choice.ChoiceMethod;
import org.espalier.choice.ChoiceTask;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.jspecify.annotations.Nullable;

/**
 * A choice as {@code --json} prints it.
 *
 * @param letter of the option that was chosen; null if nothing speaks for any
 * @param answer its text
 * @param by the way in which it was chosen
 * @param asGiven letter that the order which was given says alone
 * @param places share of what stood first, second, …, whatever it was; empty where options had no places
 * @param unread replies that name no option
 * @param readTokens that the policy read to compare the options
 */
record ChoiceDocument(
        String question,
        @Nullable String letter,
        @Nullable String answer,
        String by,
        @Nullable String asGiven,
        List<Option> options,
        List<Double> places,
        int replies,
        int unread,
        long policyTokens,
        long readTokens,
        double seconds) {
    /**
     * An option.
     *
     * @param share of the whole: its probability over all orders, or its part of the vote
     * @param votes where there was a vote
     */
    record Option(String letter, String text, double share, int votes) {}

    static ChoiceDocument of(Choice choice, Meter meter) {
        ChoiceTask task = choice.task();
        Integer chosen = choice.chosen();
        Integer asGiven = choice.method() == ChoiceMethod.TEXT ? null : choice.asGiven();
        return new ChoiceDocument(
                task.question(),
                chosen == null ? null : ChoiceTask.letter(chosen),
                chosen == null ? null : task.options().get(chosen),
                choice.method().cliName(),
                asGiven == null ? null : ChoiceTask.letter(asGiven),
                IntStream.range(0, task.options().size())
                        .mapToObj(i -> new Option(
                                ChoiceTask.letter(i),
                                task.options().get(i),
                                choice.shares().get(i),
                                choice.votes().get(i)))
                        .toList(),
                choice.places(),
                choice.replies().size(),
                choice.unread(),
                meter.get(Count.POLICY_TOKENS),
                meter.get(Count.PRM_TOKENS),
                meter.elapsed().toNanos() / 1e9);
    }
}

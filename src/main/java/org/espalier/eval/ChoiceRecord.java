package org.espalier.eval;

import java.util.List;
import org.espalier.choice.Choice;
import org.espalier.choice.ChoiceMethod;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.jspecify.annotations.Nullable;

/**
 * What one way to choose made of one question: a line of {@code records.jsonl}.
 *
 * @param answer the number of the right option
 * @param way the method's name
 * @param chosen the option's number; null if none was chosen
 * @param asGiven what the order that was given says alone
 * @param places share of what stood first, second, …; empty where options had no places
 * @param replies in the order in which they were drawn; empty where there was no vote
 * @param readTokens that the policy read to compare the options
 */
public record ChoiceRecord(
        String dataset,
        String id,
        int answer,
        String way,
        @Nullable Integer chosen,
        @Nullable Integer asGiven,
        List<Double> shares,
        List<Double> places,
        List<Choice.Reply> replies,
        long policyTokens,
        long readTokens,
        double seconds) {
    static ChoiceRecord of(ChoiceDataset dataset, ChoiceItem item, Choice choice, Meter meter) {
        return new ChoiceRecord(
                dataset.name(),
                item.id(),
                item.answer(),
                choice.method().cliName(),
                choice.chosen(),
                choice.method() == ChoiceMethod.LETTERS ? choice.asGiven() : null,
                choice.shares(),
                choice.places(),
                choice.replies(),
                meter.get(Count.POLICY_TOKENS),
                meter.get(Count.PRM_TOKENS),
                meter.elapsed().toNanos() / 1e9);
    }
}

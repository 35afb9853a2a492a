package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.choice.ChoiceMethod;
import org.jspecify.annotations.Nullable;

/**
 * How often each way chooses the right option.
 *
 * @param places how often what a way chose stood first, second, …, over all questions of the usual number of options
 */
public record ChoiceResults(String dataset, int questions, double chance, List<Row> rows, List<Places> places) {
    private static final int NONE = -1;

    /**
     * A rate.
     *
     * @param way to choose; {@code letters as given} without turning the order
     * @param replies that were voted on; 0 for none
     * @param low with high the 95 % interval over questions
     * @param policyTokens of a question, sampled
     * @param readTokens of a question, read
     */
    public record Row(
            String way,
            int replies,
            int questions,
            double rate,
            double low,
            double high,
            double policyTokens,
            double readTokens,
            double seconds) {}

    /** Shares of the places, whatever option stood there: the same for each if the policy does not care. */
    public record Places(String way, List<Double> shares) {}

    /** @param sizes of the votes that are asked for */
    static ChoiceResults of(ChoiceDataset dataset, List<Integer> sizes, Collection<ChoiceRecord> records) {
        List<Row> rows = new ArrayList<>();
        List<Places> places = new ArrayList<>();
        for (ChoiceMethod method : ChoiceMethod.values()) {
            List<ChoiceRecord> own = records.stream()
                    .filter(record -> record.way().equals(method.cliName()))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            if (method == ChoiceMethod.LETTERS) {
                rows.add(row("letters as given", 0, own, record -> orNone(record.asGiven()), 1));
            }
            if (method != ChoiceMethod.VOTE) {
                rows.add(row(method.cliName(), 0, own, record -> orNone(record.chosen()), 1));
            } else {
                int all = own.get(0).replies().size();
                for (int k : sizes) {
                    rows.add(row(method.cliName(), k, own, record -> vote(record, k), Math.min(1, (double) k / all)));
                }
            }
            places.addAll(places(method, own));
        }
        int questions = (int) records.stream().map(ChoiceRecord::id).distinct().count();
        double chance = dataset.items().stream()
                .mapToDouble(item -> 1.0 / item.task().options().size())
                .average()
                .orElse(0);
        return new ChoiceResults(dataset.name(), questions, chance, rows, places);
    }

    private static List<Places> places(ChoiceMethod method, List<ChoiceRecord> own) {
        int usual = own.stream()
                .collect(Collectors.groupingBy(record -> record.places().size(), Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        if (usual == 0) {
            return List.of();
        }
        List<Double> shares = IntStream.range(0, usual)
                .mapToObj(place -> own.stream()
                        .filter(record -> record.places().size() == usual)
                        .mapToDouble(record -> record.places().get(place))
                        .average()
                        .orElse(0))
                .toList();
        return List.of(new Places(method.cliName(), shares));
    }

    /** What the first k replies choose; ties go to the option that was given first. */
    private static int vote(ChoiceRecord record, int k) {
        int[] votes = new int[record.shares().size()];
        record.replies().stream()
                .limit(k)
                .mapToInt(reply -> orNone(reply.option()))
                .filter(option -> option >= 0)
                .forEach(option -> votes[option]++);
        int best = 0;
        for (int i = 1; i < votes.length; i++) {
            best = votes[i] > votes[best] ? i : best;
        }
        return votes[best] == 0 ? NONE : best;
    }

    private static Row row(
            String way, int replies, List<ChoiceRecord> records, ToIntFunction<ChoiceRecord> chosen, double part) {
        double rate = mean(records, record -> chosen.applyAsInt(record) == record.answer() ? 1 : 0);
        Estimates.Interval interval = Estimates.wilson(rate, records.size());
        return new Row(
                way,
                replies,
                records.size(),
                rate,
                interval.low(),
                interval.high(),
                part * mean(records, ChoiceRecord::policyTokens),
                mean(records, ChoiceRecord::readTokens),
                part * mean(records, ChoiceRecord::seconds));
    }

    private static int orNone(@Nullable Integer option) {
        return option == null ? NONE : option;
    }

    private static double mean(Collection<ChoiceRecord> records, ToDoubleFunction<ChoiceRecord> of) {
        return records.stream().mapToDouble(of).average().orElse(0);
    }
}

package org.espalier.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the records of a run say: the chance that one of k programs is right, and how often each way chooses a right one.
 *
 * @param problems that are done
 * @param rows for k at each power of two
 */
public record ProgramResults(
        String dataset,
        int problems,
        List<Row> rows,
        double tokensPerProblem,
        double secondsPerProblem,
        double runsPerProblem,
        double programCpuSecondsPerProblem) {
    /**
     * A rate.
     *
     * @param what {@code pass} for the unbiased pass@k, {@code oracle} for whether one of the first k is right, else a way to
     *     choose among the first k
     * @param low with high the 95 % interval over problems
     */
    public record Row(String what, int k, double rate, double low, double high) {}

    static ProgramResults of(String dataset, int n, Collection<ProgramRecord> records) {
        List<Row> rows = new ArrayList<>();
        for (int k : ProgramRecord.powers(n)) {
            rows.add(row("pass", k, records, record -> pass(record, k)));
        }
        for (String choice : ProgramRecord.choices()) {
            for (int k : ProgramRecord.powers(n)) {
                rows.add(row(choice, k, records, record -> chosen(record, choice, k)));
            }
        }
        for (int k : ProgramRecord.powers(n)) {
            rows.add(row("oracle", k, records, record -> oracle(record, k)));
        }
        return new ProgramResults(
                dataset,
                records.size(),
                rows,
                mean(records, record -> record.usage().policyTokens()),
                mean(records, record -> record.usage().wallMillis() / 1e3),
                mean(records, ProgramRecord::runs),
                mean(records, ProgramRecord::programCpuSeconds));
    }

    /** Of first versions alone: mended ones are no independent samples. */
    private static double pass(ProgramRecord record, int k) {
        List<ProgramRecord.Sample> first = record.samples().stream()
                .filter(sample -> sample.repairs() == 0)
                .toList();
        int right = (int) first.stream().filter(ProgramRecord.Sample::correct).count();
        // A limit may have ended the drawing: what was not drawn is not right.
        return Estimates.passAtK(Math.max(record.n(), first.size()), right, k);
    }

    private static double oracle(ProgramRecord record, int k) {
        return record.samples().stream().anyMatch(sample -> sample.slot() < k && sample.correct()) ? 1 : 0;
    }

    private static double chosen(ProgramRecord record, String choice, int k) {
        return record.chosen().stream().anyMatch(one -> one.choice().equals(choice) && one.k() == k && one.correct())
                ? 1
                : 0;
    }

    private static Row row(String what, int k, Collection<ProgramRecord> records, ToDoubleFunction<ProgramRecord> of) {
        double rate = mean(records, of);
        if (records.isEmpty()) {
            return new Row(what, k, 0, 0, 1);
        }
        Estimates.Interval interval = Estimates.wilson(rate, records.size());
        return new Row(what, k, rate, interval.low(), interval.high());
    }

    private static double mean(Collection<ProgramRecord> records, ToDoubleFunction<ProgramRecord> of) {
        return records.stream().mapToDouble(of).average().orElse(0);
    }
}

package org.espalier.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.espalier.code.CodeSolution;
import org.espalier.code.ProgramChoice;
import org.espalier.code.ProgramGroup;
import org.espalier.code.TestRun;
import org.espalier.code.Tried;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What came of one problem whose answer is a program: a line of {@code records.jsonl}.
 *
 * @param n programs that were drawn
 * @param samples in the order in which they were drawn
 * @param chosen what each way chooses among the first k of them
 * @param usage of the policy
 * @param runs of programs, with given, written and hidden tests
 * @param programCpuSeconds of processor time that they took
 * @param stoppedBy the limit that ended the drawing, or "completed"
 */
public record ProgramRecord(
        String dataset,
        String id,
        int n,
        long seed,
        List<Sample> samples,
        List<Chosen> chosen,
        Usage usage,
        int runs,
        double programCpuSeconds,
        String stoppedBy) {
    /**
     * A program.
     *
     * @param slot its place, from 0; mended ones have their first version's
     * @param correct whether it passes all hidden tests
     * @param hidden how it ended with these
     * @param why the first hidden test failed; null if none did
     * @param given share of the given tests that it passes
     */
    public record Sample(
            int slot,
            int repairs,
            String program,
            boolean correct,
            String hidden,
            @Nullable String why,
            double given,
            int tokens,
            double logProb) {}

    /**
     * What a way chooses.
     *
     * @param k among the first k
     */
    public record Chosen(String choice, int k, boolean correct) {}

    /** Of a solution whose programs were run with the hidden tests, in the same order. */
    static ProgramRecord of(
            ProgramDataset dataset,
            ProgramItem item,
            CodeSolution solution,
            List<TestRun> hidden,
            int runs,
            double cpu) {
        List<Tried> programs = solution.programs();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < programs.size(); i++) {
            samples.add(sample(programs.get(i), hidden.get(i)));
        }
        int n = solution.search().config().n();
        List<Chosen> chosen = new ArrayList<>();
        for (ProgramChoice choice : ProgramChoice.values()) {
            for (int k : powers(n)) {
                List<Tried> first =
                        programs.stream().filter(tried -> tried.index() < k).toList();
                Tried best = choice.groups(first).stream()
                        .findFirst()
                        .map(ProgramGroup::first)
                        .orElse(null);
                int at = best == null ? -1 : programs.indexOf(best);
                chosen.add(new Chosen(
                        choice.cliName(), k, at >= 0 && hidden.get(at).passedAll()));
            }
        }
        return new ProgramRecord(
                dataset.name(),
                item.id(),
                n,
                solution.search().config().seed(),
                samples,
                chosen,
                solution.search().usage(),
                runs,
                cpu,
                solution.search().stoppedByName());
    }

    private static Sample sample(Tried tried, TestRun hidden) {
        return new Sample(
                tried.index(),
                tried.repairs(),
                tried.program(),
                hidden.passedAll(),
                hidden.status().name().toLowerCase(Locale.ROOT),
                hidden.firstFailure().map(TestRun.Check::why).orElse(hidden.failure()),
                tried.given().share(),
                tried.tokens(),
                tried.logProb());
    }

    /** The powers of two up to n, and n. */
    static SortedSet<Integer> powers(int n) {
        SortedSet<Integer> powers = new TreeSet<>(List.of(n));
        for (int k = 1; k < n; k *= 2) {
            powers.add(k);
        }
        return powers;
    }

    /** The names of the ways. */
    static List<String> choices() {
        return Arrays.stream(ProgramChoice.values()).map(ProgramChoice::cliName).toList();
    }
}

package org.espalier.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.eval.EvalRecord.Sampled;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * What records say of each problem, as short as a page needs it.
 *
 * @param runs in the order of the folders
 * @param problems each once
 * @param records of all runs
 */
record PageRecords(List<Run> runs, List<Posed> problems, List<Found> records) {
    private static final int TEXT = 400;

    /**
     * A run.
     *
     * @param file of its records, as a page in the report's folder reaches it
     */
    record Run(String name, String file) {}

    /** A problem. */
    record Posed(
            String id,
            @Nullable String level,
            String reference,
            @Nullable String text) {}

    /**
     * A record.
     *
     * @param run its place among the runs
     * @param problem its place among the problems
     * @param line in the file, from 1
     * @param right completions with a right answer, of so many
     * @param answers of each selection at each n
     */
    record Found(
            int run,
            String method,
            int n,
            long seed,
            int problem,
            int line,
            int right,
            int of,
            long tokens,
            String stoppedBy,
            List<Answered> answers) {}

    /** What a selection chose among the first n. */
    record Answered(Criterion by, int n, @Nullable String answer, boolean right) {}

    /**
     * Reads the records of runs.
     *
     * @param folders that {@link RunFolder} can read
     * @param from the folder of the page
     */
    static PageRecords read(List<Path> folders, Path from) {
        List<Run> runs = new ArrayList<>();
        Map<String, Integer> places = new LinkedHashMap<>();
        List<Posed> problems = new ArrayList<>();
        List<Found> records = new ArrayList<>();
        for (Path folder : folders) {
            int run = runs.size();
            Path file = folder.resolve(RunFolder.RECORDS);
            runs.add(new Run(String.valueOf(folder.toAbsolutePath().normalize().getFileName()), link(from, file)));
            RecordOrigin origin = RecordOrigin.of(RunFile.configuration(folder.resolve(RunFolder.RUN)));
            int[] line = new int[1];
            RecordFile.readOnly(file, json -> {
                line[0]++;
                EvalRecord record = EvalRecord.read(json);
                if (!origin.isOf(record)) {
                    return;
                }
                int problem = places.computeIfAbsent(record.id(), id -> {
                    problems.add(posed(record));
                    return problems.size() - 1;
                });
                records.add(found(run, problem, line[0], record));
            });
        }
        return new PageRecords(runs, problems, records);
    }

    private static String link(Path from, Path file) {
        Path page = from.toAbsolutePath().normalize();
        Path target = file.toAbsolutePath().normalize();
        return page.getRoot() != null && page.getRoot().equals(target.getRoot())
                ? page.relativize(target).toString().replace('\\', '/')
                : target.toUri().toString();
    }

    private static Posed posed(EvalRecord record) {
        String text = record.problem();
        return new Posed(
                record.id(),
                record.level() == null ? null : record.level().toString(),
                record.reference(),
                text == null ? null : Excerpt.of(text, TEXT));
    }

    private static Found found(int run, int problem, int line, EvalRecord record) {
        return new Found(
                run,
                record.method().cliName(),
                record.n(),
                record.seed(),
                problem,
                line,
                (int) record.completions().stream().filter(Sampled::correct).count(),
                record.completions().size(),
                record.usage().policyTokens(),
                record.stoppedBy(),
                record.answers().stream()
                        .map(one -> new Answered(Criterion.of(one.selection()), one.n(), one.answer(), one.correct()))
                        .toList());
    }
}

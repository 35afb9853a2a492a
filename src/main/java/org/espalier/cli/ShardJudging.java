package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.eval.Calibration.Judged;
import org.espalier.eval.JudgedRecord;
import org.espalier.eval.LabelledSolution;
import org.espalier.eval.RecordFile;
import org.espalier.eval.RunFile;
import org.espalier.eval.RunFolder;
import org.espalier.eval.RunLock;
import org.espalier.eval.Shard;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;

/** A shard of labelled solutions with the scores that were recorded of them; killed and started again, it goes on. */
final class ShardJudging {
    /** Judges solutions, and returns false if it was interrupted. */
    @FunctionalInterface
    interface Judging {
        boolean judge(List<LabelledSolution> solutions, BiConsumer<LabelledSolution, List<Double>> each);
    }

    private final List<Path> files;
    private final List<LabelledSolution> solutions;
    private final Shard shard;
    private final RuntimeOptions models;
    private final double threshold;

    /**
     * @param files that the solutions are from
     * @param solutions of all shards
     * @param threshold of the calibration
     */
    ShardJudging(
            List<Path> files, List<LabelledSolution> solutions, Shard shard, RuntimeOptions models, double threshold) {
        this.files = files;
        this.solutions = solutions;
        this.shard = shard;
        this.models = models;
        this.threshold = threshold;
    }

    /**
     * Has what is missing judged.
     *
     * @param out of all shards
     * @param judged gets the shard's solutions
     * @return whether all are judged
     */
    // The lock is held, not used.
    @SuppressWarnings("try")
    boolean complete(Path out, FetchProgress fetches, Judging judging, List<Judged> judged) {
        // In the order of the solutions.
        Set<Integer> numbers = new LinkedHashSet<>(
                shard.of(IntStream.range(0, solutions.size()).boxed().toList()));
        Path folder = shard.folderIn(out);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new EspalierException("cannot make the folder " + folder + ": " + Reason.of(e), e);
        }
        RunRecord run = record(fetches);
        Map<String, Object> environment = run.environment(
                models.resources(), shard, numbers.stream().map(String::valueOf).toList());
        Path records = folder.resolve(JudgedRecord.FILE);
        Map<Integer, Judged> done = new TreeMap<>();
        try (RunLock lock = RunLock.ofFile(records)) {
            RunFile.claim(folder.resolve(RunFolder.RUN), records, run.configuration(), environment);
            try (RecordFile file = RecordFile.open(records, line -> {
                JudgedRecord record = JudgedRecord.read(line);
                if (numbers.contains(record.solution())) {
                    done.putIfAbsent(record.solution(), record.toJudged());
                }
            })) {
                IdentityHashMap<LabelledSolution, Integer> missing = new IdentityHashMap<>();
                List<LabelledSolution> inOrder = new ArrayList<>();
                numbers.stream().filter(number -> !done.containsKey(number)).forEach(number -> {
                    missing.put(solutions.get(number), number);
                    inOrder.add(solutions.get(number));
                });
                boolean all = inOrder.isEmpty()
                        || judging.judge(inOrder, (solution, scores) -> {
                            int number = missing.getOrDefault(solution, -1);
                            file.append(JudgedRecord.of(number, solution, scores));
                            done.put(number, new Judged(scores, solution.firstError()));
                        });
                judged.addAll(done.values());
                return all;
            }
        }
    }

    private RunRecord record(FetchProgress fetches) {
        String names =
                files.stream().map(file -> String.valueOf(file.getFileName())).collect(Collectors.joining(", "));
        RunSpec spec = RunSpec.ofOthers(
                names, SearchMethod.BEST_OF_N, List.of(1), SearchConfig.DEFAULT, models, Budget.UNLIMITED);
        RunRecord run = new RunRecord(spec, true, fetches);
        run.put("problems", solutions.size());
        run.put("problemsSha256", LabelledSolution.sha256(solutions));
        run.put("threshold", threshold);
        return run;
    }
}

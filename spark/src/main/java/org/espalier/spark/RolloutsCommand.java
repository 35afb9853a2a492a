package org.espalier.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.RecordFile;
import org.espalier.eval.Rollout.JudgedBy;
import org.espalier.eval.RunFile;
import org.espalier.eval.RunLock;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.Documents;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code espalier-spark rollouts}: samples of many problems, with their steps. */
@Command(
        name = "rollouts",
        description = "Samples solutions of a data set, and writes the lines that 'espalier rollouts' writes.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class RolloutsCommand implements Callable<Integer> {
    @Mixin
    private JobOptions options = new JobOptions();

    @Option(names = "-n", defaultValue = "4", description = "Samples a problem (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(names = "--seed", defaultValue = "42", description = "Of all random numbers.")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the driver writes the samples.")
    private Path out;

    private final Map<String, BitSet> written = new HashMap<>();

    // The lock is held, not used.
    @SuppressWarnings("try")
    @Override
    public Integer call() throws IOException {
        Dataset dataset = options.load();
        boolean judged = options.prm != null;
        SearchMethod method = judged ? SearchMethod.BEST_OF_N : SearchMethod.MAJORITY;
        SearchConfig config =
                options.search(JobOptions.SAMPLES).toBuilder().n(n).seed(seed).build();
        JobOptions.Models models = options.models(judged);
        Map<String, Object> configuration = JobOptions.configuration(
                dataset, List.of(method), List.of(n), config, List.of(seed), models, options.prm);
        try (SparkSession spark = Job.session("espalier rollouts of " + dataset.name());
                RunLock lock = RunLock.ofFile(out);
                Job job = new Job(spark, options.perTask, out)) {
            RunFile.claim(RunFile.beside(out), out, configuration, JobOptions.environment(spark));
            try (RecordFile records = RecordFile.open(out, this::isNew)) {
                List<DatasetItem> missing = dataset.items().stream()
                        .filter(item ->
                                written.getOrDefault(item.id(), new BitSet()).cardinality() < n)
                        .toList();
                job.solve(
                        missing,
                        method,
                        options.engine(models, method, config, Job.threads(spark)),
                        new Recorder.OfRollouts(judged ? JudgedBy.PRM : JudgedBy.NOBODY),
                        solved -> solved.lines().stream()
                                .map(Documents.MAPPER::readTree)
                                .filter(this::isNew)
                                .forEach(records::append));
            }
            return job.finish(out, options.parquet);
        }
    }

    /** Remembers a sample; false if it was there already. */
    private boolean isNew(JsonNode sample) {
        BitSet samples = written.computeIfAbsent(sample.path("id").asString(""), id -> new BitSet());
        int number = sample.path("sample").asInt();
        boolean known = samples.get(number);
        samples.set(number);
        return !known;
    }
}

package org.espalier.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.espalier.eval.Dataset;
import org.espalier.eval.EvalRun;
import org.espalier.eval.Sweep;
import org.espalier.eval.SweepPoint;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espalier-spark sweep}: what {@code espalier eval} measures, on many machines. */
@Command(
        name = "sweep",
        description = "Solves a data set with each method, and writes the folder that 'espalier report' reads.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
    @Mixin
    private JobOptions options = new JobOptions();

    @Option(
            names = {"-m", "--method"},
            paramLabel = "METHOD",
            split = ",",
            defaultValue = "greedy,majority,best-of-n,beam,dvts",
            description = "One or several (default: ${DEFAULT-VALUE}).")
    private List<String> methods = List.of();

    @Option(
            names = "-n",
            split = ",",
            defaultValue = "1,4,16,64",
            description = "Completions a problem, one or several sizes.")
    private List<Integer> sizes = List.of();

    @Option(names = "--seed", split = ",", defaultValue = "42", description = "One or several.")
    private List<Long> seeds = List.of();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The run's folder, on the driver.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Dataset dataset = options.load();
        SearchConfig config =
                options.search(JobOptions.SWEEP).toBuilder().seed(seeds.get(0)).build();
        List<SearchMethod> wanted =
                methods.stream().map(SearchMethod::parse).distinct().toList();
        Sweep sweep = Sweep.of(wanted, sizes, config);
        boolean judging = wanted.stream().anyMatch(SearchMethod::needsPrm);
        JobOptions.Models models = options.models(judging);
        List<Long> distinct = seeds.stream().distinct().toList();
        Map<String, Object> configuration =
                JobOptions.configuration(dataset, wanted, sizes, config, distinct, models, options.prm);
        Path records = Files.createDirectories(out).resolve("records.jsonl");
        try (SparkSession spark = Job.session("espalier sweep of " + dataset.name());
                EvalRun run = new EvalRun(out, dataset, sweep, configuration, JobOptions.environment(spark), true);
                Job job = new Job(spark, options.perTask, records)) {
            Recorder recorder = new Recorder.OfSweep(dataset.name(), wanted, sizes, run.process());
            for (SweepPoint point : sweep.points().keySet()) {
                for (long seed : point.seeds(distinct)) {
                    SearchConfig search =
                            config.toBuilder().n(point.n()).seed(seed).build();
                    EngineSpec engine = options.engine(models, point.method(), search, Job.threads(spark));
                    job.solve(
                            run.missing(point, seed),
                            point.method(),
                            engine,
                            recorder,
                            solved -> solved.lines().forEach(run::append));
                }
            }
            return job.finish(records, options.parquet);
        }
    }
}

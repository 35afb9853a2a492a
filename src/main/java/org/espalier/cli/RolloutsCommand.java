package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.MonteCarloPrm;
import org.espalier.eval.ProblemStream;
import org.espalier.eval.RecordFile;
import org.espalier.eval.Rollout;
import org.espalier.eval.Rollout.JudgedBy;
import org.espalier.eval.RunFile;
import org.espalier.eval.RunLock;
import org.espalier.eval.Shard;
import org.espalier.model.AnswerReader;
import org.espalier.model.Budget;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code espalier rollouts}: what a PRM is trained on and measured with. */
@Command(
        name = "rollouts",
        description = "Samples solutions of many problems and labels their steps, as JSON lines.",
        sortOptions = false,
        footer = {
            "",
            "Killed and started again, it resumes after the last whole line.",
            "",
            "Examples:",
            "  espalier rollouts arith -n 4 --out rollouts.jsonl",
            "  espalier rollouts arith --prm arith-prm --out scored.jsonl",
            "  espalier rollouts gsm8k --limit 100 --monte-carlo 8 --out labelled.jsonl",
        })
final class RolloutsCommand implements Callable<Integer> {
    @Mixin
    private DatasetOptions problems = new DatasetOptions();

    @Option(names = "-n", defaultValue = "4", description = "Samples a problem (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the samples are written.")
    private Path out = Path.of("");

    @Option(
            names = "--monte-carlo",
            paramLabel = "K",
            description = "Labels a step by the share of K completions from there that reach the right answer.")
    private @Nullable Integer monteCarlo;

    @Option(
            names = {"-q", "--quiet"},
            description = "Shows no progress.")
    private boolean quiet;

    @ArgGroup(validate = false, heading = "%nSampling:%n")
    private SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(validate = false, heading = "%nSeveral machines:%n")
    private ShardOptions shards = new ShardOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @Spec
    private @Nullable CommandSpec command;

    private final Map<String, BitSet> written = new HashMap<>();
    /** That which is named, or a shard's beside it. */
    private Path file = Path.of("");

    // The lock is held, not used.
    @SuppressWarnings("try")
    @Override
    public Integer call() {
        if (shards.printJob(command, out)) {
            return ExitCode.ANSWERED;
        }
        Shard shard = shards.shard();
        LargerPolicy.requireUse(models.runtime(), List.of());
        JudgedBy judge = judge();
        Dataset whole = problems.load();
        Dataset dataset = shard == null ? whole : whole.of(shard);
        file = shard == null ? out : shard.fileBeside(out);
        // What a verifier refutes is to be learnt from too.
        Task task = new Task(dataset.domain(), List.of());
        RuntimeOptions told = DomainOptions.models(models.runtime(), task);
        SearchConfig config =
                sampling.steppedBy(task.domain(), sampling.config().n(n).build());
        checkWritable();
        try (FetchProgress fetches = new FetchProgress()) {
            SearchMethod method = judge == JudgedBy.NOBODY ? SearchMethod.MAJORITY : SearchMethod.BEST_OF_N;
            RunSpec spec = new RunSpec(
                    whole,
                    List.of(method),
                    List.of(n),
                    config,
                    List.of(config.seed()),
                    told,
                    task,
                    null,
                    Budget.UNLIMITED,
                    Budget.UNLIMITED);
            RunRecord run = new RunRecord(spec, judge == JudgedBy.PRM, fetches);
            run.put("monteCarlo", monteCarlo);
            List<String> ids = dataset.items().stream().map(DatasetItem::id).toList();
            Map<String, Object> environment = run.environment(models.runtime().resources(), shard, ids);
            Map<String, String> texts =
                    dataset.items().stream().collect(Collectors.toMap(DatasetItem::id, DatasetItem::problem));
            try (RunLock lock = RunLock.ofFile(file)) {
                RunFile.claim(RunFile.beside(file), file, run.configuration(), environment);
                try (RecordFile records = RecordFile.open(file, record -> remember(texts, record))) {
                    return sample(spec, dataset, judge, records, fetches);
                }
            }
        }
    }

    private JudgedBy judge() {
        if (monteCarlo != null && models.prm != null) {
            throw new UsageException("--monte-carlo labels steps instead of a PRM: leave out --prm");
        }
        if (monteCarlo != null) {
            return JudgedBy.MONTE_CARLO;
        }
        return models.prm != null ? JudgedBy.PRM : JudgedBy.NOBODY;
    }

    private void checkWritable() {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new UsageException("cannot write to " + file + ": give a file in a folder that exists");
        }
    }

    /** What is of no problem of the data set, or of none of the samples that were asked for, does not count. */
    private void remember(Map<String, String> texts, JsonNode record) {
        String id = record.path("id").asString("");
        int sample = record.path("sample").asInt(-1);
        if (sample >= 0 && sample < n && record.path("problem").asString("").equals(texts.get(id))) {
            written.computeIfAbsent(id, key -> new BitSet()).set(sample);
        }
    }

    /** @param dataset what is to be sampled of the spec's */
    private int sample(RunSpec spec, Dataset dataset, JudgedBy judge, RecordFile records, FetchProgress fetches) {
        SearchMethod method = spec.methods().get(0);
        SearchConfig config = spec.config();
        AnswerReader answers = spec.task().domain().answers();
        List<DatasetItem> missing = dataset.items().stream()
                .filter(item -> written.getOrDefault(item.id(), new BitSet()).cardinality() < n)
                .toList();
        if (missing.isEmpty()) {
            return finish(dataset, true);
        }
        List<Problem> posed = missing.stream().map(DatasetItem::toProblem).toList();
        // The policy itself labels what is completed from every step, and no PRM is loaded.
        Workload work = monteCarlo == null
                ? Workload.of(method, config, posed)
                : Workload.of(SearchMethod.MAJORITY, n * (1 + monteCarlo), config.maxTokens(), posed);
        long done = written.values().stream().mapToLong(BitSet::cardinality).sum();
        try (LocalRuntime runtime = new LocalRuntime(spec.models(), work, fetches, spec.task());
                RunProgress progress =
                        new RunProgress("rollouts", (long) n * dataset.items().size(), done, !quiet)) {
            Solver solver = monteCarlo == null
                    ? runtime.solver()
                    : new Solver(
                            runtime.policy(),
                            new MonteCarloPrm(runtime.policy(), answers, missing, config, monteCarlo),
                            answers);
            ProblemStream<DatasetItem, Solution> stream = new ProblemStream<>(
                    missing,
                    runtime.inFlight(),
                    runtime.policy().executor(),
                    () -> new Meter(Budget.UNLIMITED),
                    (item, meter) -> solver.start(item.toProblem(), method, config, meter));
            Interruption.callOnInterrupt(() -> {
                stream.stop();
                runtime.interrupt();
            });
            boolean all = stream.forEach((item, solution) -> {
                List<Rollout> rollouts =
                        solution.stoppedBy() == Limit.CANCELLED ? List.of() : Rollout.of(item, solution, judge);
                for (Rollout rollout : rollouts) {
                    BitSet samples = written.computeIfAbsent(item.id(), id -> new BitSet());
                    if (!samples.get(rollout.sample())) {
                        records.append(rollout);
                        samples.set(rollout.sample());
                        progress.step(rollout.correct());
                    }
                }
            });
            return finish(dataset, all);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private int finish(Dataset dataset, boolean all) {
        long samples = written.values().stream().mapToLong(BitSet::cardinality).sum();
        if (!quiet) {
            System.err.println(String.format(
                    Locale.ROOT,
                    all
                            ? "%,d samples of %,d problems are in %s"
                            : "Stopped with %,d samples of %,d problems in %s;"
                                    + " the same command goes on from there",
                    samples,
                    dataset.items().size(),
                    file));
        }
        return all ? ExitCode.ANSWERED : ExitCode.FAILED;
    }
}

package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.choice.ChoiceMethod;
import org.espalier.domain.Domain;
import org.espalier.eval.ChoiceDataset;
import org.espalier.eval.ChoiceItem;
import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRow;
import org.espalier.eval.EvalRun;
import org.espalier.eval.ProgramDataset;
import org.espalier.eval.ProgramItem;
import org.espalier.eval.RunBudget;
import org.espalier.eval.Shard;
import org.espalier.eval.Sweep;
import org.espalier.eval.SweepPoint;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.verify.ExternalVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code espalier eval}: accuracy against compute. */
@Command(
        name = "eval",
        description = "Measures how many problems of a data set each method solves, and at what cost.",
        sortOptions = false,
        footer = {
            "",
            "Killed and started again, it resumes where it was; a finished run prints its table again.",
            "--seed takes several, joined by commas: the table has the mean over them.",
            "",
            "For humaneval and mbpp the largest -n programs are drawn, run, and chosen in every way.",
            "In a file whose rows have options (or choices) one of them is chosen, in every way that --choose names.",
            "",
            "Examples:",
            "  espalier eval humaneval -n 1,4,16 --limit 20 --out runs/humaneval",
            "  espalier eval arith --method greedy,majority,dvts -n 1,4,16 --out runs/arith",
            "  espalier eval problems.jsonl --limit 100 --out runs/mine --json",
        })
final class EvalCommand implements Callable<Integer> {
    @Mixin
    private DatasetOptions problems = new DatasetOptions();

    @Option(
            names = {"-m", "--method"},
            paramLabel = "METHOD",
            split = ",",
            defaultValue = "greedy,majority,best-of-n,beam,dvts",
            completionCandidates = MethodNames.class,
            description = "One or several (default: ${DEFAULT-VALUE}).")
    private List<String> methods = List.of();

    @Option(
            names = "-n",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,4,16,64",
            description = "Completions a problem, one or several sizes (default: ${DEFAULT-VALUE}).")
    private List<Integer> sizes = List.of();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the records are written.")
    private Path out = Path.of("");

    @Advanced
    @Option(names = "--no-text", description = "Leaves the completions' texts out of the records.")
    private boolean noText;

    @Option(names = "--json", description = "Prints the table as one JSON object.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Shows no progress and no advice.")
    private boolean quiet;

    @ArgGroup(validate = false, heading = "%nTree:%n")
    private TreeOptions tree = new TreeOptions();

    @ArgGroup(validate = false, heading = "%nSampling:%n")
    private SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(validate = false, heading = "%nKind of problem:%n")
    private DomainOptions domains = new DomainOptions();

    @ArgGroup(validate = false, heading = "%nPrograms, for humaneval and mbpp:%n")
    private ProgramRunOptions programs = new ProgramRunOptions();

    @Advanced
    @Option(
            names = "--choose",
            paramLabel = "WAY",
            split = ",",
            defaultValue = "letters,text,vote",
            description = "Among the options of a file of questions with options: letters, text, vote (default: all).")
    private List<String> ways = List.of();

    @ArgGroup(validate = false, heading = "%nBudget of each problem:%n")
    private BudgetOptions budgets = new BudgetOptions();

    @ArgGroup(validate = false, heading = "%nBudget of all problems of a method and n:%n")
    private RunBudgetOptions runBudgets = new RunBudgetOptions();

    @ArgGroup(validate = false, heading = "%nSeveral machines:%n")
    private ShardOptions shards = new ShardOptions();

    @ArgGroup(validate = false, heading = "%nServers:%n")
    private FleetOptions servers = new FleetOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @Spec
    private @Nullable CommandSpec command;

    private boolean prints = true;

    /** What {@code --json} prints. */
    private record Table(List<EvalRow> rows) {}

    @Override
    public Integer call() {
        if (shards.printJob(command, out)) {
            return ExitCode.ANSWERED;
        }
        Shard shard = shards.shard();
        if (shard != null && runBudgets.isGiven()) {
            throw new UsageException(
                    "a budget of the whole run cannot be shared out among machines: give each problem one, or leave out"
                            + " --shard");
        }
        List<SearchMethod> wanted = methods.stream().map(SearchMethod::parse).toList();
        List<Long> seeds = sampling.severalSeeds();
        for (int n : sizes) {
            sampling.config().n(n).build();
        }
        RuntimeOptions options = models.runtime();
        LargerPolicy.requireUse(options, wanted);
        SearchConfig config = tree.config(sampling).build();
        Optional<ProgramDataset> ofPrograms = problems.loadPrograms();
        boolean code = domains.isCode();
        if (ofPrograms.isPresent()) {
            requirePrinting(ofPrograms.get().name());
            domains.requireNoVerifier(ofPrograms.get().name() + ", whose programs are run");
            if (servers.isGiven()) {
                throw new UsageException("programs are run here and not on servers: leave out --servers");
            }
            return evaluatePrograms(ofPrograms.get(), shard, config, options);
        }
        Optional<ChoiceDataset> ofChoices = problems.loadChoices();
        if (ofChoices.isPresent()) {
            requirePrinting(ofChoices.get().name());
            if (servers.isGiven() || shard != null) {
                throw new UsageException(
                        "questions with options are answered here, all of them: leave out --servers and" + " --shard");
            }
            domains.requireNoVerifier(ofChoices.get().name() + ", whose options are compared");
            return evaluateChoices(ofChoices.get(), config, options);
        }
        if (domains.isChoice() || domains.isText()) {
            throw new UsageException(
                    "only questions with options are measured so: name a file whose rows have options or choices");
        }
        if (code) {
            throw new UsageException("--domain code is measured with humaneval or mbpp: name one of them");
        }
        if (domains.isVerified() && wanted.stream().noneMatch(SearchMethod::needsPrm)) {
            throw new UsageException("--verifier judges steps, and none of the methods has them judged: add best-of-n,"
                    + " beam or dvts to --method");
        }
        Dataset loaded = problems.load();
        Domain domain = domains.domain(loaded.domain());
        Dataset dataset = loaded.in(domain);
        if (servers.isGiven()) {
            domains.requireNoVerifier("--servers");
            if (domain != Domain.MATH) {
                throw new UsageException(
                        "%s is judged here and not on servers: leave out --servers".formatted(domain.name()));
            }
        }
        try (ExternalVerifier verifier = domains.openVerifier()) {
            return evaluate(
                    wanted, seeds, dataset, shard, sampling.steppedBy(domain, config), domains.task(domain, verifier));
        }
    }

    /** Who wants no table wants the records of searches. */
    private void requirePrinting(String dataset) {
        if (!prints) {
            throw new UsageException(
                    dataset + " is not solved by searches for an answer: name problems whose answers are known");
        }
    }

    private int evaluate(
            List<SearchMethod> wanted,
            List<Long> seeds,
            Dataset dataset,
            @Nullable Shard shard,
            SearchConfig config,
            Task task) {
        RuntimeOptions options = DomainOptions.models(models.runtime(), task);
        Sweep sweep = Sweep.of(wanted, sizes, config);
        Budget each = budgets.budget();
        Budget whole = runBudgets.budget();
        RunSpec spec = new RunSpec(
                dataset,
                sweep.points().keySet().stream()
                        .map(SweepPoint::method)
                        .distinct()
                        .toList(),
                sizes.stream().distinct().sorted().toList(),
                config,
                seeds,
                options,
                task,
                tree.plan(),
                each,
                whole);
        if (!quiet) {
            FlagSpelling flags = new FlagSpelling();
            sweep.skipped().forEach(line -> System.err.println("espalier: " + line.spelled(flags)));
        }
        Dataset part = shard == null ? spec.dataset() : spec.dataset().of(shard);
        Path folder = createFolder(shard);
        boolean all;
        // Time is for a problem that has a server to itself.
        boolean alone = RunBudget.isOfMachine(each) || RunBudget.isOfMachine(whole);
        try (FetchProgress fetches = new FetchProgress();
                @Nullable
                        ServerFleet fleet = servers.isGiven()
                                ? servers.fleet(
                                        command,
                                        models.system,
                                        alone,
                                        task.domain().answers())
                                : null;
                EvalRun run = open(folder, spec, part, shard, sweep, record(spec, fleet, fetches))) {
            if (run.foreign() > 0 && !quiet) {
                System.err.println(
                        "espalier: %d records in %s are not of this run (other problems, data set or seed): they do not count"
                                .formatted(run.foreign(), folder));
            }
            all = fleet == null
                    ? solve(run, new PointRunner(run, folder, spec, fetches), spec, part, sweep)
                    : solve(run, new FleetPoints(run, folder, spec, fleet), spec, part, sweep);
            if (fleet != null && !quiet) {
                fleet.summary().forEach(System.err::println);
            }
            print(run.rows());
        }
        if (!all && !quiet) {
            System.err.println("Stopped; the same command resumes from there");
        }
        return all ? ExitCode.ANSWERED : ExitCode.FAILED;
    }

    /** Independent samples of the largest n: whatever the methods, they are how programs are drawn. */
    private int evaluatePrograms(
            ProgramDataset dataset, @Nullable Shard shard, SearchConfig config, RuntimeOptions options) {
        if (sampling.severalSeeds().size() > 1) {
            throw new UsageException("--seed takes one seed for programs");
        }
        Budget each = budgets.budget();
        if (runBudgets.isGiven()) {
            throw new UsageException("budgets of a whole run are not for programs: give --budget-tokens or --deadline");
        }
        ProgramDataset part = shard == null ? dataset : dataset.of(shard);
        Path folder = createFolder(shard);
        ProgramEval eval = new ProgramEval(programs, part, sizes, config, options, each);
        try (FetchProgress fetches = new FetchProgress()) {
            RunSpec spec = RunSpec.ofOthers(
                    dataset.name(), SearchMethod.MAJORITY, sizes, config, ProgramEval.models(options), each);
            RunRecord record = new RunRecord(spec, false, fetches);
            putBudget(record, each, "budgetTokens", "deadline", "budgetJoules");
            record.put("problems", dataset.items().size());
            record.put("problemsSha256", dataset.sha256());
            List<String> ids = part.items().stream().map(ProgramItem::id).toList();
            return eval.run(folder, record, record.environment(options.resources(), shard, ids), json, quiet);
        }
    }

    /** Options are compared in several ways, whatever the methods; the largest n is how many replies vote. */
    private int evaluateChoices(ChoiceDataset dataset, SearchConfig config, RuntimeOptions options) {
        if (sampling.severalSeeds().size() > 1) {
            throw new UsageException("--seed takes one seed for questions with options");
        }
        if (runBudgets.isGiven()) {
            throw new UsageException(
                    "budgets of a whole run are not for questions with options: give --budget-tokens or --deadline");
        }
        Budget each = budgets.budget();
        List<ChoiceMethod> all =
                ways.stream().map(ChoiceMethod::parse).distinct().toList();
        Path folder = createFolder(null);
        RuntimeOptions models = ChoiceSolving.models(options);
        ChoiceEval eval = new ChoiceEval(dataset, all, sizes, config, models, each);
        try (FetchProgress fetches = new FetchProgress()) {
            RunSpec spec = RunSpec.ofOthers(dataset.name(), SearchMethod.MAJORITY, sizes, config, models, each);
            RunRecord record = new RunRecord(spec, false, fetches);
            putBudget(record, each, "budgetTokens", "deadline", "budgetJoules");
            List<String> ids = dataset.items().stream().map(ChoiceItem::id).toList();
            return eval.run(folder, record, record.environment(models.resources(), null, ids), json, quiet);
        }
    }

    /** Returns the folder that the records are for. */
    private Path createFolder(@Nullable Shard shard) {
        Path folder = shard == null ? out : shard.folderIn(out);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new EspalierException("cannot make the folder " + folder + ": " + Reason.of(e), e);
        }
    }

    private RunRecord record(RunSpec spec, @Nullable ServerFleet fleet, FetchProgress fetches) {
        boolean judging = spec.methods().stream().anyMatch(SearchMethod::needsPrm);
        if (fleet == null) {
            RunRecord record = new RunRecord(spec, judging, fetches);
            domains.describe(record);
            return record;
        }
        if (spec.whole().joules() < Double.POSITIVE_INFINITY) {
            throw new UsageException("--run-budget-joules is for solving here: leave it out with --servers");
        }
        return new RunRecord(spec, fleet.begin(), judging);
    }

    private EvalRun open(
            Path folder, RunSpec spec, Dataset part, @Nullable Shard shard, Sweep sweep, RunRecord record) {
        putBudget(record, spec.each(), "budgetTokens", "deadline", "budgetJoules");
        putBudget(record, spec.whole(), "runBudgetTokens", "runDeadline", "runBudgetJoules");
        List<String> ids = part.items().stream().map(DatasetItem::id).toList();
        Map<String, Object> environment = record.environment(spec.models().resources(), shard, ids);
        return new EvalRun(folder, part, sweep, record.configuration(), environment, !noText);
    }

    private static void putBudget(RunRecord record, Budget budget, String tokens, String deadline, String joules) {
        record.put(tokens, budget.tokens() == Long.MAX_VALUE ? null : budget.tokens());
        record.put(
                deadline, budget.deadline() == null ? null : budget.deadline().toString());
        record.put(joules, budget.joules() == Double.POSITIVE_INFINITY ? null : budget.joules());
    }

    private boolean solve(EvalRun run, Points where, RunSpec spec, Dataset part, Sweep sweep) {
        long rounds = sweep.points().keySet().stream()
                .mapToLong(point -> point.seeds(spec.seeds()).size())
                .sum();
        long total = rounds * part.items().size();
        try (Points points = where;
                RunProgress progress = new RunProgress(
                        spec.dataset().name(), total, run.measurements().records(), !quiet)) {
            for (SweepPoint point : sweep.points().keySet()) {
                for (long seed : point.seeds(spec.seeds())) {
                    if (!points.complete(point, seed, progress)) {
                        return false;
                    }
                }
            }
            if (points.failed() > 0) {
                System.err.println("espalier: a verifier failed on %d searches, which are not recorded"
                        .formatted(points.failed()));
            }
            return points.failed() == 0;
        }
    }

    /** Records problems whose answers are known, and prints nothing of what came out. */
    void printNothing() {
        prints = false;
    }

    private void print(List<EvalRow> rows) {
        if (!prints) {
            return;
        }
        if (json) {
            System.out.println(PrettyJson.of(new Table(rows)));
        } else {
            new EvalTable(Terminal.output()).print(rows);
        }
    }
}

package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.catalog.ModelStore;
import org.espalier.choice.ChoiceMethod;
import org.espalier.cli.RemoteSolver.Found;
import org.espalier.domain.Domain;
import org.espalier.eval.RunBudget;
import org.espalier.model.Excerpt;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.ResolvedModels;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.verify.ExternalVerifier;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SolutionDocument;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code espalier solve}. */
@Command(
        name = "solve",
        description = "Solves a problem by searching over a model's reasoning.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  espalier solve \"Start with 12, then add 7. What is the result?\"",
            "  espalier solve --file problem.txt --method beam -n 32 --deadline 60s",
            "  espalier solve --each --file problems.txt --json >answers.jsonl",
            "  espalier solve --domain code --tests tests.py \"Write a function ...\"",
        })
final class SolveCommand implements Callable<Integer> {
    private static final int PROBLEM_SHOWN = 70;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "PROBLEM", description = "The problem; - or nothing reads standard input.")
    private @Nullable String text;

    @Option(names = "--file", paramLabel = "FILE", description = "Reads the problem from a file.")
    private @Nullable Path file;

    @Option(names = "--each", description = "One problem a line, or JSON lines (problem, id).")
    private boolean each;

    @ArgGroup(validate = false, heading = "%nSearch:%n")
    private SearchOptions search = new SearchOptions();

    @ArgGroup(validate = false, heading = "%nTree:%n")
    private TreeOptions tree = new TreeOptions();

    @ArgGroup(validate = false, heading = "%nSampling:%n")
    private SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(validate = false, heading = "%nKind of problem:%n")
    private DomainOptions domains = new DomainOptions();

    @ArgGroup(validate = false, heading = "%nPrograms:%n")
    private ProgramOptions programs = new ProgramOptions();

    @ArgGroup(validate = false, heading = "%nOptions to choose from:%n")
    private ChoiceOptions choices = new ChoiceOptions();

    @ArgGroup(validate = false, heading = "%nForm of the reply:%n")
    private FormOptions forms = new FormOptions();

    @ArgGroup(validate = false, heading = "%nBudget:%n")
    private BudgetOptions budget = new BudgetOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @ArgGroup(validate = false, heading = "%nServer:%n")
    private RemoteOptions server = new RemoteOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private OutputOptions output = new OutputOptions();

    /** Options that say what is printed. */
    private static final class OutputOptions {
        @Option(names = "--json", description = "Prints one JSON object instead of text.")
        private boolean json;

        @Option(
                names = "--tree",
                paramLabel = "FILE",
                description = "Writes the tree: JSON lines, or a picture (.svg).")
        private List<Path> trees = List.of();

        @Option(
                names = {"-q", "--quiet"},
                description = "Shows no progress and no advice.")
        private boolean quiet;
    }

    @Override
    public Integer call() throws IOException {
        ParseResult given = Objects.requireNonNull(spec).commandLine().getParseResult();
        server.requireServer(given);
        ReplyForm form = forms.form(server.url != null);
        List<ProblemLines.Entry> problems = problems().stream()
                .map(entry -> new ProblemLines.Entry(entry.id(), entry.problem().in(form)))
                .toList();
        Problem problem = problems.get(0).problem();
        SearchMethod method = search.method();
        SearchConfig config = tree.config(sampling, method, search.n())
                .selection(search.namedSelection())
                .build();
        budget.budget();
        LargerPolicy.requireUse(models.runtime(), List.of(method));
        output.trees.forEach(TreeFile::checkWritable);
        if (domains.isCode()) {
            domains.requireNoVerifier("--domain code, whose programs are run");
            return solveProgram(problem, method, config);
        }
        if (domains.isChoice()) {
            domains.requireNoVerifier("--domain choice, whose options are compared");
            return solveChoice(problem, method, config);
        }
        if (domains.isText()) {
            domains.requireNoVerifier("--domain text, whose replies are given marks");
            return solveText(problem, method, config);
        }
        if (choices.isGiven()) {
            throw new UsageException("--option is for questions with options: add --domain choice");
        }
        if (!programs.misplaced().isEmpty()) {
            throw new UsageException(programs.misplaced().get(0) + " is for programs: add --domain code");
        }
        Domain domain = domains.domain(server.url == null ? guessed(problems) : Domain.MATH);
        problems.forEach(entry -> domain.require(entry.problem()));
        ReplyChoice way = programs.amongSolutions();
        if (way != ReplyChoice.MARKS) {
            requireChoosing(way, domain, problem);
        }
        if (server.url != null) {
            if (!domain.equals(Domain.MATH)) {
                throw new UsageException("--domain %s is solved here: leave out --server".formatted(domain.name()));
            }
            ServerClient client = server.client(given);
            int code = ExitCode.ANSWERED;
            for (ProblemLines.Entry entry : problems) {
                Found found = solve(client, entry.problem(), method, config);
                print(entry, found.solution());
                warnOfResult(entry, found.solution().outcome().warnings());
                code = Math.max(code, codeOf(found.solution()));
                if (System.out.checkError()) {
                    break;
                }
            }
            return code;
        }
        if (domains.isVerified() && !method.needsPrm()) {
            throw new UsageException(
                    "--verifier judges steps, and --method %s has none judged: use best-of-n, beam or dvts"
                            .formatted(method.cliName()));
        }
        try (ExternalVerifier verifier = domains.openVerifier()) {
            Task task = domains.task(domain, verifier);
            SearchConfig stepped = sampling.steppedBy(domain, config);
            return each
                    ? solveEach(problems, method, stepped, task)
                    : solve(problems.get(0), method, stepped, task, way);
        }
    }

    private Domain guessed(List<ProblemLines.Entry> problems) {
        Domain guess =
                Domain.of(problems.stream().map(ProblemLines.Entry::problem).toList());
        if (!guess.equals(Domain.MATH) && !domains.isNamed() && !output.quiet) {
            System.err.printf("espalier: taken for --domain %s, whose answers are checked exactly%n", guess.name());
        }
        return guess;
    }

    private RuntimeOptions told(Task task) {
        return DomainOptions.models(models.runtime(), task);
    }

    /** Where an exact checker knows what is right, nobody has to be asked. */
    private void requireChoosing(ReplyChoice way, Domain domain, Problem problem) {
        if (!domain.equals(Domain.MATH)) {
            throw new UsageException(
                    "--choose %s is for texts and mathematics; in --domain %s an exact checker judges: leave it out"
                            .formatted(way.cliName(), domain.name()));
        }
        if (each || server.url != null || problem.form() != null) {
            throw new UsageException("--choose %s is for one problem on this machine: leave out --each, --server and"
                            .formatted(way.cliName())
                    + " forms of the reply");
        }
    }

    private int solve(ProblemLines.Entry entry, SearchMethod method, SearchConfig config, Task task, ReplyChoice way) {
        Problem problem = entry.problem();
        Workload work = Workload.of(method, search.n(), ReplyChoosing.workTokens(way, config.maxTokens()), problem);
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(told(task), work, fetches, task)) {
            SearchConfig planned = runtime.planned(config, method, tree.plan());
            planned.validateFor(method);
            List<Warning> cautions = runtime.cautions(problem);
            warn("", cautions);
            Solution searched = solve(runtime, runtime.solver(), problem, method, planned);
            Solution solution = way == ReplyChoice.MARKS
                    ? searched
                    : new ReplyChoosing(way, output.quiet)
                            .chosen(runtime, searched, task.domain().answers(), budget.budget());
            // Text does not name the models, and must not wait for their digests.
            SolutionDocument document = documentOf(solution, runtime);
            print(entry, document);
            output.trees.forEach(file -> TreeFile.write(file, solution));
            warnOfResult(
                    entry,
                    solution.warnings().stream()
                            .filter(warning -> !cautions.contains(warning))
                            .toList());
            if (cautions.isEmpty()) {
                printCaution(task);
            }
            return codeOf(document);
        }
    }

    private int solveProgram(Problem problem, SearchMethod method, SearchConfig config) {
        if (each || !output.trees.isEmpty()) {
            throw new UsageException(
                    "--domain code solves one problem: leave out %s".formatted(each ? "--each" : "--tree"));
        }
        ProgramSolving solving = new ProgramSolving(programs, method, output.quiet);
        SearchConfig drawn = solving.config(config, search.isNamed(), sampling.hasDelimiter());
        if (server.url != null) {
            ServerClient client =
                    server.client(Objects.requireNonNull(spec).commandLine().getParseResult());
            RemoteSolver solver = new RemoteSolver(client, server.model());
            return solving.solve(solver, problem, drawn, models.system, budget.budget(), output.json);
        }
        return solving.solve(problem, drawn, models.runtime(), budget.budget(), output.json);
    }

    /** There is nothing to vote on: the reply is shown that the judge gives the best mark. */
    private int solveText(Problem problem, SearchMethod method, SearchConfig config) {
        if (each || server.url != null || problem.form() != null) {
            throw new UsageException("--domain text is for one question on this machine: leave out --each, --server and"
                    + " forms of the reply");
        }
        ReplyChoice way = programs.amongTexts();
        TextSolving texts = new TextSolving(way, output.quiet);
        SearchMethod searched = texts.method(method);
        SearchConfig drawn = search.isNamed() || method != SearchMethod.AUTO ? config : texts.usual(config);
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(
                        TextSolving.models(models.runtime()),
                        Workload.of(searched, drawn.n(), ReplyChoosing.workTokens(way, drawn.maxTokens()), problem),
                        fetches)) {
            drawn.validateFor(searched);
            Solver reading = runtime.solver().reading(TextSolving.NO_ANSWERS);
            Solution solution =
                    texts.chosen(runtime, solve(runtime, reading, problem, searched, drawn), budget.budget());
            ProblemLines.Entry entry = new ProblemLines.Entry("1", problem);
            SolutionDocument document = documentOf(solution, runtime);
            print(entry, document);
            output.trees.forEach(file -> TreeFile.write(file, solution));
            warnOfResult(entry, solution.warnings());
            return codeOf(document);
        }
    }

    private int solveChoice(Problem problem, SearchMethod method, SearchConfig config) {
        if (each || !output.trees.isEmpty() || server.url != null || problem.form() != null) {
            throw new UsageException(
                    "--domain choice chooses for one question on this machine: leave out --each, --tree,"
                            + " --server and forms of the reply");
        }
        ChoiceMethod way = programs.amongOptions(search.isNamed() || method == SearchMethod.MAJORITY);
        SearchConfig drawn = search.isNamed()
                ? config
                : config.toBuilder().n(SearchMethod.MAJORITY.usualN()).build();
        return new ChoiceSolving(way, method)
                .solve(choices.task(problem), drawn, models.runtime(), budget.budget(), output.json);
    }

    private static int codeOf(SolutionDocument solution) {
        return solution.solution() == null ? ExitCode.NO_ANSWER : ExitCode.ANSWERED;
    }

    /** What there is to say of a result; JSON has it. */
    private void warnOfResult(ProblemLines.Entry entry, List<Warning> warnings) {
        // Of what nobody reads nothing is told either.
        if (!output.json && !System.out.checkError()) {
            warn(each ? "[" + entry.id() + "] " : "", warnings);
        }
    }

    /** On standard error: what is piped stays as it is. */
    private void warn(String begin, List<Warning> warnings) {
        if (!output.quiet) {
            warnings.forEach(warning -> Terminal.error().warn(begin + warning.message()));
        }
    }

    private SolutionDocument documentOf(Solution solution, LocalRuntime runtime) {
        return SolutionDocument.of(solution, output.json ? modelsOf(runtime) : List.of(), runtime.report());
    }

    private int solveEach(List<ProblemLines.Entry> problems, SearchMethod method, SearchConfig config, Task task) {
        Workload work = Workload.of(
                method,
                config,
                problems.stream().map(ProblemLines.Entry::problem).toList());
        AtomicInteger code = new AtomicInteger(ExitCode.ANSWERED);
        // Time and energy are for a problem that has the machine to itself.
        boolean alone = RunBudget.isOfMachine(budget.budget());
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime =
                        new LocalRuntime(told(task), alone ? work.withInFlight(1) : work, fetches, task)) {
            SearchConfig planned = runtime.planned(config, method, tree.plan());
            planned.validateFor(method);
            EachProblem solving = new EachProblem(runtime, method, planned, budget.budget());
            boolean all = solving.solve(
                    problems,
                    (entry, solution) -> {
                        SolutionDocument document = documentOf(solution, runtime);
                        print(entry, document);
                        warnOfResult(entry, solution.warnings());
                        code.accumulateAndGet(codeOf(document), Math::max);
                    },
                    () -> !System.out.checkError(),
                    output.quiet);
            return all && solving.failed() == 0 ? code.get() : ExitCode.FAILED;
        }
    }

    private void print(ProblemLines.Entry entry, SolutionDocument solution) {
        if (each && output.json) {
            ObjectNode line = Documents.MAPPER.createObjectNode().put("id", entry.id());
            line.setAll(Documents.MAPPER.<ObjectNode>valueToTree(solution));
            System.out.println(Documents.MAPPER.writeValueAsString(line));
            return;
        }
        if (each) {
            Terminal.output()
                    .println(
                            "@|bold [%s]|@ @|faint %s|@",
                            entry.id(), shortened(entry.problem().text()));
        }
        printAlone(solution);
        if (each) {
            System.out.println();
        }
    }

    private static String shortened(String text) {
        return Excerpt.within(text.replaceAll("\\s+", " "), PROBLEM_SHOWN);
    }

    private void printAlone(SolutionDocument solution) {
        if (output.json) {
            System.out.println(PrettyJson.of(Documents.MAPPER.valueToTree(solution)));
        } else {
            new SolutionText(Terminal.output()).print(solution);
        }
    }

    /** Who did not choose the policy may expect more of it than it can do. */
    private void printCaution(Task task) {
        if (!output.quiet && Terminal.error().isTerminal()) {
            ResolvedModels.caution(told(task), ModelStore.open())
                    .ifPresent(line -> Terminal.error().println("@|faint %s|@", line));
        }
    }

    /** One, unless {@code --each} says that there are more. */
    private List<ProblemLines.Entry> problems() throws IOException {
        if (each && !output.trees.isEmpty()) {
            throw new UsageException("--tree is for one problem: leave it out with --each");
        }
        String given = given();
        if (each) {
            return ProblemLines.read(given, file == null ? "the text" : file.toString());
        }
        return List.of(new ProblemLines.Entry("1", Problem.of(given)));
    }

    private String given() throws IOException {
        if (file != null && text != null) {
            throw new UsageException("give the problem as an argument or with --file, not both");
        }
        if (file != null && !file.toString().equals("-")) {
            return GivenText.read("the problem", file);
        }
        if (text != null && !text.equals("-")) {
            return text;
        }
        if (text == null && file == null && !Terminal.isPiped()) {
            throw new UsageException("give the problem as an argument, with --file, or - for standard input");
        }
        if (Terminal.isInput() && !output.quiet) {
            System.err.println("Type the problem; Ctrl-D on a line of its own ends it");
        }
        return StandardStreams.read("the problem");
    }

    private Found solve(ServerClient client, Problem problem, SearchMethod method, SearchConfig config) {
        RemoteSolver solver = new RemoteSolver(client, server.model());
        try {
            return solver.solve(
                    problem,
                    method,
                    config,
                    budget.budget(),
                    models.system,
                    () -> Interruption.callOnInterrupt(solver::stop));
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private Solution solve(
            LocalRuntime runtime, Solver solver, Problem problem, SearchMethod method, SearchConfig config) {
        Meter meter = runtime.meter(budget.budget());
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        try (SolveProgress progress = SolveProgress.begin(output.quiet, method, config.n(), meter)) {
            return solver.solve(problem, method, config, meter, SolveProgress.listener(progress));
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private static List<Model> modelsOf(LocalRuntime runtime) {
        return runtime.models().stream()
                .map(model -> new Model(
                        model.role(), model.file().name(), model.file().sha256()))
                .toList();
    }
}

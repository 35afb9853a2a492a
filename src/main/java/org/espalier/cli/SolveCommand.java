package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.catalog.ModelStore;
import org.espalier.cli.RemoteSolver.Found;
import org.espalier.eval.Utf8Text;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.runtime.LargerPolicy;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.ResolvedModels;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SolutionDocument;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier solve}. */
@Command(
        name = "solve",
        description = "Solves a problem by searching over a model's reasoning.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  espalier solve \"Start with 12, then multiply by 7, then subtract 5. What is the result?\"",
            "  espalier solve --file problem.txt --method beam -n 32 --deadline 60s",
            "  espalier solve --policy qwen.gguf --prm prm.gguf --prm-profile rlhflow \"...\" --json",
        })
final class SolveCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "PROBLEM", description = "The problem's text; - reads standard input.")
    private @Nullable String text;

    @Option(names = "--file", paramLabel = "FILE", description = "Reads the problem from a file.")
    private @Nullable Path file;

    @ArgGroup(validate = false, heading = "%nSearch:%n")
    private SearchOptions search = new SearchOptions();

    @ArgGroup(validate = false, heading = "%nTree:%n")
    private TreeOptions tree = new TreeOptions();

    @ArgGroup(validate = false, heading = "%nSampling:%n")
    private SamplingOptions sampling = new SamplingOptions();

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
                description = {
                    "Writes the search tree as JSON lines, or as a picture if FILE ends in .svg. May be given twice.",
                    "'espalier tree --help' explains the picture."
                })
        private List<Path> trees = List.of();

        @Option(
                names = {"-q", "--quiet"},
                description = "Shows no progress and no advice.")
        private boolean quiet;
    }

    @Override
    public Integer call() throws IOException {
        Problem problem = problem();
        SearchMethod method = search.method();
        SearchConfig config = tree.config(sampling)
                .n(search.n())
                .selection(search.namedSelection())
                .build();
        budget.budget();
        LargerPolicy.requireUse(models.runtime(), List.of(method));
        output.trees.forEach(TreeFile::checkWritable);
        if (server.url != null) {
            Found found = solve(
                    server.client(Objects.requireNonNull(spec).commandLine().getParseResult()),
                    problem,
                    method,
                    config);
            print(found.solution(), found.prmBlind());
            return found.solution().outcome().answer() == null ? ExitCode.NO_ANSWER : ExitCode.ANSWERED;
        }
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(
                        models.runtime(), Workload.of(method, search.n(), config.maxTokens(), problem), fetches)) {
            SearchConfig planned = runtime.planned(config, method, tree.plan());
            planned.validateFor(method);
            Solution solution = solve(runtime, problem, method, planned);
            // Text does not name the models, and must not wait for their digests.
            print(
                    SolutionDocument.of(solution, output.json ? modelsOf(runtime) : List.of(), runtime.report()),
                    solution.tree().isPrmBlind());
            output.trees.forEach(file -> TreeFile.write(file, solution));
            printCaution();
            return solution.answer() == null ? ExitCode.NO_ANSWER : ExitCode.ANSWERED;
        }
    }

    private void print(SolutionDocument solution, boolean prmBlind) {
        if (output.json) {
            System.out.println(PrettyJson.of(Documents.MAPPER.valueToTree(solution)));
        } else {
            new SolutionText(Terminal.output()).print(solution, prmBlind);
        }
    }

    /** Who did not choose the policy may expect more of it than it can do. */
    private void printCaution() {
        if (!output.quiet && Terminal.error().isTerminal()) {
            ResolvedModels.caution(models.runtime(), ModelStore.open())
                    .ifPresent(line -> Terminal.error().println("@|faint %s|@", line));
        }
    }

    private Problem problem() throws IOException {
        if (file != null && text != null) {
            throw new UsageException("give the problem as an argument or with --file, not both");
        }
        if (file != null) {
            return Problem.of(readText(file));
        }
        if (text == null) {
            throw new UsageException("give the problem as an argument, with --file, or - for standard input");
        }
        return Problem.of(text.equals("-") ? StandardStreams.read("the problem") : text);
    }

    private static String readText(Path file) {
        try {
            return Utf8Text.read(file);
        } catch (CharacterCodingException e) {
            throw new UsageException("cannot read the problem from " + file + ": " + Utf8Text.reason(e));
        } catch (NoSuchFileException e) {
            throw new UsageException("cannot read the problem from " + file + ": there is no such file");
        } catch (IOException e) {
            throw new UsageException("cannot read the problem from " + file + ": " + Reason.of(e));
        }
    }

    private Found solve(ServerClient client, Problem problem, SearchMethod method, SearchConfig config) {
        RemoteSolver solver = new RemoteSolver(client);
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

    private Solution solve(LocalRuntime runtime, Problem problem, SearchMethod method, SearchConfig config) {
        Meter meter = runtime.meter(budget.budget());
        Interruption.callOnInterrupt(() -> {
            meter.cancel();
            runtime.interrupt();
        });
        try (Progress progress = progress(method, config, meter)) {
            return runtime.solver().solve(problem, method, config, meter, progress);
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private Progress progress(SearchMethod method, SearchConfig config, Meter meter) {
        boolean shown = !output.quiet && Terminal.error().redraws();
        return shown ? new SolveProgress(method.cliName(), config.n(), meter) : new Progress() {};
    }

    /** What is shown while the search runs: nothing, unless overridden. */
    interface Progress extends SearchListener, AutoCloseable {
        @Override
        default void close() {}
    }

    private static List<Model> modelsOf(LocalRuntime runtime) {
        return runtime.models().stream()
                .map(model -> new Model(
                        model.role(), model.file().name(), model.file().sha256()))
                .toList();
    }
}

package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.model.Completion;
import org.espalier.model.EspalierException;
import org.espalier.model.Meter;
import org.espalier.model.Nearest;
import org.espalier.model.Problem;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.prompt.PromptOptions;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.Solution;
import org.espalier.wire.SolutionDocument;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** A conversation: reads messages, answers them, and does what begins with a slash. */
final class ChatSession implements AutoCloseable {
    /** What can be typed beside questions, and what it does. */
    static final Map<String, String> COMMANDS = commands();

    /** Tokens of what was said before that are kept, beside a new answer. */
    private static final int REMEMBERED = 2048;

    private static final int LEAST_BRANCHES = 16;
    private static final int MOST_N = 64;

    private final Terminal terminal;
    private final boolean quiet;
    private final Set<String> warned = new HashSet<>();
    private final Conversation conversation = new Conversation();
    private ChatSettings settings;
    private int branches;
    private @Nullable LocalRuntime runtime;
    private @Nullable Solution last;

    /** Loads the models. */
    ChatSession(ChatSettings settings, Terminal terminal, boolean quiet) {
        this.settings = settings;
        this.terminal = terminal;
        this.quiet = quiet;
        settings.search();
        open();
    }

    private static Map<String, String> commands() {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("/method", "NAME  how the next questions are searched (see 'espalier help methods')");
        commands.put("/n", "N  completions of a search");
        commands.put("/model", "NAME [PRM]  another policy and PRM; alone: which ones now");
        commands.put("/tree", "[FILE]  the last search's tree, into a file as JSON lines or .svg");
        commands.put("/clear", "forgets what was said");
        commands.put("/save", "FILE  writes the conversation as Markdown");
        commands.put("/help", "this list");
        commands.put("/quit", "ends the conversation, as Ctrl-D does");
        return commands;
    }

    /** Answers until the input ends; returns the exit code. */
    int run(ChatInput input, boolean typed) {
        if (typed && !quiet) {
            terminal.println("@|faint %s|@", describe() + "; /help lists commands, Ctrl-D ends");
        }
        for (String message = input.next(); message != null; message = input.next()) {
            if (message.isBlank()) {
                continue;
            }
            if (message.equals("/quit") || message.equals("/exit")) {
                break;
            }
            try {
                if (message.startsWith("/")) {
                    command(message);
                } else {
                    answer(message);
                }
            } catch (EspalierException e) {
                System.err.println("espalier: " + Quoting.line(e.spelled(new FlagSpelling())));
                if (runtime == null || runtime.failure().isPresent()) {
                    return ExitCode.FAILED;
                }
            }
            System.out.flush();
            if (System.out.checkError()) {
                break;
            }
        }
        return ExitCode.ANSWERED;
    }

    private void answer(String question) {
        LocalRuntime models = Objects.requireNonNull(runtime);
        SearchConfig config = models.planned(settings.search(), settings.method(), settings.plan());
        int context = models.contextTokens();
        int most = Math.max(context / 2, context - config.maxTokens());
        int before = conversation.questions();
        Problem problem = conversation.ask(question, asked -> models.promptTokens(asked, PromptOptions.NONE), most);
        if (conversation.questions() < before && !quiet) {
            System.err.println("The first %d of %d questions no longer fit the context: they are forgotten"
                    .formatted(before - conversation.questions(), before));
        }
        warn(models.cautions(problem));
        Meter meter = models.meter(settings.budget());
        // Ctrl-C ends the search and not the program.
        Object handler = Signals.register("INT", () -> {
            meter.cancel();
            models.interrupt();
        });
        Solution solution;
        try {
            solution = settings.method() == SearchMethod.GREEDY
                    ? streamed(models, problem, config, meter)
                    : searched(models, problem, config, meter);
        } finally {
            Signals.unregister("INT", handler);
        }
        last = solution;
        warn(solution.warnings());
        String reply = replyOf(solution);
        if (!reply.isBlank()) {
            conversation.add(question, reply);
        }
    }

    /** On standard error, each once in a conversation. */
    private void warn(List<Warning> warnings) {
        if (!quiet) {
            warnings.stream()
                    .map(Warning::message)
                    .filter(warned::add)
                    .forEach(message -> Terminal.error().warn(message));
        }
    }

    /** The text appears while it is written. */
    private Solution streamed(LocalRuntime models, Problem problem, SearchConfig config, Meter meter) {
        Solution solution = models.solver().solve(problem, settings.method(), config, meter, new SearchListener() {
            @Override
            public boolean readsAlong() {
                return true;
            }

            @Override
            public void writing(SearchNode node, String text) {
                System.out.print(text);
                System.out.flush();
            }

            @Override
            public void settled(String text) {
                System.out.print(text);
                System.out.flush();
            }
        });
        System.out.println();
        if (!quiet) {
            terminal.println(
                    "@|faint %s|@",
                    String.format(
                            Locale.ROOT,
                            "%,d tokens, %.1f s",
                            solution.usage().policyTokens(),
                            solution.usage().wallMillis() / 1e3));
        }
        return solution;
    }

    private Solution searched(LocalRuntime models, Problem problem, SearchConfig config, Meter meter) {
        Solution solution;
        try (SolveProgress progress = SolveProgress.begin(quiet, settings.method(), config.n(), meter)) {
            solution =
                    models.solver().solve(problem, settings.method(), config, meter, SolveProgress.listener(progress));
        }
        new SolutionText(terminal).print(SolutionDocument.of(solution, List.of(), models.report()));
        return solution;
    }

    /** What the assistant has said: the completion that was shown. */
    private static String replyOf(Solution solution) {
        Completion shown = solution.selected();
        return shown == null ? "" : shown.text();
    }

    private void command(String message) {
        String[] words = message.strip().split("\\s+", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "/method" -> {
                if (!rest.isEmpty()) {
                    change(settings.with(SearchMethod.parse(rest)));
                }
                tell(describe());
            }
            case "/n" -> {
                change(settings.withN(number(rest)));
                tell(describe());
            }
            case "/model" -> {
                if (!rest.isEmpty()) {
                    changeModels(rest.split("\\s+"));
                }
                tell(describe());
            }
            case "/tree" -> tree(rest);
            case "/clear" -> {
                conversation.clear();
                last = null;
                tell("Forgotten");
            }
            case "/save" -> save(rest);
            case "/help" -> COMMANDS.forEach((name, text) -> terminal.println("  @|bold %-8s|@ %s", name, text));
            default ->
                throw new UsageException(
                        "there is no command " + words[0] + Nearest.question(words[0], COMMANDS.keySet()));
        }
    }

    private void tell(String line) {
        terminal.println("@|faint %s|@", line);
    }

    private String describe() {
        List<String> models = Objects.requireNonNull(runtime).models().stream()
                .map(model -> model.role() + " " + model.file().name())
                .toList();
        return settings.method().cliName() + " -n " + settings.n() + ", " + String.join(", ", models);
    }

    private static int number(String text) {
        int n = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
        if (n < 1 || n > MOST_N) {
            throw new UsageException("/n is 1 to " + MOST_N + ", such as /n 16");
        }
        return n;
    }

    private void change(ChatSettings next) {
        next.search();
        settings = next;
        if (next.n() > branches) {
            open();
        }
    }

    /** Where the new ones cannot be had, the old ones are loaded again. */
    private void changeModels(String[] names) {
        RuntimeOptions before = settings.models();
        PrmSettings prm = names.length > 1 ? PrmSettings.DEFAULT.withModel(names[1]) : PrmSettings.DEFAULT;
        settings = settings.with(before.withPolicy(names[0]).withPrm(prm));
        try {
            open();
        } catch (EspalierException e) {
            settings = settings.with(before);
            open();
            throw e;
        }
    }

    private void open() {
        close();
        branches = Math.max(LEAST_BRANCHES, settings.n());
        try (FetchProgress fetches = new FetchProgress()) {
            runtime = new LocalRuntime(
                    settings.models(),
                    Workload.serving(branches, settings.config().maxTokens() + REMEMBERED),
                    fetches);
        }
    }

    private void tree(String file) {
        if (last == null) {
            throw new UsageException("there is no tree yet: ask something first");
        }
        if (file.isEmpty()) {
            new TreeText(terminal).print(last);
            return;
        }
        Path path = Path.of(file);
        TreeFile.checkWritable(path);
        TreeFile.write(path, last);
        tell(path.toString());
    }

    private void save(String file) {
        if (file.isEmpty()) {
            throw new UsageException("say where, such as /save conversation.md");
        }
        try {
            Files.writeString(Path.of(file), conversation.markdown(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new EspalierException("cannot write " + file + ": " + Reason.of(e), e);
        }
        tell(file);
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
            runtime = null;
        }
    }
}

package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.espalier.catalog.ModelStore;
import org.espalier.runtime.LargerPolicy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier chat}: questions and follow-up questions on a terminal. */
@Command(
        name = "chat",
        description = "Answers questions in the terminal, one after the other; each knows what came before.",
        sortOptions = false,
        footer = {
            "",
            "/help lists what else can be typed, such as /method dvts, /n 16, /model NAME, /tree and /save FILE.",
            "Ctrl-C ends a search with the best answer so far, Ctrl-D the conversation. Questions may also come",
            "through a pipe, one a line.",
            "",
            "Examples:",
            "  espalier chat --policy smollm2-135m-instruct --method greedy",
            "  espalier chat --method majority -n 8 <questions.txt",
        })
final class ChatCommand implements Callable<Integer> {
    @ArgGroup(validate = false, heading = "%nSearch:%n")
    private SearchOptions search = new SearchOptions();

    @ArgGroup(validate = false, heading = "%nTree:%n")
    private TreeOptions tree = new TreeOptions();

    @ArgGroup(validate = false, heading = "%nSampling:%n")
    private SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(validate = false, heading = "%nBudget of each question:%n")
    private BudgetOptions budget = new BudgetOptions();

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private Output output = new Output();

    /** Options that say what is shown and kept. */
    private static final class Output {
        @Option(names = "--no-history", description = "Keeps nothing of what is typed for the next conversation.")
        private boolean noHistory;

        @Option(
                names = {"-q", "--quiet"},
                description = "Shows no progress and no advice.")
        private boolean quiet;
    }

    @Override
    public Integer call() {
        LargerPolicy.requireUse(models.runtime(), List.of(search.method()));
        ChatSettings settings = new ChatSettings(
                models.runtime(),
                search.method(),
                search.n(),
                tree.config(sampling).selection(search.namedSelection()).build(),
                budget.budget(),
                tree.plan());
        boolean typed = Terminal.isInput() && Terminal.output().isTerminal();
        try (ChatInput input =
                        typed ? LineEditor.open(ChatSession.COMMANDS.keySet(), history()) : new PipedLines(System.in);
                ChatSession session = new ChatSession(settings, Terminal.output(), output.quiet)) {
            return session.run(input, typed);
        }
    }

    private @Nullable Path history() {
        return output.noHistory ? null : ModelStore.open().cacheFolder().resolve("chat-history");
    }
}

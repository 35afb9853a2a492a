package org.espalier.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.cli.ModelOptions.KvLayout;
import org.espalier.cli.ModelOptions.TemplateChoice;
import org.espalier.cli.Session.LoadedModel;
import org.espalier.eval.RecordedSearch;
import org.espalier.eval.RecordedSearch.Outcome;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code espalier replay}: whether a recorded search comes out the same again. */
@Command(
        name = "replay",
        description = "Searches again as a record of 'espalier eval' says, and compares the answers.",
        sortOptions = false,
        footer = {
            "",
            "The models must be the recorded ones, by their SHA-256; those that are not of the list are named with",
            "--policy and --prm. Ends with 1 if an answer differs. On another machine, or another number of",
            "threads, rounding differs, and so may samples.",
            "",
            "Example:  espalier replay runs/arith arith-017 --method dvts -n 16",
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A folder that 'espalier eval --out' has written.")
    private @Nullable Path folder;

    @Parameters(index = "1", paramLabel = "ID", description = "The problem's id in the records.")
    private String id = "";

    @Option(names = "--method", paramLabel = "METHOD", description = "Which of the problem's records.")
    private @Nullable String method;

    @Option(names = "-n", paramLabel = "N", description = "Which of the method's records.")
    private @Nullable Integer n;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nModels:%n")
    private ModelOptions models = new ModelOptions();

    @Override
    public Integer call() {
        SearchMethod named = method == null ? null : SearchMethod.parse(method);
        RecordedSearch search = RecordedSearch.find(Objects.requireNonNull(folder), id, named, n);
        takeSettings(search);
        SearchConfig config = search.config();
        Workload work = Workload.of(search.method(), config.n(), config.maxTokens(), search.problem());
        try (FetchProgress fetches = new FetchProgress();
                Session session = new Session(models, work, fetches)) {
            session.models().forEach(model -> requireSame(search, model));
            String tokens = search.setting("budgetTokens");
            Meter meter = new Meter(new Budget(tokens == null ? Long.MAX_VALUE : Long.parseLong(tokens), null));
            Interruption.callOnInterrupt(() -> {
                meter.cancel();
                session.interrupt();
            });
            Solution solution = session.solver().solve(search.problem(), search.method(), config, meter);
            return print(search.compare(solution));
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    /** What the command line does not name is as it was. */
    private void takeSettings(RecordedSearch search) {
        if (models.policy == null) {
            models.policy = search.setting("policy");
        }
        String judge = search.setting("prm");
        if (models.prm == null && judge != null) {
            models.prm = Boolean.parseBoolean(search.setting("likelihood")) ? ModelOptions.likelihood(judge) : judge;
        }
        if (models.prmProfile == null) {
            models.prmProfile = search.setting("prmProfile");
        }
        models.system = search.setting("system");
        models.template = TemplateChoice.valueOf(upperCase(search.setting("template")));
        String layout = search.kvLayout() == null ? search.setting("kvLayout") : search.kvLayout();
        models.kvLayout = KvLayout.valueOf(upperCase(layout));
    }

    private static String upperCase(@Nullable String name) {
        return Objects.requireNonNullElse(name, "auto").toUpperCase(Locale.ROOT);
    }

    private static void requireSame(RecordedSearch search, LoadedModel model) {
        String recorded = search.setting(model.role() + "Sha256");
        if (recorded != null && !recorded.equals(model.file().sha256())) {
            throw new UsageException("the %s %s is not the recorded one (SHA-256 %s there): name that file with --%s"
                    .formatted(model.role(), model.file().name(), recorded, model.role()));
        }
    }

    private int print(Outcome outcome) {
        if (json) {
            System.out.println(
                    JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(outcome));
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%s: %s was recorded, %s is found; %d of %d completions are the same%n",
                    outcome.sameAnswer() ? "The same answers" : "Another answer",
                    outcome.recorded(),
                    outcome.replayed(),
                    outcome.sameCompletions(),
                    outcome.completions());
        }
        return outcome.sameAnswer() ? ExitCode.ANSWERED : ExitCode.FAILED;
    }
}

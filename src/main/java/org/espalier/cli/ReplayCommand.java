package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.domain.Domain;
import org.espalier.eval.RecordedSearch;
import org.espalier.eval.RecordedSearch.Outcome;
import org.espalier.model.Attention;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.UsageException;
import org.espalier.runtime.KvLayout;
import org.espalier.runtime.LoadedModel;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.ResourceSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Task;
import org.espalier.runtime.TemplateChoice;
import org.espalier.runtime.ThinkingSettings;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier replay}: whether a recorded search comes out the same again. */
@Command(
        name = "replay",
        description =
                "Searches again as a record of 'espalier eval' says, and compares the answers; or says, without a model,"
                        + " what other rules of auto would have answered.",
        sortOptions = false,
        footer = {
            "",
            "The models must be the recorded ones, by their SHA-256. Ends with 1 if an answer differs: on another",
            "machine, or beside other problems, rounding differs, and so may samples.",
            "",
            "Examples:",
            "  espalier replay runs/arith arith-017 --method dvts -n 16",
            "  espalier replay runs/held-in --policy-rule plan.yaml",
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "A folder that 'espalier eval --out' has written.")
    private @Nullable Path folder;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The problem's id in the records.")
    private @Nullable String id;

    @Option(
            names = "--policy-rule",
            paramLabel = "PLAN",
            description = {
                "Says what auto with this plan would have given, from a run that was recorded with --stop-at 1: a file, or such"
                        + " as '{stopAt: 0.8, bins: [{upTo: 1, method: dvts}]}'; may be given several times."
            })
    private List<String> rules = List.of();

    @Option(
            names = "--larger-run",
            paramLabel = "DIR",
            description =
                    "With --policy-rule: the same problems by a larger policy, asked where the others leave it open.")
    private @Nullable Path larger;

    @Option(names = "--method", paramLabel = "METHOD", description = "Chooses among the problem's records.")
    private @Nullable String method;

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Chooses among the method's records; with --policy-rule: so many completions at most.")
    private @Nullable Integer n;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Option(names = "--seed", paramLabel = "S", description = "The recorded seed, if the run has several.")
    private @Nullable Long seed;

    @Option(names = "--policy", paramLabel = "MODEL", description = "The recorded policy, if it is not in the list.")
    private @Nullable String policy;

    @Option(
            names = "--prm",
            paramLabel = "MODEL",
            description = "The recorded PRM, or likelihood:MODEL, if it is not in the list.")
    private @Nullable String prm;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Threads that compute (default: as many as are quickest at each moment, at most one a core).")
    private @Nullable Integer threads;

    @Option(
            names = "--gpu-layers",
            paramLabel = "L",
            defaultValue = "-1",
            description = "Layers on the GPU; -1 for all (default: ${DEFAULT-VALUE}).")
    private int gpuLayers;

    @Override
    public Integer call() {
        Path run = Objects.requireNonNull(folder);
        if (!rules.isEmpty()) {
            if (id != null) {
                throw new UsageException("--policy-rule is about all problems of a run: leave out " + id);
            }
            RuleReplay.print(run, rules, n, larger, json);
            return ExitCode.ANSWERED;
        }
        if (id == null) {
            throw new UsageException("name a problem by its id in " + run + ", or give --policy-rule");
        }
        SearchMethod named = method == null ? null : SearchMethod.parse(method);
        RecordedSearch search = RecordedSearch.find(run, id, named, n, seed);
        if (search.setting("verifier") != null) {
            throw new UsageException("a run that a program judged (%s) cannot be replayed: it may answer otherwise now"
                    .formatted(search.setting("verifier")));
        }
        SearchConfig config = search.config();
        boolean checked = !"false".equals(search.setting(DomainOptions.CHECKER));
        Task task = Task.of(domainOf(search), checked, null);
        Workload work = Workload.of(search.method(), config.n(), config.maxTokens(), search.problem());
        try (FetchProgress fetches = new FetchProgress();
                LocalRuntime runtime = new LocalRuntime(optionsOf(search), work, fetches, task)) {
            runtime.models().forEach(model -> requireSame(search, model));
            Meter meter = runtime.meter(search.budget());
            Interruption.callOnInterrupt(() -> {
                meter.cancel();
                runtime.interrupt();
            });
            Solution solution = runtime.solver().solve(search.problem(), search.method(), config, meter);
            if (solution.stoppedBy() == Limit.CANCELLED) {
                System.err.println("Stopped; nothing was compared");
                return ExitCode.FAILED;
            }
            return print(search.compare(solution));
        } finally {
            Interruption.callOnInterrupt(() -> {});
        }
    }

    private static Domain domainOf(RecordedSearch search) {
        String name = search.setting("domain");
        return name == null
                ? Domain.MATH
                : Domain.named(name)
                        .orElseThrow(() -> new UsageException("the run's domain %s is not known here".formatted(name)));
    }

    /** Models and how they are used, as they were. */
    private RuntimeOptions optionsOf(RecordedSearch search) {
        return new RuntimeOptions(
                policy == null ? search.setting("policy") : policy,
                file(search, "policyAdapter"),
                search.setting("largerPolicy"),
                TemplateChoice.valueOf(upperCase(search.setting("template"))),
                search.setting("system"),
                new ThinkingSettings(
                        ThinkingSettings.Mode.valueOf(upperCase(search.setting("thinking"))),
                        integer(search, "thinkTokens"),
                        Objects.requireNonNullElse(integer(search, "waits"), 0)),
                prmOf(search),
                resourcesOf(search));
    }

    private PrmSettings prmOf(RecordedSearch search) {
        boolean likelihood = Boolean.parseBoolean(search.setting("likelihood"));
        String ofAuto = search.method() == SearchMethod.AUTO ? search.setting(RunRecord.PRM_OF_AUTO) : null;
        String judge = ofAuto == null ? search.setting("prm") : ofAuto;
        String by = likelihood
                ? PrmSettings.LIKELIHOOD
                : Boolean.parseBoolean(search.setting("marks")) ? PrmSettings.JUDGE_BY : "";
        String recorded = judge == null ? null : by + judge;
        PrmSettings settings = new PrmSettings(
                prm == null ? recorded : prm,
                search.setting("prmProfile"),
                null,
                file(search, "prmAdapter"),
                search.setting("prmReference"),
                integer(search, "prmSamples"),
                integer(search, "prmTokens"));
        if (prm != null
                && (judge == null
                        || settings.isSelf() != judge.equals(PrmSettings.SELF)
                        || settings.isLikelihood() != likelihood)) {
            throw new UsageException("--prm %s does not judge as the run's did (%s): leave it out, or give that model"
                    .formatted(prm, Objects.requireNonNullElse(recorded, "nothing")));
        }
        return settings;
    }

    private ResourceSettings resourcesOf(RecordedSearch search) {
        String layout = search.kvLayout() == null ? search.setting("kvLayout") : search.kvLayout();
        ResourceSettings usual = ResourceSettings.DEFAULT;
        return new ResourceSettings(
                threads,
                gpuLayers,
                usual.mmap(),
                KvLayout.valueOf(upperCase(layout)),
                search.setting("attention") == null ? Attention.STOCK : Attention.TREE,
                usual.context(),
                usual.memory(),
                usual.loadCheck());
    }

    private static @Nullable Path file(RecordedSearch search, String name) {
        String path = search.setting(name);
        return path == null ? null : Path.of(path);
    }

    private static @Nullable Integer integer(RecordedSearch search, String name) {
        String number = search.setting(name);
        return number == null ? null : Integer.valueOf(number);
    }

    private static String upperCase(@Nullable String name) {
        return Objects.requireNonNullElse(name, "auto").toUpperCase(Locale.ROOT);
    }

    private static void requireSame(RecordedSearch search, LoadedModel model) {
        String recorded = search.setting(model.role() + "Sha256");
        if (!model.file().sha256().equals(recorded)) {
            throw new UsageException("the %s %s is not the recorded one (SHA-256 %s there): name that file with --%s"
                    .formatted(model.role(), model.file().name(), recorded, model.role()));
        }
    }

    private int print(Outcome outcome) {
        if (json) {
            System.out.println(PrettyJson.of(outcome));
        } else {
            outcome.differences().forEach(System.out::println);
            System.out.printf(
                    Locale.ROOT,
                    "%s; %d of %d completions are the same%n",
                    outcome.sameAnswers() ? "The same answers" : "Other answers",
                    outcome.sameCompletions(),
                    outcome.completions());
        }
        return outcome.sameAnswers() ? ExitCode.ANSWERED : ExitCode.FAILED;
    }
}

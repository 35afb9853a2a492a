package org.espalier.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.ProgramRun;
import org.espalier.domain.Domain;
import org.espalier.eval.Shard;
import org.espalier.llama.NativeLibrary;
import org.espalier.model.Attention;
import org.espalier.model.FetchListener;
import org.espalier.runtime.EspalierVersion;
import org.espalier.runtime.Plans;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.ResolvedModels;
import org.espalier.runtime.ResourceSettings;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.ThinkingSettings;
import org.espalier.search.SearchMethod;
import org.espalier.wire.SearchOutcome.Model;
import org.espalier.wire.SearchSettings;
import org.jspecify.annotations.Nullable;

/** What is written down about a run: what its records depend on, and where they were made. */
final class RunRecord {
    private static final int GIT_SECONDS = 10;

    /** What auto is judged by, where that is not what other methods are judged by. */
    static final String PRM_OF_AUTO = "prmOfAuto";

    private final Map<String, Object> configuration = new LinkedHashMap<>();

    /**
     * Begins with what all runs depend on. Fetches models that are not here, and reads files whose digest is not known.
     *
     * @param judging whether steps are judged
     */
    RunRecord(RunSpec spec, boolean judging, FetchListener fetches) {
        RuntimeOptions models = spec.models();
        boolean byModel = judging && !models.prm().isNone();
        ResolvedModels choice = ResolvedModels.of(models, byModel, ModelStore.open(), fetches);
        putSearch(spec);
        putModel("policy", choice.policy());
        configuration.put("template", models.template().name().toLowerCase(Locale.ROOT));
        put("system", models.system());
        put("policyAdapter", text(models.policyAdapter()));
        putNamed("largerPolicy", models.largerPolicy(), fetches);
        // Left out where they are usual, so that runs of before they were there go on.
        put("domain", usual(spec.task().domain().name(), Domain.MATH.name()));
        put("thinking", usual(models.thinking().mode(), ThinkingSettings.Mode.AUTO));
        put("thinkTokens", models.thinking().tokens());
        put("waits", usual(models.thinking().waits(), 0));
        if (judging && !byModel) {
            configuration.put("prm", PrmSettings.NONE);
        }
        if (byModel) {
            ModelFile judge = choice.judge();
            if (judge == null) {
                putPolicyAsJudge(spec);
            } else {
                putModel("prm", judge);
            }
            put(
                    "prmProfile",
                    choice.profile() == null
                            ? models.prm().profileName()
                            : choice.profile().name());
            configuration.put("likelihood", models.prm().isLikelihood());
            put("marks", (judge != null && models.prm().isMarks()) ? true : null);
            put("prmAdapter", text(models.prm().adapter()));
            putNamed("prmReference", models.prm().reference(), fetches);
            put("prmSamples", models.prm().samples());
            put("prmTokens", models.prm().tokens());
        }
        if (spec.methods().contains(SearchMethod.AUTO)) {
            configuration.put("plan", Plans.of(spec.plan(), choice.policy(), choice.judge(), models.prm()));
        }
        // Runs of before there was another have none.
        put("attention", usual(models.resources().attentionOrPreferred(), Attention.STOCK));
        configuration.put("kvLayout", models.resources().kvLayout().name().toLowerCase(Locale.ROOT));
    }

    /**
     * Of a run on servers.
     *
     * @param served the models that they all have
     * @param judging whether steps are judged by a model
     */
    RunRecord(RunSpec spec, List<Model> served, boolean judging) {
        putSearch(spec);
        for (Model model : served) {
            if (judging || model.role().equals("policy")) {
                configuration.put(model.role(), model.name());
                configuration.put(model.role() + "Sha256", Objects.requireNonNull(model.sha256()));
            }
        }
        if (judging) {
            configuration.putIfAbsent("prm", "self");
        }
        put("system", spec.models().system());
        configuration.put("solvedBy", "servers");
    }

    private void putSearch(RunSpec spec) {
        configuration.put("dataset", spec.dataset().name());
        configuration.put("problems", spec.dataset().items().size());
        configuration.put("problemsSha256", spec.dataset().sha256());
        List<String> methods =
                spec.methods().stream().map(SearchMethod::cliName).toList();
        new SearchSettings(SearchMethod.AUTO, spec.config())
                .toJson()
                .properties()
                .forEach(setting -> configuration.put(setting.getKey(), setting.getValue()));
        configuration.put("method", methods);
        configuration.put("n", spec.sizes());
        if (spec.seeds().size() > 1) {
            configuration.put("seed", spec.seeds());
        }
        configuration.remove("plan");
    }

    /** What auto goes by is recorded apart where other methods ask the policy. */
    private void putPolicyAsJudge(RunSpec spec) {
        PrmSettings asked = spec.models().prm();
        boolean auto = !asked.isNamed() && spec.methods().contains(SearchMethod.AUTO);
        boolean only = spec.methods().stream().noneMatch(method -> method.needsPrm() && method != SearchMethod.AUTO);
        if (auto && !only) {
            configuration.put(PRM_OF_AUTO, PrmSettings.CONFIDENCE);
        }
        String judge = auto && only ? PrmSettings.CONFIDENCE : PrmSettings.SELF;
        configuration.put("prm", asked.isNamed() ? asked.model() : judge);
    }

    /** @param name null if there is none */
    private void putNamed(String role, @Nullable String name, FetchListener fetches) {
        if (name != null) {
            putModel(role, ModelStore.open().resolve(name, fetches));
        }
    }

    private void putModel(String role, ModelFile file) {
        configuration.put(role, file.name());
        configuration.put(role + "Sha256", file.sha256());
    }

    /** Null for the usual value. */
    private static @Nullable String usual(Object value, Object usual) {
        return value.equals(usual) ? null : value.toString().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(@Nullable Path file) {
        return file == null ? null : file.toString();
    }

    /** Adds something else that the records depend on, unless it is not set. */
    void put(String name, @Nullable Object value) {
        if (value != null) {
            configuration.put(name, value);
        }
    }

    Map<String, Object> configuration() {
        return configuration;
    }

    /**
     * Where a run is made. Which shard of its problems it has, if it is one, is entered here and in the configuration.
     *
     * @param problems the ids of those that it has
     */
    Map<String, Object> environment(ResourceSettings resources, @Nullable Shard shard, List<String> problems) {
        Map<String, Object> environment = environment(resources);
        if (shard != null) {
            put("shard", shard.toString());
            environment.put("shardProblems", problems);
        }
        return environment;
    }

    /** Versions, hardware, and the state of the checkout that this program was built from. */
    static Map<String, Object> environment(ResourceSettings resources) {
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put("espalier", EspalierVersion.own());
        environment.put("llamaCpp", String.join("; ", NativeLibrary.description()));
        environment.put("gpuLayers", resources.gpuLayers());
        environment.put("threads", resources.mostThreads());
        environment.put("adaptsThreads", resources.threads() == null);
        environment.put("processors", Runtime.getRuntime().availableProcessors());
        environment.put("java", System.getProperty("java.vm.version"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        String commit = git("rev-parse", "HEAD");
        if (commit != null) {
            environment.put("gitCommit", commit);
            String changes = git("status", "--porcelain", "--untracked-files=no");
            environment.put("gitDirty", changes == null || !changes.isEmpty());
        }
        return environment;
    }

    /** What git says where the program lies; null if it is not a checkout, or there is no git. */
    private static @Nullable String git(String... arguments) {
        try {
            Path home = Path.of(RunRecord.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            // Only asked: nothing that the checkout's own settings name is to run.
            Stream<String> git = Stream.of("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null");
            Process process = ProgramRun.apart(
                            Objects.requireNonNull(home.getParent()),
                            Stream.concat(git, Stream.of(arguments)).toList())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean succeeded = process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            return succeeded ? output.strip() : null;
        } catch (IOException | URISyntaxException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}

package org.espalier.spark;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.espalier.catalog.DuckDbDriver;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.domain.Domain;
import org.espalier.eval.Dataset;
import org.espalier.eval.Dataset.BrokenLines;
import org.espalier.eval.DatasetColumns;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.espalier.runtime.EspalierVersion;
import org.espalier.runtime.PrmSettings;
import org.espalier.runtime.ResolvedModels;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchSettings;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What all jobs take. */
final class JobOptions {
    /** What is usual for samples, as for {@code espalier rollouts}. */
    static final SearchConfig SAMPLES = SearchConfig.builder().maxTokens(1024).build();

    /** What is usual for a sweep, as for {@code espalier eval}. */
    static final SearchConfig SWEEP = SAMPLES.toBuilder().stepTokens(256).build();

    @Parameters(
            paramLabel = "DATASET",
            description = "arith, arith-shift, gsm8k, math500, or a file that the driver reads.")
    private String dataset = "";

    @Option(names = "--limit", paramLabel = "K", description = "Only the first K problems.")
    private Integer limit;

    @Option(names = "--policy", paramLabel = "MODEL", description = "The model that writes: a name or a GGUF file.")
    private String policy;

    @Option(names = "--prm", paramLabel = "MODEL", description = "The model that judges.")
    String prm;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A folder on every machine with the models as SHA256.gguf or under the driver's file names.")
    private String models;

    @Option(
            names = "--search",
            paramLabel = "KEY=VALUE",
            description = "A setting of the search by its option's name, such as beam-width=4 or max-tokens=400.")
    private Map<String, String> search = new LinkedHashMap<>();

    @Option(
            names = "--per-task",
            paramLabel = "K",
            defaultValue = "16",
            description = "Problems of a task (default: ${DEFAULT-VALUE}).")
    int perTask;

    @Option(names = "--in-flight", paramLabel = "K", description = "Problems that an executor solves at the same time.")
    private int inFlight;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "What an executor's process may take, such as 8g (default: half of the machine's).")
    private String memory;

    @Option(
            names = "--parquet",
            paramLabel = "PATH",
            description = "Also writes all rows as Parquet, where Spark can write.")
    String parquet;

    /** The models that the driver names, as they are on its disk. */
    record Models(SharedModel policy, SharedModel judge, String profile, String policyName, String judgeName) {}

    /** @throws UsageException if its problems have to be judged where they are solved */
    Dataset load() {
        if (perTask < 1) {
            throw new UsageException("--per-task must be 1 or more, not " + perTask);
        }
        Dataset all = Dataset.load(
                dataset,
                DatasetColumns.GUESSED,
                BrokenLines.REFUSED,
                () -> DuckDbDriver.open().fetch(FetchListener.NONE));
        if (all.domain() != Domain.MATH) {
            throw new UsageException("%s are solved by `espalier eval` alone"
                    .formatted(all.domain().name()));
        }
        return limit == null ? all : all.limitedTo(limit);
    }

    /**
     * What the options say of a search, and otherwise what is usual.
     *
     * @throws UsageException if there is no such setting, or a value is out of its range
     */
    SearchConfig search(SearchConfig usual) {
        ObjectNode given = Documents.MAPPER.createObjectNode();
        search.forEach((option, text) -> {
            String name = camelCase(option);
            if (!SearchSettings.NAMES.contains(name)
                    || List.of("method", "n", "seed").contains(name)) {
                throw new UsageException(
                        "--search knows no %s: name a setting of the search other than method, n and seed, such as max-tokens"
                                .formatted(option));
            }
            given.set(name, value(text));
        });
        return new SearchSettings(SearchMethod.AUTO, usual).with(given).config();
    }

    private static String camelCase(String option) {
        StringBuilder name = new StringBuilder();
        for (String word : option.split("-")) {
            name.append(
                    name.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    /** A number or truth value; otherwise a text. */
    private static JsonNode value(String text) {
        try {
            return Documents.MAPPER.readTree(text);
        } catch (JacksonException e) {
            return Documents.MAPPER.getNodeFactory().stringNode(text);
        }
    }

    /** Finds the models here, and fetches them. */
    Models models(boolean judging) {
        PrmSettings judge = PrmSettings.DEFAULT.withModel(prm);
        RuntimeOptions options = RuntimeOptions.DEFAULT.withPolicy(policy).withPrm(judge);
        ResolvedModels found =
                ResolvedModels.of(options, judging && !judge.isNone(), ModelStore.open(), FetchListener.NONE);
        ModelFile file = found.judge();
        String judgeName = prm == null || !prm.startsWith(PrmSettings.LIKELIHOOD)
                ? prm
                : prm.substring(PrmSettings.LIKELIHOOD.length());
        return new Models(
                shared(policy, found.policy()),
                file == null ? null : shared(judgeName, file),
                found.profile() == null ? null : found.profile().name(),
                found.policy().name(),
                file == null ? null : file.name());
    }

    private static SharedModel shared(String asked, ModelFile file) {
        return SharedModel.of(asked == null ? file.name() : asked, file);
    }

    /** @param config with the n and the seed of the engine's searches */
    EngineSpec engine(Models found, SearchMethod method, SearchConfig config, int threads) {
        return new EngineSpec(
                found.policy(),
                found.judge(),
                prm,
                found.profile(),
                method,
                new SearchSettings(method, config).toJson().toString(),
                models,
                threads,
                memory == null ? 0 : JavaUtils.byteStringAsBytes(memory),
                inFlight);
    }

    /** What the records depend on, by the names that `espalier eval` gives it. */
    static Map<String, Object> configuration(
            Dataset dataset,
            List<SearchMethod> methods,
            List<Integer> sizes,
            SearchConfig config,
            List<Long> seeds,
            Models models,
            String prm) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("dataset", dataset.name());
        all.put("problems", dataset.items().size());
        all.put("problemsSha256", dataset.sha256());
        new SearchSettings(SearchMethod.AUTO, config)
                .toJson()
                .properties()
                .forEach(setting -> all.put(setting.getKey(), setting.getValue()));
        all.remove("plan");
        all.put("method", methods.stream().map(SearchMethod::cliName).toList());
        all.put("n", sizes.stream().distinct().sorted().toList());
        all.put("seed", seeds.size() > 1 ? seeds : seeds.get(0));
        all.put("policy", models.policyName());
        all.put("policySha256", models.policy().sha256());
        if (models.judge() != null) {
            all.put("prm", models.judgeName());
            all.put("prmSha256", models.judge().sha256());
            if (models.profile() != null) {
                all.put("prmProfile", models.profile());
            }
        } else if (methods.stream().anyMatch(SearchMethod::needsPrm)) {
            all.put("prm", prm == null ? PrmSettings.SELF : prm);
        }
        all.put("solvedBy", "spark");
        return all;
    }

    static Map<String, Object> environment(SparkSession spark) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("espalier", EspalierVersion.own());
        all.put("spark", spark.version());
        all.put("master", spark.sparkContext().master());
        all.put("threads", Job.threads(spark));
        all.put("java", System.getProperty("java.vm.version"));
        all.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return all;
    }

    /** Beside the records. */
    static Path failures(Path records) {
        return records.resolveSibling(records.getFileName() + ".failures.jsonl");
    }
}

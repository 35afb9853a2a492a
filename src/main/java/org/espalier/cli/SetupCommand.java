package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.FoundModel;
import org.espalier.catalog.ModelStore;
import org.espalier.llama.AvailableMemory;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code espalier setup}: from a machine to a pair of models that suits it. */
@Command(
        name = "setup",
        description = "Looks at this machine, proposes pairs of models for it, fetches one and makes it the default.",
        sortOptions = false,
        footer = {
            "",
            "Memory is for the weights and 8,192 tokens in each cache, and a pair fits if that is at most half of this",
            "machine's (nine tenths of what a GPU has free). Seconds are what reading the weights takes for an answer of 256",
            "tokens at the speed of memory measured here: the least, with up to some 16 completions side by side.",
            "",
            "Examples:",
            "  espalier setup",
            "  espalier setup --pair balanced --yes",
        })
final class SetupCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--pair", paramLabel = "PAIR", description = "fast, balanced or best, instead of asking.")
    private @Nullable String pair;

    @Option(names = "--yes", description = "Fetches without asking; balanced, or what fits, unless --pair says.")
    private boolean yes;

    @Option(names = "--hub", paramLabel = "URL", description = "A mirror of the hub.")
    private @Nullable String hub;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /**
     * What {@code --json} prints.
     *
     * @param memoryBytes of the machine
     * @param gpuFreeBytes null if there is no GPU that can be used
     * @param modelMemoryBytes that models may take
     * @param bandwidth measured, in bytes a second
     * @param found models that other tools have here
     * @param chosen the pair that was fetched and is the default now; null if none
     * @param configuration the file that says so; null if none was chosen
     */
    private record Report(
            int processors,
            long memoryBytes,
            @Nullable Long gpuFreeBytes,
            long modelMemoryBytes,
            double bandwidth,
            List<String> found,
            List<SetupPair> pairs,
            @Nullable String chosen,
            @Nullable String configuration) {}

    @Override
    public void run() {
        ModelStore store = hub == null ? ModelStore.open() : ModelStore.open().withHub(hub);
        OptionalLong gpu = gpu();
        long total = AvailableMemory.totalBytes();
        long allowed = gpu.isPresent() ? gpu.getAsLong() * 9 / 10 : total / 2;
        double bandwidth = MemoryBandwidth.measure();
        List<SetupPair> pairs = SetupPair.of(store, allowed, bandwidth);
        List<FoundModel> found = store.found();
        if (!json) {
            print(total, gpu, bandwidth, found, pairs);
        }
        SetupPair chosen = choose(pairs);
        Path configuration = chosen == null ? null : take(chosen, store, Objects.requireNonNull(spec));
        if (json) {
            System.out.println(PrettyJson.of(new Report(
                    Runtime.getRuntime().availableProcessors(),
                    total,
                    gpu.isPresent() ? gpu.getAsLong() : null,
                    allowed,
                    bandwidth,
                    found.stream().map(FoundModel::name).toList(),
                    pairs,
                    chosen == null ? null : chosen.tier(),
                    configuration == null ? null : configuration.toString())));
        } else if (chosen != null) {
            System.out.printf(
                    Locale.ROOT,
                    "%s and %s are the default now (%s).%nTry:  espalier solve \"What is 12 percent of 250?\"%n",
                    chosen.policy(),
                    chosen.prm(),
                    configuration);
        }
    }

    /** Empty as well where the engine does not work: `doctor` says why. */
    private static OptionalLong gpu() {
        try {
            return AvailableMemory.onGpu();
        } catch (EspalierException e) {
            return OptionalLong.empty();
        }
    }

    private static void print(
            long total, OptionalLong gpu, double bandwidth, List<FoundModel> found, List<SetupPair> pairs) {
        System.out.printf(
                Locale.ROOT,
                "%d processors, %s of memory (read at %.1f GB/s), %s%n",
                Runtime.getRuntime().availableProcessors(),
                Bytes.format(total),
                bandwidth / 1e9,
                gpu.isPresent() ? "a GPU with " + Bytes.format(gpu.getAsLong()) + " free" : "no GPU that can be used");
        System.out.println(
                found.isEmpty()
                        ? "No models of other tools are on this disk"
                        : "On this disk: "
                                + String.join(
                                        ", ",
                                        found.stream().map(FoundModel::name).toList()));
        System.out.println();
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("pair", "policy", "PRM", "download", "memory", "seconds an answer"));
        pairs.forEach(one -> cells.add(List.of(
                one.tier(),
                one.policy(),
                one.prm(),
                one.downloadBytes() == 0 ? "here" : Bytes.format(one.downloadBytes()),
                Bytes.format(one.memoryBytes()) + (one.fits() ? "" : " (too much)"),
                String.format(Locale.ROOT, "%.0f or more", Math.max(1, one.seconds())))));
        new TextTable(cells, 3).print(Terminal.output());
        System.out.println();
    }

    /** Null if nothing is to be fetched. */
    private @Nullable SetupPair choose(List<SetupPair> pairs) {
        SetupPair named = pair == null ? null : named(pair, pairs);
        SetupPair usual = named == null ? usual(pairs) : named;
        if (yes) {
            if (usual == null) {
                throw new EspalierException("no pair fits into this machine's memory: --pair takes one anyway");
            }
            return usual;
        }
        if (!Consent.isPossible()) {
            System.err.println("espalier setup --pair %s --yes fetches a pair and makes it the default"
                    .formatted(usual == null ? "fast" : usual.tier()));
            return null;
        }
        if (named == null) {
            String answer = Consent.prompt("Which pair is to be fetched and be the default? [%s/none%s] "
                    .formatted(
                            String.join("/", pairs.stream().map(SetupPair::tier).toList()),
                            usual == null ? "" : ", Enter for " + usual.tier()));
            if (answer.isEmpty()) {
                return usual;
            }
            return answer.toLowerCase(Locale.ROOT).startsWith("n") ? null : named(answer, pairs);
        }
        boolean agreed = Consent.ask("Fetch %s and %s (%s) and make them the default?"
                .formatted(named.policy(), named.prm(), Bytes.format(named.downloadBytes())));
        return agreed ? named : null;
    }

    /** Balanced if it fits, else the first one that does; null if none does. */
    private static @Nullable SetupPair usual(List<SetupPair> pairs) {
        List<SetupPair> fitting = pairs.stream().filter(SetupPair::fits).toList();
        return fitting.stream()
                .filter(one -> one.tier().equals("balanced"))
                .findFirst()
                .orElse(fitting.isEmpty() ? null : fitting.get(0));
    }

    private static SetupPair named(String name, List<SetupPair> pairs) {
        return pairs.stream()
                .filter(one -> one.tier().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no pair '%s': there are %s"
                        .formatted(
                                name,
                                String.join(
                                        ", ",
                                        pairs.stream().map(SetupPair::tier).toList()))));
    }

    /** Fetches both and makes them the default; the configuration is written only when they are here. */
    static Path take(SetupPair chosen, ModelStore store, CommandSpec self) {
        try (FetchProgress progress = new FetchProgress(true)) {
            for (String name : List.of(chosen.policy(), chosen.prm())) {
                CatalogEntry entry = store.catalog().get(name);
                entry.licenceNote()
                        .ifPresent(note -> System.err.println("%s: %s: %s".formatted(name, entry.licence(), note)));
                store.fetch(entry, progress);
            }
        }
        ConfigSetCommand.set(self, List.of("policy"), chosen.policy());
        return ConfigSetCommand.set(self, List.of("prm"), chosen.prm());
    }
}

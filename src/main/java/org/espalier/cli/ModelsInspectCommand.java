package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelStore;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.espalier.runtime.MemoryNeed;
import org.espalier.runtime.ProfileFit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier models inspect}: reads headers only. */
@Command(
        name = "inspect",
        description = "Says what a model is, how it can be used, and how much memory a search with it takes.",
        sortOptions = false)
final class ModelsInspectCommand implements Runnable {
    @Parameters(paramLabel = "MODEL", description = "A GGUF file, or the name of a model that is on this disk.")
    private String model = "";

    @Option(names = "--prm", paramLabel = "MODEL", description = "A PRM whose memory is added.")
    private @Nullable String prm;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "16",
            description = "Completions (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(
            names = "--max-tokens",
            paramLabel = "T",
            description = "Tokens of one completion (default: that of solve).")
    private int maxTokens = MemoryNeed.defaultMaxTokens();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /**
     * What {@code --json} prints.
     *
     * @param memory of a search; null if a header does not say enough
     */
    private record Inspection(
            ModelReport model,
            @Nullable ModelReport prm,
            @Nullable MemoryNeed memory) {}

    @Override
    public void run() {
        if (n < 1 || maxTokens < 1) {
            throw new UsageException("-n and --max-tokens must be 1 or more");
        }
        ModelStore store = ModelStore.open();
        ModelReport report = report(model, store);
        ModelReport prmReport = prm == null ? null : report(prm, store);
        MemoryNeed memory = MemoryNeed.of(
                        Path.of(report.file()), prmReport == null ? null : Path.of(prmReport.file()), n, maxTokens)
                .orElse(null);
        if (json) {
            System.out.println(PrettyJson.of(new Inspection(report, prmReport, memory)));
            return;
        }
        print(report);
        if (prmReport != null) {
            System.out.println();
            print(prmReport);
        }
        if (memory != null) {
            System.out.println();
            line(
                    "memory",
                    "%s for -n %d (weights %s, all branches in the cache); at least %s (one branch)"
                            .formatted(
                                    Bytes.format(memory.wholeBytes()),
                                    n,
                                    Bytes.format(memory.weightBytes()),
                                    Bytes.format(memory.leastBytes())));
        }
    }

    /** A file that is damaged is inspected as well: its report says so. */
    private static ModelReport report(String nameOrPath, ModelStore store) {
        CatalogEntry entry = store.catalog().find(nameOrPath).orElse(null);
        if (entry != null && !store.isPresent(entry)) {
            throw new UsageException(
                    "%s is not on this disk: `espalier models fetch %s` gets it".formatted(entry.name(), entry.name()));
        }
        Path path = entry == null && Files.isRegularFile(Path.of(nameOrPath))
                ? Path.of(nameOrPath)
                : store.resolve(nameOrPath, FetchListener.NONE).path();
        return ModelReport.of(path, entry);
    }

    private static void print(ModelReport report) {
        line("file", "%s (%s)".formatted(report.file(), Bytes.format(report.bytes())));
        line("name", orDash(report.name()));
        line(
                "architecture",
                "%s, %s layers, width %s"
                        .formatted(orDash(report.architecture()), orDash(report.layers()), orDash(report.width())));
        line("parameters", String.format(Locale.ROOT, "%,d", report.parameters()));
        line("quantisation", report.quantisation());
        line("context", orDash(report.context()) + " tokens");
        line("vocabulary", orDash(report.vocabulary()) + " tokens");
        List<String> special = new ArrayList<>();
        report.specialTokens().forEach((use, token) -> special.add(use + " " + token));
        line("special tokens", special.isEmpty() ? "-" : String.join(", ", special));
        line("chat template", report.template());
        if (report.head() != null) {
            line("head", report.head());
        }
        for (ProfileFit fit : report.profiles()) {
            line("PRM profile", "%s%s (%s)".formatted(fit.certain() ? "" : "possibly ", fit.profile(), fit.why()));
        }
        for (String warning : report.warnings()) {
            Terminal.output().println("@|yellow warning|@         %s", Quoting.line(warning));
        }
    }

    private static void line(String what, String value) {
        Terminal.output().println("@|bold %s|@ %s", "%-15s".formatted(what), Quoting.line(value));
    }

    private static String orDash(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}

package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.FoundModel;
import org.espalier.catalog.ModelPieces;
import org.espalier.catalog.ModelStore;
import org.espalier.gguf.GgufHeader;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier models list}. */
@Command(
        name = "list",
        description = "Lists the models that are known by name, and those that other tools have downloaded.",
        footer = {
            "",
            "'*' marks what is on this disk. Memory is for the weights and one cache of --context tokens in half precision.",
            "Every name can be given to --policy and --prm."
        })
final class ModelsListCommand implements Runnable {
    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            defaultValue = "4096",
            description = "Context that memory is given for (default: ${DEFAULT-VALUE}).")
    private int context;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    /**
     * A line.
     *
     * @param role policy, base or prm; null if nothing says
     * @param memoryBytes with the context; null if nothing says
     * @param licenceNote what the licence asks for; null if the catalogue says nothing
     * @param isHere whether nothing needs to be downloaded
     * @param path of the file; null if it is not here
     * @param origin bundled, own, the tool that has downloaded it, or where it would come from
     * @param problem why the file cannot be used; null if nothing is known against it
     */
    private record Line(
            String name,
            @Nullable String role,
            long bytes,
            @Nullable Long memoryBytes,
            @Nullable String licence,
            @Nullable String licenceNote,
            boolean isHere,
            @Nullable String path,
            String origin,
            @Nullable String description,
            @Nullable String problem) {}

    @Override
    public void run() {
        if (context < 1) {
            throw new UsageException("--context must be 1 or more, not " + context);
        }
        ModelStore store = ModelStore.open();
        List<Line> lines = new ArrayList<>();
        store.catalog().entries().forEach(entry -> lines.add(line(entry, store)));
        store.found().forEach(found -> lines.add(line(found)));
        if (json) {
            System.out.println(PrettyJson.of(lines));
            return;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("", "name", "role", "from", "licence", "size", "memory"));
        lines.forEach(line -> cells.add(List.of(
                line.isHere() ? "*" : "",
                line.name(),
                orDash(line.role()),
                line.origin(),
                orDash(line.licence()),
                Bytes.format(line.bytes()),
                memory(line))));
        new TextTable(cells, 5).print(Terminal.output());
        System.err.println("Fetched models are kept in " + store.folder());
    }

    private static String memory(Line line) {
        if (line.problem() != null) {
            return "unusable";
        }
        return line.memoryBytes() == null ? "-" : Bytes.format(line.memoryBytes());
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private Line line(CatalogEntry entry, ModelStore store) {
        boolean here = store.isPresent(entry);
        String origin = entry.isBundled()
                ? "bundled"
                : store.isOwn(entry) ? "own" : entry.source().isPresent() ? "hub" : "pip";
        OptionalLong perToken = entry.cacheBytesPerToken().map(OptionalLong::of).orElseGet(OptionalLong::empty);
        Path path = null;
        String problem = null;
        if (here) {
            try {
                // What lies elsewhere is not hashed for a list.
                path = store.placeElsewhere(entry)
                        .orElseGet(() -> store.fetch(entry, FetchListener.NONE).path());
                perToken = GgufHeader.read(path).cacheBytesPerToken();
            } catch (EspalierException e) {
                problem = e.spelled(new FlagSpelling());
            }
        }
        return new Line(
                entry.name(),
                entry.role().name().toLowerCase(Locale.ROOT),
                entry.bytes(),
                perToken.isPresent() ? entry.bytes() + context * perToken.getAsLong() : null,
                entry.licence(),
                entry.licenceNote().orElse(null),
                here,
                path == null ? null : path.toString(),
                origin,
                entry.description(),
                problem);
    }

    private Line line(FoundModel found) {
        Long memory = null;
        String problem = null;
        try {
            GgufHeader header = GgufHeader.read(found.path()).requireComplete();
            ModelPieces.requireWhole(found.path(), header);
            OptionalLong perToken = header.cacheBytesPerToken();
            memory = perToken.isPresent() ? found.bytes() + context * perToken.getAsLong() : null;
        } catch (EspalierException e) {
            problem = e.spelled(new FlagSpelling());
        }
        return new Line(
                found.name(),
                null,
                found.bytes(),
                memory,
                null,
                null,
                true,
                found.path().toString(),
                found.tool(),
                null,
                problem);
    }
}

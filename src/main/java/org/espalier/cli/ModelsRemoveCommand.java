package org.espalier.cli;

import java.util.List;
import org.espalier.catalog.ModelRemover;
import org.espalier.catalog.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code espalier models remove}. */
@Command(
        name = "remove",
        description = "Deletes models that were fetched or imported.",
        footer = {
            "",
            "A model of the list can be fetched again; one that was added or imported leaves the list. What other tools",
            "have downloaded is theirs.",
            "",
            "Example:",
            "  espalier models remove smollm2-135m-instruct",
        })
final class ModelsRemoveCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Names from 'espalier models list'.")
    private List<String> models = List.of();

    @Override
    public void run() {
        ModelRemover remover = new ModelRemover(ModelStore.open());
        for (String model : models) {
            long bytes = remover.remove(model);
            System.out.println("Removed " + model + " (" + Bytes.format(bytes) + " freed)");
        }
    }
}

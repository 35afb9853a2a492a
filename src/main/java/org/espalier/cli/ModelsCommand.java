package org.espalier.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code espalier models}: what is known by name, and what of it is on this disk. */
@Command(
        name = "models",
        description = "Lists, fetches, inspects, imports and removes models.",
        subcommands = {
            ModelsListCommand.class,
            ModelsFetchCommand.class,
            ModelsInspectCommand.class,
            ModelsImportCommand.class,
            ModelsRemoveCommand.class,
        })
final class ModelsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getOut());
    }
}

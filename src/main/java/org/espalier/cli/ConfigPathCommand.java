package org.espalier.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code espalier config path}. */
@Command(name = "path", description = "Prints where the configuration file is, or would be.")
final class ConfigPathCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        System.out.println(Configuration.of(Objects.requireNonNull(spec)).file().path());
    }
}

package org.espalier.cli;

import java.util.List;
import java.util.Objects;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier config unset}. */
@Command(name = "unset", description = "Takes an option's default out of the configuration file.")
final class ConfigUnsetCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "KEY", description = "The option, as in 'config set'.")
    private String key = "";

    @Override
    public void run() {
        CommandSpec self = Objects.requireNonNull(spec);
        List<String> keys = ConfigSetCommand.keys(key);
        ConfigFile file = ConfigFile.read(Configuration.of(self).file().path());
        if (file.find(keys).isEmpty()) {
            throw new UsageException("%s does not set %s".formatted(file.path(), key));
        }
        System.err.println(
                "Changed " + ConfigSetCommand.change(self, keys, text -> ConfigEdit.unset(text, keys), false));
    }
}

package org.espalier.cli;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier completion}: what a shell needs to complete commands, options and names. */
@Command(
        name = "completion",
        description = "Prints a script that lets bash or zsh complete commands and options.",
        footer = {
            "",
            "For the shell that is running, or in its start-up file to keep it:",
            "  source <(espalier completion bash)",
            "  source <(espalier completion zsh)",
            "The packages for Debian bring it along.",
        })
final class CompletionCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Kind shell = Kind.BASH;

    /** A shell that can complete. */
    enum Kind {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public void run() {
        CommandLine espalier = Objects.requireNonNull(spec).root().commandLine();
        String script = AutoComplete.bash("espalier", espalier);
        if (shell == Kind.ZSH) {
            // zsh has no compopt. As a file _espalier of zsh's own it is read at the first completion, which it then
            // has to answer.
            script = "#compdef espalier\n(( $+functions[compopt] )) || compopt() { :; }\n" + script
                    + "\n[[ $funcstack[1] != _espalier ]] || _bash_complete -o default -F _complete_espalier\n";
        }
        System.out.print(script);
        System.out.flush();
    }
}

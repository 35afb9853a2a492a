package org.espalier.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code espalier} alone prints: what it is, something to try, and the commands to begin with. */
final class Introduction {
    private static final List<String> FIRST =
            List.of("solve", "chat", "serve", "setup", "models", "eval", "doctor", "help");

    /** Beside the names, on a line of 80. */
    private static final int ROOM = 68;

    private Introduction() {}

    static void print(Terminal terminal, CommandSpec spec) {
        terminal.println("%s", String.join(" ", spec.usageMessage().description()));
        terminal.println("%nTry it with the model that comes along, which knows arithmetic stories:%n");
        terminal.println(
                "  @|bold espalier solve \"Start with 12, then multiply by 7, then subtract 5. What is the result?\"|@%n");
        for (String name : FIRST) {
            CommandLine command = spec.subcommands().get(name);
            if (command != null) {
                String text =
                        String.join(" ", command.getCommandSpec().usageMessage().description());
                terminal.println("  @|bold %-8s|@ %s", name, firstSentence(text));
            }
        }
        terminal.println("%nAll commands: espalier --help");
    }

    /** Without its full stop, up to the first colon or semicolon, and no longer than there is room. */
    private static String firstSentence(String text) {
        String sentence = text.split("[:;]|\\.( |$)", 2)[0].replace("%%", "%");
        int comma = sentence.lastIndexOf(", ");
        return sentence.length() > ROOM && comma > 0 ? sentence.substring(0, comma) : sentence;
    }
}

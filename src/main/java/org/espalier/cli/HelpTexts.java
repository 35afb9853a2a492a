package org.espalier.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Lays out the help of commands. {@code --help} has the options that most people need and says how many more there are;
 * {@code --help-all} has all of them.
 */
final class HelpTexts {
    static final String ALL = "--help-all";

    /** What prints something in place of what a command does. */
    private static final List<String> INSTEAD = List.of("-h", "--help", ALL, "-V", "--version");

    private static final int WIDEST = 100;
    private static final int NARROWEST = 60;

    private HelpTexts() {}

    /** Whether a command with these arguments only tells of itself. */
    static boolean isAskedFor(List<String> arguments) {
        return arguments.stream().anyMatch(INSTEAD::contains);
    }

    /**
     * Gives a command, and those below it, their help. The terminal is asked for its width when help is shown, because that
     * takes time.
     */
    static void install(CommandLine line) {
        line.setHelpFactory((spec, colours) -> {
            int columns = Terminal.output().columns();
            spec.usageMessage().width(Math.max(NARROWEST, Math.min(WIDEST, columns)));
            return new Help(spec, colours);
        });
        installIn(line);
    }

    private static void installIn(CommandLine line) {
        line.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpTexts::options);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_DESCRIPTION, HelpTexts::description);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, HelpTexts::footer);
        line.getSubcommands().values().forEach(HelpTexts::installIn);
    }

    /** Whether an option is only for those who look for it. */
    static boolean isAdvanced(ArgSpec argument) {
        return argument.userObject() instanceof Field field
                && (field.isAnnotationPresent(Advanced.class)
                        || field.getDeclaringClass().isAnnotationPresent(Advanced.class));
    }

    private static String options(Help help) {
        CommandSpec command = help.commandSpec();
        boolean all = asksForAll(command.commandLine());
        List<OptionSpec> shown = command.options().stream()
                .filter(option -> !option.hidden() && (all || !isAdvanced(option)))
                .toList();
        List<OptionSpec> alone = new ArrayList<>(shown);
        command.argGroups().forEach(group -> alone.removeAll(group.allOptionsNested()));
        // Measured together, so that all descriptions begin in the same column.
        StringBuilder text = new StringBuilder(list(help, shown, alone));
        for (ArgGroupSpec group : command.argGroups()) {
            List<OptionSpec> part = new ArrayList<>(group.allOptionsNested());
            part.retainAll(shown);
            if (!part.isEmpty()) {
                String heading = help.createHeading(String.valueOf(group.heading()));
                text.append(all ? heading : heading.replaceFirst("^\\R", "")).append(list(help, shown, part));
            }
        }
        long left = command.options().stream().filter(HelpTexts::isGivenUp).count();
        if (left > 0 && !all) {
            text.append(String.format("%s lists %d more options.%n", ALL, left));
        }
        return text.toString();
    }

    /** What every command has is not worth a pointer. */
    private static boolean isGivenUp(OptionSpec option) {
        return isAdvanced(option) && !option.inherited();
    }

    private static String description(Help help) {
        UsageMessageSpec message = help.commandSpec().usageMessage();
        message.description(paragraphs(message.description()));
        return help.description();
    }

    private static String footer(Help help) {
        UsageMessageSpec message = help.commandSpec().usageMessage();
        message.footer(paragraphs(message.footer()));
        return help.footer();
    }

    /**
     * Makes one line of each paragraph, to be wrapped where the terminal is narrow. Empty lines and what is indented, such as
     * examples, stand alone.
     */
    static String[] paragraphs(String... lines) {
        List<String> paragraphs = new ArrayList<>();
        boolean open = false;
        for (String line : lines) {
            boolean prose = !line.isBlank() && !line.startsWith(" ");
            if (prose && open) {
                paragraphs.add(paragraphs.remove(paragraphs.size() - 1) + " " + line);
            } else {
                paragraphs.add(line);
            }
            open = prose;
        }
        return paragraphs.toArray(String[]::new);
    }

    private static boolean asksForAll(CommandLine line) {
        CommandLine.ParseResult parsed = line.getParseResult();
        return parsed != null && parsed.originalArgs().contains(ALL);
    }

    private static String list(Help help, List<OptionSpec> measured, List<OptionSpec> listed) {
        Help.Layout layout = help.createDefaultLayout(measured, List.of(), help.colorScheme());
        layout.addOptions(listed, help.parameterLabelRenderer());
        return layout.toString();
    }
}

package org.espalier.cli;

import java.util.Locale;
import org.espalier.model.Parameter;
import org.espalier.model.Spelling;

/** Writes parameters as options of the command line: {@code -n 16}, {@code --beam-width 4}. */
final class FlagSpelling implements Spelling {
    @Override
    public String of(Parameter parameter) {
        String name = parameter.name();
        String flag = name.length() == 1
                ? "-" + name
                : "--" + name.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        return parameter.value() == null ? flag : flag + " " + parameter.value();
    }
}

package org.espalier.cli;

import java.util.Locale;
import org.espalier.model.Parameter;
import org.espalier.model.Spelling;

/** Writes parameters as options of the command line: {@code -n 16}, {@code --beam-width 4}, {@code --no-mmap}. */
final class FlagSpelling implements Spelling {
    @Override
    public String of(Parameter parameter) {
        String name = parameter.name();
        String flag = name.length() == 1
                ? "-" + name
                : "--" + name.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        Object value = parameter.value();
        if (value instanceof Boolean on) {
            return on ? flag : flag.replaceFirst("^--", "--no-");
        }
        return value == null ? flag : flag + " " + value;
    }
}

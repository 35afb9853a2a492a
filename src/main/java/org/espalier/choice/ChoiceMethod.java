package org.espalier.choice;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;

/** The ways to choose among options. */
public enum ChoiceMethod {
    /** By the probability of their letters, over all orders. */
    LETTERS,
    /** By the likelihood of their words behind the question alone, by byte of their text. */
    TEXT,
    /** By what replies say, whose options stood in all orders. */
    VOTE;

    /** @throws UsageException if there is no such way */
    public static ChoiceMethod parse(String name) {
        return Arrays.stream(values())
                .filter(method -> method.cliName().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "there is no way \"%s\" to choose among options: take one of %s".formatted(name, names())));
    }

    /** Its name for people. */
    public String cliName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String names() {
        return Arrays.stream(values()).map(ChoiceMethod::cliName).collect(Collectors.joining(", "));
    }
}

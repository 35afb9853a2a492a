package org.espalier.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.choice.ChoiceTask;

/** A choice for a person to read: the option, how it was chosen, and what the order of the options had to do with it. */
final class ChoiceReport {
    private final Terminal terminal;

    ChoiceReport(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(ChoiceDocument choice) {
        if (choice.letter() == null) {
            terminal.println("@|bold No answer|@: %s", noAnswer(choice));
        } else {
            terminal.print("@|bold,green Answer: %s|@", choice.letter() + ") " + choice.answer());
            terminal.println("  @|faint (%s)|@", how(choice));
            choice.options()
                    .forEach(option -> terminal.println(
                            "  %s) %s  @|faint %s %%%s|@",
                            option.letter(),
                            option.text(),
                            Numbers.percent(option.share()),
                            choice.replies() == 0 ? "" : ", %d of %d".formatted(option.votes(), choice.replies())));
        }
        if (!choice.places().isEmpty()) {
            terminal.println("@|faint %s|@", places(choice));
        }
        terminal.println(
                "@|faint %s|@",
                String.format(
                        Locale.ROOT,
                        "%,d policy tokens, %,d read, %.1f s",
                        choice.policyTokens(),
                        choice.readTokens(),
                        choice.seconds()));
    }

    private static String noAnswer(ChoiceDocument choice) {
        return choice.replies() == 0
                ? "no option fits into the context"
                : "none of the %d replies names an option".formatted(choice.replies());
    }

    private static String how(ChoiceDocument choice) {
        String orders = "in %d orders".formatted(choice.options().size());
        String other = choice.asGiven() == null || choice.asGiven().equals(choice.letter())
                ? ""
                : "; the order as given alone says " + choice.asGiven();
        return switch (choice.by()) {
            case "letters" -> "by the probability of its letter " + orders + other;
            case "vote" ->
                "by the vote of %d replies, options turned%s"
                        .formatted(
                                choice.replies(),
                                choice.unread() == 0 ? "" : "; %d name none".formatted(choice.unread()));
            default -> "by the likelihood of its words, a byte";
        };
    }

    /** What a policy has for a letter, whatever stands behind it. */
    private static String places(ChoiceDocument choice) {
        return "whatever stands there, "
                + IntStream.range(0, choice.places().size())
                        .mapToObj(place -> ChoiceTask.letter(place) + " gets "
                                + Numbers.percent(choice.places().get(place)) + " %")
                        .collect(Collectors.joining(", "))
                + " (%s %% each without a bias, which turning the order cancels)"
                        .formatted(Numbers.percent(1.0 / choice.places().size()));
    }
}

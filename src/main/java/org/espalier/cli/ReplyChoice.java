package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.espalier.choice.GenerativeChoice;
import org.espalier.model.UsageException;

/** The ways to choose among finished replies. */
enum ReplyChoice {
    /** By marks that a judge gives each, or what else the search goes by. */
    MARKS,
    /** Two by two, in both orders. */
    KNOCKOUT,
    /** The policy reads several and names the best. */
    GENSELECT,
    /** The policy reads several and writes one of them. */
    GENSYNTHESIS;

    /**
     * The way of a name.
     *
     * @throws UsageException if it is none of these
     */
    static ReplyChoice parse(String name, List<ReplyChoice> among) {
        return among.stream()
                .filter(way -> way.cliName().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no way \"%s\" to choose among %s: take one of %s"
                        .formatted(
                                name,
                                among.contains(MARKS) ? "texts" : "solutions",
                                among.stream().map(ReplyChoice::cliName).collect(Collectors.joining(", ")))));
    }

    /** Those in which the policy reads the replies after the search. */
    static List<ReplyChoice> afterwards() {
        return List.of(KNOCKOUT, GENSELECT, GENSYNTHESIS);
    }

    String cliName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How the policy is asked about several replies together, if it is. */
    GenerativeChoice.Way generative() {
        return this == GENSELECT ? GenerativeChoice.Way.GENSELECT : GenerativeChoice.Way.GENSYNTHESIS;
    }
}

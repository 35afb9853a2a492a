package org.espalier.structure;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.model.Answer;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;

/** Replies that a grammar allows, in llama.cpp's notation (GBNF). Equal texts vote together. */
public final class GrammarForm implements ReplyForm {
    private final String grammar;

    private GrammarForm(String grammar) {
        this.grammar = grammar;
    }

    /**
     * The form of texts of a grammar. Whether it can be read shows when it is used.
     *
     * @throws UsageException if it is empty
     */
    public static GrammarForm of(String grammar) {
        if (grammar.isBlank()) {
            throw new UsageException("the grammar is empty: it needs a rule named root");
        }
        return new GrammarForm(grammar);
    }

    /** The form of replies that are one of these texts. */
    public static GrammarForm ofChoices(List<String> texts) {
        return new GrammarForm(
                "root ::= " + texts.stream().map(GrammarRules::literal).collect(Collectors.joining(" | ")) + "\n");
    }

    @Override
    public String grammar() {
        return grammar;
    }

    @Override
    public Optional<Answer> read(String reply) {
        return Optional.of(new Answer(reply, reply.strip(), true));
    }

    /** A grammar may have blank lines, at which steps end as usual. */
    @Override
    public boolean isWhole() {
        return false;
    }

    @Override
    public boolean allowsOthers() {
        return false;
    }

    @Override
    public Optional<Merged> merge(List<Voter> voters) {
        return Optional.empty();
    }
}

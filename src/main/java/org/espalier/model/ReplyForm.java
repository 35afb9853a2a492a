package org.espalier.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What replies to a problem must look like: the grammar that their tokens are drawn by, how a reply is read and checked, and
 * how replies vote. Immutable and safe for use by several threads.
 */
public interface ReplyForm extends AnswerReader {
    /** Returns the grammar of replies, in llama.cpp's notation (GBNF). */
    String grammar();

    /** Returns what a reply says; empty if it is not of this form, also where its grammar would have allowed it. */
    @Override
    Optional<Answer> read(String reply);

    /** Returns the reader of replies, where free text, if this form allows it, is read by another one. */
    default AnswerReader over(AnswerReader free) {
        return this;
    }

    /** Returns whether replies are written whole: they have no places where a step ends. */
    boolean isWhole();

    /** Returns whether a reply that a limit has cut off has this form as far as it goes, so that it counts as finished. */
    default boolean standsCut(String reply) {
        return false;
    }

    /** Returns whether what does not have this form may be given as the reply nevertheless. */
    boolean allowsOthers();

    /**
     * A reply that votes.
     *
     * @param text of this form
     * @param weight of its vote, 0 or more
     */
    record Voter(String text, double weight) {}

    /**
     * What the replies say together, part by part.
     *
     * @param reply of this form
     * @param answer that it gives
     * @param fields how much agrees with each part
     */
    record Merged(String reply, Answer answer, List<Field> fields) {
        public Merged {
            fields = List.copyOf(fields);
        }
    }

    /**
     * How the replies voted on a part.
     *
     * @param path of it, such as {@code $.name}
     * @param value as JSON; null where the vote was that there is none
     * @param agreement share of the vote, 0 to 1, of those replies that agree on what holds the part
     */
    record Field(String path, @Nullable String value, double agreement) {}

    /** Returns what replies say together; empty where they are not voted on in parts. */
    Optional<Merged> merge(List<Voter> voters);
}

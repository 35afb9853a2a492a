package org.espalier.peer;

/** A model behind an interface of texts. Safe for use by several threads; futures complete on any. */
public interface TextModel extends AutoCloseable {
    /** Of tokens that a peer does not count. */
    int UNKNOWN = -1;

    /** The number of tokens of a text, as a prompt. */
    int tokens(String text);

    @Override
    void close();
}

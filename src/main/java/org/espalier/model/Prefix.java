package org.espalier.model;

/**
 * A place in a policy's tree: the prompt and the text after it, and whatever the policy keeps in order to go on from
 * there without computing it again. Closing it releases that; closing twice is fine; extensions in flight go on.
 */
public interface Prefix extends AutoCloseable {
    @Override
    void close();
}

package org.espalier.model;

/**
 * A completion's answer.
 *
 * @param text as the completion states it
 * @param key the same for all texts that mean the same: answers with equal keys vote together
 * @param stated whether the completion says that this is its answer; otherwise it is a guess, the last number in it
 */
public record Answer(String text, String key, boolean stated) {
    /** The text. */
    @Override
    public String toString() {
        return text;
    }
}

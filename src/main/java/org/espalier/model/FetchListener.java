package org.espalier.model;

/**
 * Hears how a fetch goes, on the thread that fetches. What is already here is not reported. A name is a model's in the
 * catalogue, or what a driver is called.
 */
public interface FetchListener {
    /** Hears nothing. */
    FetchListener NONE = new FetchListener() {};

    /** Another process, or another thread of this one, is fetching the same: this call waits for it. */
    default void waiting(String name) {}

    /**
     * About ten times a second.
     *
     * @param done bytes transferred so far, the parts that an earlier call fetched included
     * @param total bytes of the whole transfer
     */
    default void progress(String name, long done, long total) {}

    /** It is complete and verified. */
    default void finished(String name) {}
}

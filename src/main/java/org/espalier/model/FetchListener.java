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

    /**
     * Whether something that is not here may be downloaded; asked once before a fetch begins.
     *
     * @param bytes of the transfer, or about that
     */
    default boolean allows(String name, long bytes) {
        return true;
    }

    /** Nobody had stated its SHA-256, so that the one of this fetch is expected from now on. */
    default void trustedAtFirstUse(String name, String sha256) {}
}
